/** Memory for what is made of one page. Texts, records and tail grow in one region that the caller provides. */

let heapAt: usize = 0;
let heapEnd: usize = 0;
let recordAt: usize = 0;
let tailAt: usize = 0;

/** Set when a page needed more than it was given; the caller then tries again with a larger region. */
let short: bool = false;

/** Begins a page: half of the region is for texts, half for everything else. */
export function useRoom(at: usize, bytes: usize): void {
  heapAt = at;
  heapEnd = at + ((bytes >> 1) & ~7);
  recordAt = heapEnd;
  tailAt = at + (bytes & ~7);
  short = false;
}

/** Whether the page stopped for want of room. */
export function isRoomShort(): bool {
  return short;
}

function fail(): void {
  short = true;
  unreachable();
}

/** Where the next text goes. */
export function heapTop(): usize {
  return heapAt;
}

/** Room for a text. */
export function takeHeap(bytes: usize): usize {
  const at = heapAt;
  if (at + bytes > heapEnd) fail();
  heapAt = at + bytes;
  return at;
}

/** Gives back what a text did not need. */
export function trimHeap(end: usize): void {
  heapAt = end;
}

/** Where the next record goes. */
export function recordTop(): usize {
  return recordAt;
}

/** Room for a record; always a multiple of 8. */
export function takeRecord(bytes: usize): usize {
  const at = recordAt;
  if (at + bytes > tailAt) fail();
  recordAt = at + bytes;
  return at;
}

/** Gives back all records from `end` on. */
export function trimRecords(end: usize): void {
  recordAt = end;
}

/** Room at the end of the region, which grows downwards. */
export function takeTail(bytes: usize): usize {
  if (tailAt - bytes < recordAt) fail();
  tailAt -= bytes;
  return tailAt;
}

/** Memory for what is made of one page, in one region that the caller provides. */

/** Texts that go on with the page's results: names and titles of items. */
let heapAt: usize = 0;
let heapEnd: usize = 0;
/** Texts that are needed while the page is: unescaped strings, cleaned rows. */
let scratchAt: usize = 0;
let scratchEnd: usize = 0;
/** Records grow upwards, the tail downwards. */
let recordAt: usize = 0;
let tailAt: usize = 0;

/** Set when a page needed more than it was given; the caller then tries again with a larger region. */
let short: bool = false;

/** Begins a page: a quarter of the region is for either kind of text, half for everything else. */
export function useRoom(at: usize, bytes: usize): void {
  const quarter = (bytes >> 2) & ~7;
  heapAt = at;
  heapEnd = scratchAt = at + quarter;
  scratchEnd = recordAt = scratchAt + quarter;
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

/** Room for a text that goes on. */
export function takeHeap(bytes: usize): usize {
  const at = heapAt;
  if (bytes > heapEnd - at) fail();
  heapAt = at + bytes;
  return at;
}

/** Room for a text that lasts as long as the page. */
export function takeScratch(bytes: usize): usize {
  const at = scratchAt;
  if (bytes > scratchEnd - at) fail();
  scratchAt = at + bytes;
  return at;
}

/** Gives back what the scratch text taken last did not need. */
export function trimScratch(end: usize): void {
  scratchAt = end;
}

/** Where the next record goes. */
export function recordTop(): usize {
  return recordAt;
}

/** Room for a record; always a multiple of 8. */
export function takeRecord(bytes: usize): usize {
  const at = recordAt;
  if (bytes > tailAt - at) fail();
  recordAt = at + bytes;
  return at;
}

/** Gives back all records from `end` on. */
export function trimRecords(end: usize): void {
  recordAt = end;
}

/** Room at the end of the region, which grows downwards. */
export function takeTail(bytes: usize): usize {
  if (bytes > tailAt - recordAt) fail();
  tailAt -= bytes;
  return tailAt;
}

/** Finds the directories of one Plex page, each once; its parents come before it. */
import { NOTHING } from '../../shared/engine/layout';
import { Dir } from './records';
import { heapTop, takeHeap, takeTail } from './room';
import { HASH_SEED, finishHash, hashByte, isSeparator, nameHash, rawHash, sameBytes, skipSeparators } from './text';

/** Directories that can be found again; beyond that, the same one may be entered twice, which the index puts right. */
const CAPACITY: u32 = 16384;
const SLOTS: u32 = CAPACITY * 2;
/** Hash, address and bytes of the whole path. */
const ENTRY: usize = 12;

let slots: usize = 0;
let entries: usize = 0;
let texts: usize = 0;
let count: u32 = 0;

/** Bytes of the tables, which belong to this thread. */
export const DIRECTORY_TABLE_BYTES: usize = (SLOTS as usize) * 4 + (CAPACITY as usize) * ENTRY;

/** Where the tables are. */
export function useDirectoryTables(at: usize): void {
  slots = at;
  entries = at + ((SLOTS as usize) << 2);
}

/** Begins a page whose texts begin at `heap`. */
export function resetDirectories(heap: usize): void {
  memory.fill(slots, 0, (SLOTS as usize) << 2);
  count = 0;
  texts = heap;
}

/** Directories so far. */
export function directoryCount(): u32 {
  return count;
}

/** The page's number of the directory `at..end`, or NOTHING for an empty one; its bytes must outlive the page. */
export function directoryNumber(at: usize, end: usize): u32 {
  if (end == at) return NOTHING;
  const known = find(at, (end - at) as u32, rawHash(at, (end - at) as u32));
  return known != NOTHING ? known : enterAll(at, end);
}

/** Enters a directory and those of its parents that are not known yet, the outermost first. */
function enterAll(at: usize, end: usize): u32 {
  let parent: u32 = NOTHING;
  let hash = HASH_SEED;
  for (let cut = at; cut < end;) {
    const name = skipSeparators(cut, end);
    let next = name;
    while (next < end && !isSeparator(load<u8>(next))) next++;
    for (let i = cut; i < next; i++) hash = hashByte(hash, load<u8>(i));
    const whole = finishHash(hash);
    const known = find(at, (next - at) as u32, whole);
    if (known != NOTHING) parent = known;
    else {
      if (count < CAPACITY) remember(at, (next - at) as u32, whole);
      parent = enter(parent, cut, name, next, whole);
    }
    cut = next;
  }
  return parent;
}

function find(at: usize, length: u32, hash: u32): u32 {
  const mask = SLOTS - 1;
  let slot = hash & mask;
  while (true) {
    const taken = load<u32>(slots + ((slot as usize) << 2));
    if (taken == 0) return NOTHING;
    const entry = entries + ((taken - 1) as usize) * ENTRY;
    const same = load<u32>(entry) == hash && load<u32>(entry, 8) == length;
    if (same && sameBytes(load<u32>(entry, 4), at, length)) return taken - 1;
    slot = (slot + 1) & mask;
  }
}

/** Writes the component `cut..end`, whose name begins behind its separators; returns its number. */
function enter(parent: u32, cut: usize, name: usize, end: usize, pathHash: u32): u32 {
  const length = (end - cut) as u32;
  const dir = changetype<Dir>(takeTail(offsetof<Dir>()));
  dir.parent = parent;
  dir.at = (heapTop() - texts) as u32;
  dir.length = length;
  dir.hash = nameHash(name, (end - name) as u32);
  dir.pathHash = pathHash;
  memory.copy(takeHeap(length), cut, length);
  return count++;
}

/** Makes the directory about to be entered one that can be found. */
function remember(at: usize, length: u32, hash: u32): void {
  const entry = entries + (count as usize) * ENTRY;
  store<u32>(entry, hash);
  store<u32>(entry, at as u32, 4);
  store<u32>(entry, length, 8);
  const mask = SLOTS - 1;
  let slot = hash & mask;
  while (load<u32>(slots + ((slot as usize) << 2)) != 0) slot = (slot + 1) & mask;
  store<u32>(slots + ((slot as usize) << 2), count + 1);
}

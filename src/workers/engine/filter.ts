/** Which items may be asked about: two sets of hashes as bits, of file names and of rating keys. See item-filter.ts. */
import { FILTER_BYTES } from '../../shared/engine/layout';

let bits: usize = 0;

/** From now on, this set; 0 wants every item. */
export function useFilter(at: usize): void {
  bits = at;
}

/** Whether there is a set at all. */
export function isFiltering(): bool {
  return bits != 0;
}

function wordOf(set: usize, hash: u32): usize {
  return set + ((((hash as usize) & (FILTER_BYTES * 8 - 1)) >> 5) << 2);
}

function has(set: usize, hash: u32): bool {
  return ((load<u32>(wordOf(set, hash)) >> (hash & 31)) & 1) == 1;
}

/** Whether a scene may ask for a file name. Never wrongly false. */
export function mayAskForName(hash: u32): bool {
  return has(bits, hash);
}

/** Whether an item may be asked for by its rating key. */
export function mayAskForKey(hash: u32): bool {
  return has(bits + FILTER_BYTES, hash);
}

/** Adds a file name; other threads may be adding theirs. */
export function addName(hash: u32): void {
  atomic.or<u32>(wordOf(bits, hash), (1 as u32) << (hash & 31));
}

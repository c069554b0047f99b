/** Which items may be asked about: a set of hashes of file names, as bits. See main/plex-index/item-filter.ts. */
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

function wordOf(hash: u32): usize {
  return bits + ((((hash as usize) & (FILTER_BYTES * 8 - 1)) >> 5) << 2);
}

/** Whether a scene may ask for a file name. Never wrongly false. */
export function mayAskForName(hash: u32): bool {
  return ((load<u32>(wordOf(hash)) >> (hash & 31)) & 1) == 1;
}

/** Adds a file name; other threads may be adding theirs. */
export function addName(hash: u32): void {
  atomic.or<u32>(wordOf(hash), (1 as u32) << (hash & 31));
}

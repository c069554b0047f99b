/** Which items may be asked about: a set of hashes of file names and sizes, as bits. See main/plex-index/item-filter.ts. */
import { FILTER_BYTES } from '../../shared/engine/layout';
import { finishHash } from './text';

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

/** Whether a scene may ask for a size. Never wrongly false. */
export function mayAskForSize(size: f64): bool {
  return size > 0 && mayAskForName(sizeHash(size));
}

/** Adds a size; 0 is unknown, and nobody asks for that. */
export function addSize(size: f64): void {
  if (size > 0) addName(sizeHash(size));
}

function sizeHash(size: f64): u32 {
  const bits = reinterpret<u64>(size);
  return finishHash((bits as u32) ^ ((bits >>> 32) as u32));
}

/** Adds a file name; other threads may be adding theirs. */
export function addName(hash: u32): void {
  atomic.or<u32>(wordOf(hash), (1 as u32) << (hash & 31));
}

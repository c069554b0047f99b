/**
 * Members of a crowd of equal file names, by the narrow table: those with the very path of a file, else those with its
 * size. What neither finds, or finds too many of, is left to the complete matcher. The keys are those of
 * shared/index/crowd-keys.ts, to the bit.
 */
import {
  CONTEXT_NARROW_HASH,
  CONTEXT_NARROW_NEXT,
  CONTEXT_NARROW_PART,
  CONTEXT_NARROW_SLOTS,
  CONTEXT_NARROW_SLOT_COUNT,
  NOTHING,
} from '../../shared/engine/layout';
import { columnWord, contextWord } from './context';
import { finishHash } from './text';

/** Combines two hashes into one; the order matters. */
export function mixHash(a: u32, b: u32): u32 {
  return finishHash(((a ^ 0x9e3779b9) * 0x85ebca6b) ^ ((b + 0x7f4a7c15) * 0xc2b2ae35));
}

/** Parts with this name and this size. */
export function sizeKey(name: u32, size: f64): u32 {
  const whole = size as u64;
  return mixHash(mixHash(name, 1), mixHash(whole as u32, (whole >> 32) as u32));
}

/** Parts with this name whose innermost directories hash to `suffix`. */
export function suffixKey(name: u32, suffix: u32): u32 {
  return mixHash(mixHash(name, 2), suffix);
}

/** The first entry under a key, or NOTHING. */
export function narrowHead(key: u32): u32 {
  const count = contextWord(CONTEXT_NARROW_SLOT_COUNT);
  if (count == 0) return NOTHING;
  const mask = count - 1;
  let slot = mixHash(key, 0) & mask;
  while (true) {
    const value = columnWord(CONTEXT_NARROW_SLOTS, slot);
    if (value == 0) return NOTHING;
    if (columnWord(CONTEXT_NARROW_HASH, value - 1) == key) return value - 1;
    slot = (slot + 1) & mask;
  }
}

/** The next entry under the same key, or NOTHING. */
export function nextNarrow(entry: u32): u32 {
  return columnWord(CONTEXT_NARROW_NEXT, entry);
}

/** The part of an entry. */
export function narrowPart(entry: u32): u32 {
  return columnWord(CONTEXT_NARROW_PART, entry);
}

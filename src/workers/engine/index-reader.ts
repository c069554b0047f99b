/** The Plex index in place; see shared/index/format.ts. */
import {
  CONTEXT_DIR_AT,
  CONTEXT_DIR_LENGTH,
  CONTEXT_DIR_PARENT,
  CONTEXT_HEAP,
  CONTEXT_NAME_SLOTS,
  CONTEXT_NAME_SLOT_COUNT,
  CONTEXT_PARTS,
  CROWD_FLAG,
  INDEX_PART_DIR,
  INDEX_PART_ITEM,
  INDEX_PART_NAME_AT,
  INDEX_PART_NAME_HASH,
  INDEX_PART_NAME_LENGTH,
  INDEX_PART_NEXT,
  INDEX_PART_SIZE_DOUBLE,
  INDEX_PART_WORDS,
  NOTHING,
} from '../../shared/engine/layout';
import { columnWord, contextWord } from './context';
import { skipSeparators } from './text';

let isCrowd: bool = false;

/** The first part whose folded name has this hash, or NOTHING. */
export function firstPart(hash: u32): u32 {
  isCrowd = false;
  const slots: usize = contextWord(CONTEXT_NAME_SLOTS);
  const mask = contextWord(CONTEXT_NAME_SLOT_COUNT) - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const value = load<u32>(slots + ((slot as usize) << 2));
    if (value == 0) return NOTHING;
    const part = (value & ~CROWD_FLAG) - 1;
    if (partWord(part, INDEX_PART_NAME_HASH) != hash) continue;
    isCrowd = value >= (CROWD_FLAG as u32);
    return part;
  }
}

/** Whether the chain found last is too long to be walked. */
export function isCrowded(): bool {
  return isCrowd;
}

function recordOf(part: u32): usize {
  return (contextWord(CONTEXT_PARTS) as usize) + (part as usize) * (INDEX_PART_WORDS << 2);
}

/** A number of a part's record. */
export function partWord(part: u32, word: usize): u32 {
  return load<u32>(recordOf(part) + (word << 2));
}

/** The next part of a name chain, or NOTHING. */
export function nextPart(part: u32): u32 {
  return partWord(part, INDEX_PART_NEXT);
}

/** The item a part belongs to. */
export function itemOf(part: u32): u32 {
  return partWord(part, INDEX_PART_ITEM);
}

/** Bytes of a part's file; 0 when Plex does not say. */
export function sizeOf(part: u32): f64 {
  return load<f64>(recordOf(part) + (INDEX_PART_SIZE_DOUBLE << 3));
}

/** Where a part's file name ends. */
export function partNameEnd(part: u32): usize {
  return partTextAt(part) + partWord(part, INDEX_PART_NAME_LENGTH);
}

/** Where a part's file name begins, without separators. */
export function partNameAt(part: u32): usize {
  return skipSeparators(partTextAt(part), partNameEnd(part));
}

function partTextAt(part: u32): usize {
  return (contextWord(CONTEXT_HEAP) as usize) + partWord(part, INDEX_PART_NAME_AT);
}

/** The directory around a directory, or NOTHING. */
export function parentOf(dir: u32): u32 {
  return columnWord(CONTEXT_DIR_PARENT, dir);
}

/** Where a directory's own name begins, with the separators in front of it. */
export function dirTextAt(dir: u32): usize {
  return (contextWord(CONTEXT_HEAP) as usize) + columnWord(CONTEXT_DIR_AT, dir);
}

/** Where a directory's own name ends. */
export function dirNameEnd(dir: u32): usize {
  return dirTextAt(dir) + load<u16>((contextWord(CONTEXT_DIR_LENGTH) as usize) + ((dir as usize) << 1));
}

/** Whether a part's path begins with `/`, as it does everywhere but on Windows. */
export function isRooted(part: u32): bool {
  let first = partTextAt(part);
  for (let dir = partWord(part, INDEX_PART_DIR); dir != NOTHING; dir = parentOf(dir)) first = dirTextAt(dir);
  return load<u8>(first) == 0x2f;
}

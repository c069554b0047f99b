/** Finds parts and directories in the Plex index, in place; see shared/index/format.ts. What they are to a scene is not asked. */
import { CROWD_FLAG, ContextWord, NOTHING } from '../../shared/engine/layout';
import { columnShort, columnWord, contextWord } from './context';
import { IndexPart } from './records';
import { finishHash, sameName, skipSeparators } from './text';

let isCrowd: bool = false;

/** The record of a part. */
export function partOf(part: u32): IndexPart {
  const parts: usize = contextWord(ContextWord.Parts);
  return changetype<IndexPart>(parts + (part as usize) * offsetof<IndexPart>());
}

/** The first part whose folded name has this hash, or NOTHING. */
export function firstPart(hash: u32): u32 {
  isCrowd = false;
  const slots: usize = contextWord(ContextWord.NameSlots);
  const mask = contextWord(ContextWord.NameSlotCount) - 1;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const value = load<u32>(slots + ((slot as usize) << 2));
    if (value == 0) return NOTHING;
    const part = (value & ~CROWD_FLAG) - 1;
    if (partOf(part).nameHash != hash) continue;
    isCrowd = value >= (CROWD_FLAG as u32);
    return part;
  }
}

/** Whether the chain found last is too long to be walked. */
export function isCrowded(): bool {
  return isCrowd;
}

/** Where a part's file name begins, without separators. */
export function partNameAt(part: u32): usize {
  return skipSeparators(partTextAt(part), partNameEnd(part));
}

/** Where a part's file name ends. */
export function partNameEnd(part: u32): usize {
  return partTextAt(part) + partOf(part).nameLength;
}

/** Where a part's file name begins, with the separators in front of it. */
export function partTextAt(part: u32): usize {
  return (contextWord(ContextWord.Heap) as usize) + partOf(part).nameAt;
}

/** Whether a part has this file name, folded. */
export function hasName(part: u32, name: usize, length: u32): bool {
  const at = partNameAt(part);
  return sameName(at, (partNameEnd(part) - at) as u32, name, length);
}

/** Where an item's rating key begins; its title follows it. */
export function itemTextAt(item: u32): usize {
  return (contextWord(ContextWord.Heap) as usize) + columnWord(ContextWord.ItemTextAt, item);
}

/** Bytes of an item's rating key. */
export function itemKeyLength(item: u32): u32 {
  return columnShort(ContextWord.ItemKeyLength, item);
}

/** The directory around a directory, or NOTHING. */
export function parentOf(dir: u32): u32 {
  return columnWord(ContextWord.DirParent, dir);
}

/** Where a directory's own name begins, with the separators in front of it. */
export function dirTextAt(dir: u32): usize {
  return (contextWord(ContextWord.Heap) as usize) + columnWord(ContextWord.DirAt, dir);
}

/** Where a directory's own name ends. */
export function dirNameEnd(dir: u32): usize {
  return dirTextAt(dir) + columnShort(ContextWord.DirLength, dir);
}

/** Combines two hashes into one; the order matters. */
export function mixHash(a: u32, b: u32): u32 {
  return finishHash(((a ^ 0x9e3779b9) * 0x85ebca6b) ^ ((b + 0x7f4a7c15) * 0xc2b2ae35));
}

/** The first entry of the narrow table under a key, or NOTHING. */
export function narrowHead(key: u32): u32 {
  const count = contextWord(ContextWord.NarrowSlotCount);
  if (count == 0) return NOTHING;
  const mask = count - 1;
  let slot = mixHash(key, 0) & mask;
  while (true) {
    const value = columnWord(ContextWord.NarrowSlots, slot);
    if (value == 0) return NOTHING;
    if (columnWord(ContextWord.NarrowHash, value - 1) == key) return value - 1;
    slot = (slot + 1) & mask;
  }
}

/** The next entry under the same key, or NOTHING. */
export function nextNarrow(entry: u32): u32 {
  return columnWord(ContextWord.NarrowNext, entry);
}

/** The part of an entry. */
export function narrowPart(entry: u32): u32 {
  return columnWord(ContextWord.NarrowPart, entry);
}

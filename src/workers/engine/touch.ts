/**
 * Brings what the scenes of a page will ask of the index into the processor's cache, step by step for all of them. Asked
 * scene by scene, each step waits for the memory of the one before; asked in rows, the processor waits for a dozen scenes
 * at once.
 */
import {
  CONTEXT_DIR_AT,
  CONTEXT_DIR_LENGTH,
  CONTEXT_DIR_PARENT,
  CONTEXT_HEAP,
  CONTEXT_ITEM_FLAGS,
  CONTEXT_NAME_SLOTS,
  CONTEXT_NAME_SLOT_COUNT,
  CROWD_FLAG,
  FILE_NAME_HASH,
  INDEX_PART_DIR,
  INDEX_PART_ITEM,
  INDEX_PART_NAME_AT,
  INDEX_PART_NAME_LENGTH,
  NOTHING,
  SCENE_FILES,
  SCENE_LIKELY_PART,
  SCENE_NEXT,
} from '../../shared/engine/layout';
import { columnWord, contextWord } from './context';
import { partWord, sizeOf } from './index-reader';

/** Keeps the compiler from leaving out loads whose value nobody wants. */
let touched: u32 = 0;

/** Touches what will be asked about the first files of scenes. */
export function touchIndex(first: usize, count: u32): void {
  touchSlots(first, count);
  touchParts(first, count);
  touchNames(first, count);
}

/** The slot the name's hash points to mostly holds the part itself. */
function touchSlots(first: usize, count: u32): void {
  const slots: usize = contextWord(CONTEXT_NAME_SLOTS);
  const mask = contextWord(CONTEXT_NAME_SLOT_COUNT) - 1;
  let scene = first;
  for (let i: u32 = 0; i < count; i++) {
    let part: u32 = NOTHING;
    if (load<u32>(scene + (SCENE_FILES << 2), 4) > 0) {
      const hash = load<u32>((load<u32>(scene + (SCENE_FILES << 2)) as usize) + (FILE_NAME_HASH << 2));
      const value = load<u32>(slots + (((hash & mask) as usize) << 2));
      if (value != 0) part = (value & ~CROWD_FLAG) - 1;
    }
    store<u32>(scene + (SCENE_LIKELY_PART << 2), part);
    scene = load<u32>(scene + (SCENE_NEXT << 2));
  }
}

/** A part's record may lie on two lines of the cache. */
function touchParts(first: usize, count: u32): void {
  let scene = first;
  for (let i: u32 = 0; i < count; i++) {
    const part = load<u32>(scene + (SCENE_LIKELY_PART << 2));
    if (part != NOTHING) touched += partWord(part, 0) + (sizeOf(part) as u32);
    scene = load<u32>(scene + (SCENE_NEXT << 2));
  }
}

function touchNames(first: usize, count: u32): void {
  const heap: usize = contextWord(CONTEXT_HEAP);
  const flags: usize = contextWord(CONTEXT_ITEM_FLAGS);
  let scene = first;
  for (let i: u32 = 0; i < count; i++) {
    const part = load<u32>(scene + (SCENE_LIKELY_PART << 2));
    if (part != NOTHING) {
      const name = heap + partWord(part, INDEX_PART_NAME_AT);
      touched += load<u8>(name) + load<u8>(name + partWord(part, INDEX_PART_NAME_LENGTH) - 1);
      touched += load<u8>(flags + partWord(part, INDEX_PART_ITEM));
      const dir = partWord(part, INDEX_PART_DIR);
      if (dir != NOTHING) {
        touched += columnWord(CONTEXT_DIR_PARENT, dir) + columnWord(CONTEXT_DIR_AT, dir);
        touched += load<u16>((contextWord(CONTEXT_DIR_LENGTH) as usize) + ((dir as usize) << 1));
      }
    }
    scene = load<u32>(scene + (SCENE_NEXT << 2));
  }
}

/** What the rows of a digested page say of the section as a whole. */
import {
  ITEM_FLAGS,
  ITEM_KEY_HASH,
  ITEM_KEY_NUMBER,
  ITEM_PARTS,
  ITEM_WORDS,
  PART_WORDS,
  SKIPPED,
  SKIPPED_FILES,
} from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { DigestResult } from '../../shared/messages.js';

/** Facts that add up over pages. */
export interface PageFacts {
  /** Items that have a file. */
  readonly withFile: number;
  /** The same for the same rating keys, in whatever order and pages they came. */
  readonly keySum: number;
}

/** Walks over the records of a page; to be called while the page is in memory. */
export function pageFacts(memory: EngineMemory, page: DigestResult): PageFacts {
  const words = memory.words(page.itemsAt, page.items * ITEM_WORDS + page.parts * PART_WORDS);
  let withFile = 0;
  let keySum = 0;
  for (let at = 0; at < words.length;) {
    const parts = words[at + ITEM_PARTS] ?? 0;
    const files = words[at + ITEM_FLAGS] === SKIPPED ? (words[at + SKIPPED_FILES] ?? 0) : parts;
    if (files > 0) withFile++;
    // Keys that are no numbers have the number 0.
    const number = words[at + ITEM_KEY_NUMBER] ?? 0;
    keySum = (keySum + mix(number === 0 ? (words[at + ITEM_KEY_HASH] ?? 0) : number)) >>> 0;
    at += ITEM_WORDS + parts * PART_WORDS;
  }
  return { withFile, keySum };
}

/** Without it, keys 1 and 4 would sum up to the same as 2 and 3. */
function mix(key: number): number {
  const a = Math.imul(key ^ (key >>> 16), 0x45d9f3b);
  const b = Math.imul(a ^ (a >>> 16), 0x45d9f3b);
  return b ^ (b >>> 16);
}

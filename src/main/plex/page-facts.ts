/** What the rows of a digested page say of the section as a whole. */
import { ItemWord, PartWord, Presence } from '../../shared/engine/layout.js';
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
  const words = memory.words(page.itemsAt, page.items * ItemWord.Words + page.parts * PartWord.Words);
  let withFile = 0;
  let keySum = 0;
  for (let at = 0; at < words.length;) {
    const parts = words[at + ItemWord.Parts] ?? 0;
    const files = words[at + ItemWord.Presence] === Presence.Skipped ? (words[at + ItemWord.TitleLength] ?? 0) : parts;
    if (files > 0) withFile++;
    // Keys that are no numbers have the number 0.
    const number = words[at + ItemWord.KeyNumber] ?? 0;
    keySum = (keySum + mix(number === 0 ? (words[at + ItemWord.KeyHash] ?? 0) : number)) >>> 0;
    at += ItemWord.Words + parts * PartWord.Words;
  }
  return { withFile, keySum };
}

/** Without it, keys 1 and 4 would sum up to the same as 2 and 3. */
function mix(key: number): number {
  const a = Math.imul(key ^ (key >>> 16), 0x45d9f3b);
  const b = Math.imul(a ^ (a >>> 16), 0x45d9f3b);
  return b ^ (b >>> 16);
}

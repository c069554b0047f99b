/** Items no scene is, by the size of their files: a file that was renamed has it still. */
import { IndexPartWord } from '../../shared/engine/layout.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { FileMeasures } from './missing-scenes.js';
import { firstByKey, freeParts, type ItemQuestions } from './item-questions.js';

/** What two measurements of one file's length may differ by. */
const NEAR_MS = 1000;
/** Files of one size that are looked at. */
const MOST_OF_A_SIZE = 64;
/** Bits of a size's hash: it seldom shares them, so most parts need no more than a look at one byte. */
const MARK_BITS = 20;

/** Of a size by the two halves of its double: parts are many, and this is all that is asked of most. */
const markOf = (low = 0, high = 0): number => Math.imul(low ^ high, 0x9e3779b1) >>> (32 - MARK_BITS);

/** Those of some sizes. */
export class ItemsBySize {
  readonly #index: PlexIndex;
  readonly #parts = new Map<number, number[]>();

  /** @param sizes in bytes; 0 is unknown */
  constructor(questions: ItemQuestions, sizes: Float64Array) {
    const { index } = questions;
    this.#index = index;
    const marks = new Uint8Array(2 ** MARK_BITS);
    const halves = new Uint32Array(sizes.buffer, sizes.byteOffset, sizes.length * 2);
    for (const [i, size] of sizes.entries()) if (size > 0) marks[markOf(halves[i * 2], halves[i * 2 + 1])] = 1;
    const wanted: number[] = [];
    const { partWords } = index.columns;
    for (let part = 0, at: number = IndexPartWord.Size; part < index.counts.parts; part++, at += IndexPartWord.Words) {
      if (marks[markOf(partWords[at], partWords[at + 1])] === 1) wanted.push(part);
    }
    for (const part of freeParts(questions, wanted)) {
      const same = this.#parts.get(index.sizeOf(part));
      if (same === undefined) this.#parts.set(index.sizeOf(part), [part]);
      else if (same.length < MOST_OF_A_SIZE) same.push(part);
    }
  }

  /** The part as large and as long as a file; NONE when there is none. */
  find({ size, duration }: FileMeasures): number {
    const same = this.#parts.get(size);
    if (same === undefined || !(size > 0) || !(duration > 0)) return NONE;
    return firstByKey(
      this.#index,
      same.filter((part) => {
        const length = this.#index.durationOf(part);
        return length > 0 && Math.abs(length - duration * 1000) <= NEAR_MS;
      }),
    );
  }
}

/** Writes a page digest into scratch memory that is reused from page to page. */
import { NONE } from '../shared/index/format.js';
import { Growing } from '../shared/index/growing.js';
import type { PageDigest } from '../shared/index/page-digest.js';
import { leadingSeparators, splitPath } from '../shared/path.js';
import { foldKey, hashText } from '../shared/text-key.js';

/** No name on disk and no title worth comparing is longer; keeps every length in 16 bits. */
const MAX_TEXT_BYTES = 65_535;

const encoder = new TextEncoder();

/** Collects items, parts and directories of one page. */
export class DigestWriter {
  readonly #heap = new Growing((length) => new Uint8Array(length));
  readonly #items = new Growing((length) => new Uint32Array(length));
  readonly #parts = new Growing((length) => new Uint32Array(length));
  readonly #sizes = new Growing((length) => new Float64Array(length));
  readonly #dirs = new Growing((length) => new Uint32Array(length));
  readonly #dirNumbers = new Map<string, number>();

  /** Begins a new page. */
  reset(): void {
    for (const column of [this.#heap, this.#items, this.#parts, this.#sizes, this.#dirs]) column.length = 0;
    this.#dirNumbers.clear();
  }

  /** Begins an item; its parts follow. */
  beginItem(ratingKey: string, title: string, flags: number, date: number): void {
    const keyAt = this.#heap.length;
    const keyLength = this.#write(ratingKey);
    const titleLength = this.#write(title);
    const at = this.#items.length;
    const items = this.#items.reserve(6);
    items[at] = keyAt;
    items[at + 1] = keyLength;
    items[at + 2] = titleLength;
    items[at + 3] = flags;
    items[at + 4] = date;
    items[at + 5] = 0;
    this.#items.length += 6;
  }

  /**
   * Adds a part to the item begun last.
   * @param base the file name with the separators in front of it
   * @param size bytes, 0 unknown
   * @param duration milliseconds, 0 unknown
   */
  addPart(dir: string, base: string, nameHash: number, size: number, duration: number): void {
    const dirNumber = dir === '' ? NONE : this.#dir(dir);
    const nameAt = this.#heap.length;
    const nameLength = this.#write(base);
    const at = this.#parts.length;
    const parts = this.#parts.reserve(5);
    parts[at] = dirNumber;
    parts[at + 1] = nameAt;
    parts[at + 2] = nameLength;
    parts[at + 3] = nameHash;
    parts[at + 4] = Math.min(duration, NONE - 1);
    this.#parts.length += 5;
    this.#sizes.push(size);
    const count = this.#items.length - 1;
    this.#items.data[count] = (this.#items.data[count] ?? 0) + 1;
  }

  /** The page, in memory of its own that can be transferred. */
  finish(): PageDigest {
    return {
      heap: this.#heap.view().slice(),
      items: this.#items.view().slice(),
      parts: this.#parts.view().slice(),
      sizes: this.#sizes.view().slice(),
      dirs: this.#dirs.view().slice(),
    };
  }

  /** The page's number of a directory; its parents are entered before it. */
  #dir(dir: string): number {
    const known = this.#dirNumbers.get(dir);
    if (known !== undefined) return known;
    const { dir: parent, base } = splitPath(dir);
    // A path that is all separators has no component to descend by.
    const parentNumber = parent === '' ? NONE : this.#dir(parent);
    const start = this.#heap.length;
    const length = this.#write(base);
    const number = this.#dirs.length / 4;
    this.#dirs.append([parentNumber, start, length, hashText(foldKey(base.slice(leadingSeparators(base))))]);
    this.#dirNumbers.set(dir, number);
    return number;
  }

  #write(text: string): number {
    const room = this.#heap.reserve(Math.min(text.length * 3, MAX_TEXT_BYTES));
    const { written } = encoder.encodeInto(text, room.subarray(this.#heap.length, this.#heap.length + MAX_TEXT_BYTES));
    this.#heap.length += written;
    return written;
  }
}

/** Writes a page digest into scratch memory that is reused from page to page. */
import { NONE } from '../shared/index/format.js';
import { Growing } from '../shared/index/growing.js';
import type { PageDigest } from '../shared/index/page-digest.js';
import { cutName, equalBytes, type NameCut } from '../shared/text-key.js';

/** No name on disk and no title worth comparing is longer; keeps every length in 16 bits. */
const MAX_TEXT_BYTES = 65_535;

const cut: NameCut = { dirEnd: 0, nameStart: 0, nameHash: 0 };

/** Collects items, parts and directories of one page, from strings or straight from the page's bytes. */
export class DigestWriter {
  readonly #heap = new Growing((length) => new Uint8Array(length));
  readonly #items = new Growing((length) => new Uint32Array(length));
  readonly #parts = new Growing((length) => new Uint32Array(length));
  readonly #sizes = new Growing((length) => new Float64Array(length));
  readonly #dirs = new Growing((length) => new Uint32Array(length));
  /** Open-addressing table of the page's directories by the bytes of their whole path: entry + 1. */
  #dirSlots = new Uint32Array(2048);
  /** Whole path of each directory: hash, and its place in {@link #dirText}. */
  readonly #dirHashes = new Growing((length) => new Uint32Array(length));
  readonly #dirTextAt = new Growing((length) => new Uint32Array(length));
  readonly #dirText = new Growing((length) => new Uint8Array(length));

  /** Begins a new page. */
  reset(): void {
    const columns = [this.#heap, this.#items, this.#parts, this.#sizes, this.#dirs];
    for (const column of [...columns, this.#dirHashes, this.#dirTextAt, this.#dirText]) column.length = 0;
    this.#dirSlots.fill(0);
  }

  /** Begins an item; its parts follow. */
  beginItem(ratingKey: string, title: string, flags: number, date: number): void {
    const key = Buffer.from(ratingKey);
    const text = Buffer.from(title.length > MAX_TEXT_BYTES ? title.slice(0, MAX_TEXT_BYTES / 4) : title);
    const both = Buffer.concat([key, text.subarray(0, MAX_TEXT_BYTES)]);
    this.beginPlainItem(both, 0, key.length, key.length, both.length, flags, date);
  }

  /** {@link beginItem} from spans of UTF-8. */
  beginPlainItem(
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    titleStart: number,
    titleEnd: number,
    flags: number,
    date: number,
  ): void {
    const at = this.#items.length;
    const items = this.#items.reserve(6);
    items[at] = this.#copy(bytes, keyStart, keyEnd);
    items[at + 1] = keyEnd - keyStart;
    items[at + 2] = titleEnd - titleStart;
    items[at + 3] = flags;
    items[at + 4] = date;
    items[at + 5] = 0;
    this.#items.length += 6;
    this.#copy(bytes, titleStart, titleEnd);
  }

  /**
   * Adds a part to the item begun last.
   * @param size bytes, 0 unknown
   * @param duration milliseconds, 0 unknown
   */
  addPart(path: string, size: number, duration: number): void {
    const bytes = Buffer.from(path);
    if (bytes.length <= MAX_TEXT_BYTES) this.addPlainPart(bytes, 0, bytes.length, size, duration);
  }

  /** {@link addPart} from a span of UTF-8. */
  addPlainPart(bytes: Uint8Array, start: number, end: number, size: number, duration: number): void {
    cutName(bytes, start, end, cut);
    const { dirEnd, nameHash } = cut;
    const dir = dirEnd === start ? NONE : this.#dir(bytes, start, dirEnd);
    const at = this.#parts.length;
    const parts = this.#parts.reserve(5);
    parts[at] = dir;
    parts[at + 1] = this.#copy(bytes, dirEnd, end);
    parts[at + 2] = end - dirEnd;
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
  #dir(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashRaw(bytes, start, end);
    const known = this.#findDir(hash, bytes, start, end);
    if (known >= 0) return known;
    cutName(bytes, start, end, cut);
    const { dirEnd, nameHash } = cut;
    const parent = dirEnd === start ? NONE : this.#dir(bytes, start, dirEnd);
    const number = this.#dirs.length / 4;
    const at = this.#copy(bytes, dirEnd, end);
    const entry = this.#dirs.reserve(4);
    entry[number * 4] = parent;
    entry[number * 4 + 1] = at;
    entry[number * 4 + 2] = end - dirEnd;
    entry[number * 4 + 3] = nameHash;
    this.#dirs.length += 4;
    this.#rememberDir(hash, bytes, start, end);
    return number;
  }

  #findDir(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#dirSlots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const dir = (this.#dirSlots[slot] ?? 0) - 1;
      if (dir < 0 || (this.#dirHashes.data[dir] === hash && this.#isDir(dir, bytes, start, end))) return dir;
    }
  }

  #isDir(dir: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#dirTextAt.data[dir] ?? 0;
    const next = dir + 1 < this.#dirTextAt.length ? (this.#dirTextAt.data[dir + 1] ?? 0) : this.#dirText.length;
    if (next - at !== end - start) return false;
    return equalBytes(this.#dirText.data, at, bytes, start, end - start);
  }

  #rememberDir(hash: number, bytes: Uint8Array, start: number, end: number): void {
    const dir = this.#dirHashes.length;
    this.#dirHashes.push(hash);
    this.#dirTextAt.push(this.#dirText.length);
    this.#dirText.append(bytes.subarray(start, end));
    if (this.#dirHashes.length * 2 > this.#dirSlots.length) this.#growSlots();
    else this.#insertSlot(dir);
  }

  #growSlots(): void {
    this.#dirSlots = new Uint32Array(this.#dirSlots.length * 2);
    for (let dir = 0; dir < this.#dirHashes.length; dir++) this.#insertSlot(dir);
  }

  #insertSlot(dir: number): void {
    const mask = this.#dirSlots.length - 1;
    let slot = (this.#dirHashes.data[dir] ?? 0) & mask;
    while (this.#dirSlots[slot] !== 0) slot = (slot + 1) & mask;
    this.#dirSlots[slot] = dir + 1;
  }

  /** Copies a span to the heap; returns where it begins there. A loop: names are too short for a native copy to pay. */
  #copy(bytes: Uint8Array, start: number, end: number): number {
    const heap = this.#heap.reserve(end - start);
    const at = this.#heap.length;
    for (let i = start; i < end; i++) heap[at + i - start] = bytes[i] ?? 0;
    this.#heap.length += end - start;
    return at;
  }
}

function hashRaw(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}

/** Reads the Plex index in place: no unpacking, any thread. */
import { IndexPartWord } from '../engine/layout.js';
import { isSeparator } from '../path.js';
import { decodeUtf8, hashBytes, mixHash } from '../text-key.js';
import {
  ENDIAN_MARK,
  HEADER,
  HEADER_BYTES,
  MAGIC,
  NONE,
  VERSION,
  indexBytes,
  viewColumns,
  type IndexColumns,
  type IndexCounts,
  type IndexInfo,
  type IndexSection,
} from './format.js';

/** Why bytes are not a usable index. */
export type IndexRefusal =
  | 'too short'
  | 'not aligned to 8 bytes'
  | 'not a gapscan index'
  | 'another byte order'
  | 'another version'
  | 'another length than its header says';

/** An index, or why the bytes are not one. */
export type OpenResult =
  { readonly ok: true; readonly index: PlexIndex } | { readonly ok: false; readonly reason: IndexRefusal };

/** Opens index bytes. Every check runs before any view is built. */
export function openIndex({ buffer, byteOffset, length }: Uint8Array): OpenResult {
  if (length < HEADER_BYTES) return { ok: false, reason: 'too short' };
  if (byteOffset % 8 !== 0) return { ok: false, reason: 'not aligned to 8 bytes' };
  const header = new Uint32Array(buffer, byteOffset, HEADER_BYTES / 4);
  if (header[HEADER.magic] !== MAGIC) return { ok: false, reason: 'not a gapscan index' };
  if (header[HEADER.endian] !== ENDIAN_MARK) return { ok: false, reason: 'another byte order' };
  if (header[HEADER.version] !== VERSION) return { ok: false, reason: 'another version' };
  const counts = readCounts(header);
  if (header[HEADER.totalBytes] !== length || indexBytes(counts) !== length) {
    return { ok: false, reason: 'another length than its header says' };
  }
  return { ok: true, index: new PlexIndex(viewColumns(buffer, byteOffset, counts), counts) };
}

function readCounts(header: Uint32Array): IndexCounts {
  const at = (name: keyof IndexCounts): number => header[HEADER[name]] ?? 0;
  return {
    items: at('items'),
    parts: at('parts'),
    dirs: at('dirs'),
    heapBytes: at('heapBytes'),
    infoBytes: at('infoBytes'),
    nameSlots: at('nameSlots'),
    keySlots: at('keySlots'),
    narrowSlots: at('narrowSlots'),
    narrowEntries: at('narrowEntries'),
  };
}

const NO_SECTION: IndexSection = { key: '', title: '', agentIsNone: false };

/** Paths that are remembered; more are forgotten and put together again. */
const MOST_PATHS = 5000;

/** The opened index. Parts, items and dirs are numbers; texts are decoded only when asked for. */
export class PlexIndex {
  readonly columns: IndexColumns;
  readonly counts: IndexCounts;
  /** The libraries, by the numbers items have them under. */
  readonly sections: readonly IndexSection[];
  /** The heap again: it decodes texts in place, without a view for each. */
  readonly #texts: Buffer;
  /** Paths of directories: a report spells the same ones again and again. */
  readonly #paths = new Map<number, string>();

  constructor(columns: IndexColumns, counts: IndexCounts) {
    this.columns = columns;
    this.counts = counts;
    this.#texts = Buffer.from(columns.heap.buffer, columns.heap.byteOffset, columns.heap.length);
    this.sections = (JSON.parse(decodeUtf8(columns.info)) as IndexInfo).sections;
  }

  /** The first entry of the narrow table under a key's hash, or NONE. Equal hashes are only a hint: prove each part. */
  narrowHead(hash: number): number {
    const { narrowSlots, narrowHash } = this.columns;
    if (narrowSlots.length === 0) return NONE;
    const mask = narrowSlots.length - 1;
    for (let slot = mixHash(hash, 0) & mask; ; slot = (slot + 1) & mask) {
      const head = (narrowSlots[slot] ?? 0) - 1;
      if (head < 0) return NONE;
      if (narrowHash[head] === hash) return head;
    }
  }

  /** The next entry under the same hash, or NONE. */
  nextNarrow(entry: number): number {
    return this.columns.narrowNext[entry] ?? NONE;
  }

  /** The part of an entry. */
  narrowPart(entry: number): number {
    return this.columns.narrowPart[entry] ?? NONE;
  }

  /** The hash a part's file name is found by. */
  nameHashOf(part: number): number {
    return this.#word(part, IndexPartWord.NameHash);
  }

  /** Whether a part's path begins with `/`, as it does everywhere but on Windows. */
  isRooted(part: number): boolean {
    const { heap, dirAt, dirParent } = this.columns;
    let at = this.#word(part, IndexPartWord.NameAt);
    for (let node = this.dirOf(part); node !== NONE; node = dirParent[node] ?? NONE) at = dirAt[node] ?? 0;
    return heap[at] === 0x2f;
  }

  /** A part's file name as Plex spells it. */
  partName(part: number): string {
    const { heap } = this.columns;
    const at = this.#word(part, IndexPartWord.NameAt);
    const end = at + this.#word(part, IndexPartWord.NameLength);
    return this.#text(skipSeparators(heap, at, end), end);
  }

  /** A part's whole path as Plex spells it. */
  partPath(part: number): string {
    const at = this.#word(part, IndexPartWord.NameAt);
    return this.dirPath(this.dirOf(part)) + this.#text(at, at + this.#word(part, IndexPartWord.NameLength));
  }

  /** A directory's whole path as Plex spells it; empty for NONE. */
  dirPath(dir: number): string {
    if (dir === NONE) return '';
    const known = this.#paths.get(dir);
    if (known !== undefined) return known;
    const at = this.columns.dirAt[dir] ?? 0;
    const own = this.#text(at, at + (this.columns.dirLength[dir] ?? 0));
    const path = this.dirPath(this.columns.dirParent[dir] ?? NONE) + own;
    if (this.#paths.size === MOST_PATHS) this.#paths.clear();
    this.#paths.set(dir, path);
    return path;
  }

  /** A directory's own name as Plex spells it. */
  dirName(dir: number): string {
    const { heap, dirAt, dirLength } = this.columns;
    const at = dirAt[dir] ?? 0;
    const end = at + (dirLength[dir] ?? 0);
    return this.#text(skipSeparators(heap, at, end), end);
  }

  /** The item a part belongs to. */
  itemOf(part: number): number {
    return this.#word(part, IndexPartWord.Item);
  }

  /** The directory a part lies in, or NONE. */
  dirOf(part: number): number {
    return this.#word(part, IndexPartWord.Dir);
  }

  /** Bytes of a part's file; 0 when Plex does not say. */
  sizeOf(part: number): number {
    return this.columns.partDoubles[(part * IndexPartWord.Words + IndexPartWord.Size) / 2] ?? 0;
  }

  /** Milliseconds a part lasts; 0 when Plex does not say. */
  durationOf(part: number): number {
    return this.#word(part, IndexPartWord.Duration);
  }

  /** An item's rating key. */
  ratingKey(item: number): string {
    const at = this.columns.itemTextAt[item] ?? 0;
    return this.#text(at, at + (this.columns.itemKeyLength[item] ?? 0));
  }

  /** An item's rating key where it is a number, as on every server seen; NaN where it is not. */
  ratingKeyNumber(item: number): number {
    const { heap, itemTextAt, itemKeyLength } = this.columns;
    const start = itemTextAt[item] ?? 0;
    const length = itemKeyLength[item] ?? 0;
    // More digits, or a zero in front, would not come back from a number as they were.
    if (length === 0 || length > 15 || (heap[start] === 0x30 && length > 1)) return NaN;
    let value = 0;
    for (let at = start; at < start + length; at++) {
      const digit = (heap[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) return NaN;
      value = value * 10 + digit;
    }
    return value;
  }

  /** An item's title as Plex spells it. */
  title(item: number): string {
    const { itemTextAt, itemKeyLength, itemTitleLength } = this.columns;
    const at = (itemTextAt[item] ?? 0) + (itemKeyLength[item] ?? 0);
    return this.#text(at, at + (itemTitleLength[item] ?? 0));
  }

  /** The library an item is in. */
  section(item: number): IndexSection {
    return this.sections[this.columns.itemSection[item] ?? 0] ?? NO_SECTION;
  }

  /** The item with this rating key, or NONE. */
  itemByKey(ratingKey: string): number {
    const { keySlots, itemTextAt, itemKeyLength, heap } = this.columns;
    const bytes = new TextEncoder().encode(ratingKey);
    const mask = keySlots.length - 1;
    for (let slot = hashBytes(bytes, 0, bytes.length) & mask; ; slot = (slot + 1) & mask) {
      const item = (keySlots[slot] ?? 0) - 1;
      if (item < 0) return NONE;
      const at = itemTextAt[item] ?? 0;
      if (itemKeyLength[item] === bytes.length && bytes.every((byte, i) => heap[at + i] === byte)) return item;
    }
  }

  /** Bits of Presence of an item. */
  presence(item: number): number {
    return this.columns.itemPresence[item] ?? 0;
  }

  /** YYYYMMDD; YYYY0000 where only the year is known, 0 where neither is. */
  date(item: number): number {
    return this.columns.itemDate[item] ?? 0;
  }

  /** The parts of an item: first, and one past the last. */
  partsOf(item: number): readonly [number, number] {
    const { itemFirstPart } = this.columns;
    return [itemFirstPart[item] ?? 0, itemFirstPart[item + 1] ?? 0];
  }

  /** A text of the heap; malformed bytes become U+FFFD. */
  #text(at: number, end: number): string {
    return this.#texts.toString('utf8', at, end);
  }

  #word(part: number, word: IndexPartWord): number {
    return this.columns.partWords[part * IndexPartWord.Words + word] ?? NONE;
  }
}

function skipSeparators(heap: Uint8Array, at: number, end: number): number {
  let start = at;
  while (start < end && isSeparator(heap[start] ?? 0)) start++;
  return start;
}

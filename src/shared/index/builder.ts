/** Builds the Plex index from digested pages. Lives on the coordinator; appends columns and never reads a string. */
import { crc32 } from 'node:zlib';
import {
  DIR_AT,
  DIR_HASH,
  DIR_LENGTH,
  DIR_PARENT,
  DIR_WORDS,
  ITEM_DATE,
  ITEM_FLAGS,
  ITEM_KEY_LENGTH,
  ITEM_PARTS,
  ITEM_TEXT_AT,
  ITEM_TITLE_LENGTH,
  ITEM_WORDS,
  PART_DIR,
  PART_DURATION,
  PART_NAME_AT,
  PART_NAME_HASH,
  PART_NAME_LENGTH,
  PART_SIZE_DOUBLE,
  PART_WORDS,
} from '../engine-layout.js';
import type { EngineMemory } from '../engine-memory.js';
import type { DigestResult } from '../messages.js';
import { equalBytes, mixHash } from '../text-key.js';
import { buildNameTable } from './name-table.js';
import { buildNarrowTable } from './narrow-table.js';
import {
  CHECKED_FROM,
  ENDIAN_MARK,
  HEADER,
  HEADER_BYTES,
  MAGIC,
  NONE,
  PART,
  PART_SIZE,
  VERSION,
  indexBytes,
  viewColumns,
  type IndexColumns,
  type IndexCounts,
  type IndexSection,
} from './format.js';
import { Growing, RecordTable } from './growing.js';

/** A point to return to when a section has to be read again. */
export interface IndexMark {
  readonly items: number;
  readonly parts: number;
  readonly heapBytes: number;
}

const u32 = (expected = 0) => new Growing((length) => new Uint32Array(length), expected);
const u16 = (expected = 0) => new Growing((length) => new Uint16Array(length), expected);
const u8 = (expected = 0) => new Growing((length) => new Uint8Array(length), expected);

/** Text per item of most libraries; memory that is not used in the end is never taken from the system. */
const HEAP_BYTES_PER_ITEM = 160;
/** A count that is far too large must not exhaust the memory. */
const MAX_EXPECTED = 1_000_000;

/** Collects pages, drops items whose rating key it has seen, and finishes into one shared buffer. */
export class IndexBuilder {
  readonly #sections: IndexSection[] = [];
  readonly #heap;
  readonly #item;
  readonly #item16;
  readonly #itemFlags;
  readonly #part;
  readonly #partNameLength;
  readonly #partSize;
  readonly #dir = { parent: u32(), at: u32(), hash: u32(), rawHash: u32() };
  readonly #dirLength = u16();
  /** Directories outlive a rollback, so their text has a heap of its own. */
  readonly #dirHeap = u8();
  readonly #dirTable = new RecordTable((dir) => this.#dir.rawHash.data[dir] ?? 0, 0);
  readonly #keyTable;

  /** @param expectedItems how many will come, as far as that is known: columns that grow are copied again and again */
  constructor(expectedItems = 0) {
    const expected = Math.min(expectedItems, MAX_EXPECTED);
    this.#heap = u8(expected * HEAP_BYTES_PER_ITEM);
    this.#item = { textAt: u32(expected), firstPart: u32(expected), date: u32(expected), keyHash: u32(expected) };
    this.#item16 = { keyLength: u16(expected), titleLength: u16(expected), section: u16(expected) };
    this.#itemFlags = u8(expected);
    this.#part = {
      item: u32(expected),
      dir: u32(expected),
      nameAt: u32(expected),
      nameHash: u32(expected),
      duration: u32(expected),
    };
    this.#partNameLength = u16(expected);
    this.#partSize = new Growing((length) => new Float64Array(length), expected);
    this.#keyTable = new RecordTable((item) => this.#item.keyHash.data[item] ?? 0, expected);
  }

  /** Items so far, without duplicates. */
  get items(): number {
    return this.#item.textAt.length;
  }

  /** Parts (files) so far. */
  get parts(): number {
    return this.#part.item.length;
  }

  /** Announces a section; returns the number its pages are added under. */
  addSection(section: IndexSection): number {
    return this.#sections.push(section) - 1;
  }

  /** Where the index stands now. */
  mark(): IndexMark {
    return { items: this.items, parts: this.parts, heapBytes: this.#heap.length };
  }

  /** Forgets all items added since the mark. */
  rollback(mark: IndexMark): void {
    const itemColumns = [...Object.values(this.#item), ...Object.values(this.#item16), this.#itemFlags];
    for (const column of itemColumns) column.length = mark.items;
    for (const column of [...Object.values(this.#part), this.#partNameLength, this.#partSize])
      column.length = mark.parts;
    this.#heap.length = mark.heapBytes;
    this.#keyTable.truncate(mark.items);
  }

  /** Appends a page; returns how many of its items were new (the rest repeat a rating key). */
  addPage(memory: EngineMemory, page: DigestResult, section: number): number {
    const dirs = this.#addDirs(memory, page);
    const base = this.#heap.length;
    this.#heap.append(memory.bytes(page.heapAt, page.heapBytes));
    const before = this.items;
    // Items with their parts behind them fill all that lies before the directories.
    const words = memory.words(page.itemsAt, (page.dirsAt - page.itemsAt) / 4);
    const doubles = memory.doubles(page.itemsAt, words.length / 2);
    let at = 0;
    for (let i = 0; i < page.items; i++) {
      const partCount = words[at + ITEM_PARTS] ?? 0;
      const firstPart = at + ITEM_WORDS;
      const end = firstPart + partCount * PART_WORDS;
      if (this.#addItem(words, at, base, section)) this.#addParts(words, doubles, firstPart, end, base, dirs);
      at = end;
    }
    return this.items - before;
  }

  #addItem(words: Uint32Array, at: number, base: number, section: number): boolean {
    const start = base + (words[at + ITEM_TEXT_AT] ?? 0);
    const keyLength = words[at + ITEM_KEY_LENGTH] ?? 0;
    const hash = hashBytes(this.#heap.data, start, start + keyLength);
    if (this.#keyTable.find(hash, (item) => this.#sameKey(item, start, keyLength)) >= 0) return false;
    this.#item.textAt.push(start);
    this.#item.firstPart.push(this.parts);
    this.#item.date.push(words[at + ITEM_DATE] ?? 0);
    this.#item.keyHash.push(hash);
    this.#item16.keyLength.push(keyLength);
    this.#item16.titleLength.push(words[at + ITEM_TITLE_LENGTH] ?? 0);
    this.#item16.section.push(section);
    this.#itemFlags.push(words[at + ITEM_FLAGS] ?? 0);
    this.#keyTable.insert(this.items - 1);
    return true;
  }

  #sameKey(item: number, start: number, length: number): boolean {
    if (this.#item16.keyLength.data[item] !== length) return false;
    return equalBytes(this.#heap.data, this.#item.textAt.data[item] ?? 0, this.#heap.data, start, length);
  }

  #addParts(
    words: Uint32Array,
    doubles: Float64Array,
    first: number,
    end: number,
    base: number,
    dirs: Uint32Array,
  ): void {
    const item = this.items - 1;
    for (let at = first; at < end; at += PART_WORDS) {
      this.#part.item.push(item);
      this.#part.dir.push(dirs[words[at + PART_DIR] ?? NONE] ?? NONE);
      this.#part.nameAt.push(base + (words[at + PART_NAME_AT] ?? 0));
      this.#partNameLength.push(words[at + PART_NAME_LENGTH] ?? 0);
      this.#part.nameHash.push(words[at + PART_NAME_HASH] ?? 0);
      this.#part.duration.push(words[at + PART_DURATION] ?? 0);
      this.#partSize.push(doubles[at / 2 + PART_SIZE_DOUBLE] ?? 0);
    }
  }

  /** Interns the page's directories; returns the index's number for each of them. */
  #addDirs(memory: EngineMemory, page: DigestResult): Uint32Array {
    const numbers = new Uint32Array(page.dirs);
    const heap = memory.bytes(page.heapAt, page.heapBytes);
    const words = memory.words(page.dirsAt, page.dirs * DIR_WORDS);
    for (let i = 0; i < numbers.length; i++) {
      // The last stands first.
      const at = (numbers.length - 1 - i) * DIR_WORDS;
      const parent = words[at + DIR_PARENT] ?? NONE;
      const start = words[at + DIR_AT] ?? 0;
      const length = words[at + DIR_LENGTH] ?? 0;
      const globalParent = parent === NONE ? NONE : (numbers[parent] ?? NONE);
      const rawHash = mixHash(globalParent, hashBytes(heap, start, start + length));
      const known = this.#dirTable.find(rawHash, (dir) => this.#sameDir(dir, globalParent, heap, start, length));
      numbers[i] =
        known >= 0
          ? known
          : this.#newDir(globalParent, heap.subarray(start, start + length), words[at + DIR_HASH] ?? 0, rawHash);
    }
    return numbers;
  }

  #sameDir(dir: number, parent: number, heap: Uint8Array, start: number, length: number): boolean {
    if (this.#dir.parent.data[dir] !== parent || this.#dirLength.data[dir] !== length) return false;
    return equalBytes(this.#dirHeap.data, this.#dir.at.data[dir] ?? 0, heap, start, length);
  }

  #newDir(parent: number, text: Uint8Array, hash: number, rawHash: number): number {
    this.#dir.parent.push(parent);
    this.#dir.at.push(this.#dirHeap.length);
    this.#dir.hash.push(hash);
    this.#dir.rawHash.push(rawHash);
    this.#dirLength.push(text.length);
    this.#dirHeap.append(text);
    this.#dirTable.insert(this.#dir.at.length - 1);
    return this.#dir.at.length - 1;
  }

  /** Lays everything out in shared memory and seals it with its checksum. The builder is spent afterwards. */
  finish(memory: EngineMemory): Uint8Array<SharedArrayBuffer> {
    const { nameSlots, partNext, crowded } = buildNameTable(this.#part.nameHash.view());
    const narrow = buildNarrowTable(crowded, this.#unfinishedColumns());
    const info = new TextEncoder().encode(JSON.stringify({ sections: this.#sections }));
    const heapBytes = this.#heap.length + this.#dirHeap.length;
    const counts: IndexCounts = {
      items: this.items,
      parts: this.parts,
      dirs: this.#dir.at.length,
      heapBytes,
      infoBytes: info.length,
      nameSlots: nameSlots.length,
      keySlots: this.#keyTable.slots().length,
      narrowSlots: narrow.slots.length,
      narrowEntries: narrow.part.length,
    };
    const length = indexBytes(counts);
    const index = memory.bytes(memory.allocate(length), length);
    const columns = viewColumns(index.buffer, index.byteOffset, counts);
    columns.itemFirstPart[this.items] = this.parts;
    this.#moveParts(columns, partNext);
    this.#moveTo(columns);
    columns.nameSlots.set(nameSlots);
    columns.narrowSlots.set(narrow.slots);
    columns.narrowPart.set(narrow.part);
    columns.narrowHash.set(narrow.hash);
    columns.narrowNext.set(narrow.next);
    columns.info.set(info);
    writeHeader(index, counts);
    return index;
  }

  #unfinishedColumns() {
    return {
      partItem: this.#part.item.data,
      partDir: this.#part.dir.data,
      partNameHash: this.#part.nameHash.data,
      partSize: this.#partSize.data,
      partDuration: this.#part.duration.data,
      dirParent: this.#dir.parent.data,
      dirHash: this.#dir.hash.data,
      titleOf: (item: number): Uint8Array => {
        const start = (this.#item.textAt.data[item] ?? 0) + (this.#item16.keyLength.data[item] ?? 0);
        return this.#heap.data.subarray(start, start + (this.#item16.titleLength.data[item] ?? 0));
      },
    };
  }

  #moveParts({ partWords, partDoubles }: IndexColumns, partNext: Uint32Array): void {
    const fields = [
      [PART.nameHash, this.#part.nameHash.take()],
      [PART.next, partNext],
      [PART.nameAt, this.#part.nameAt.take()],
      [PART.nameLength, this.#partNameLength.take()],
      [PART.dir, this.#part.dir.take()],
      [PART.item, this.#part.item.take()],
      [PART.duration, this.#part.duration.take()],
    ] as const;
    for (const [field, values] of fields) {
      for (let part = 0; part < values.length; part++) partWords[part * PART.words + field] = values[part] ?? 0;
    }
    const sizes = this.#partSize.take();
    for (let part = 0; part < sizes.length; part++) partDoubles[part * (PART.words / 2) + PART_SIZE] = sizes[part] ?? 0;
  }

  /** Copies the columns and lets go of each: held to the end, they would double the memory of the whole scan. */
  #moveTo(columns: IndexColumns): void {
    columns.itemTextAt.set(this.#item.textAt.take());
    columns.itemFirstPart.set(this.#item.firstPart.take());

    columns.itemDate.set(this.#item.date.take());
    columns.itemKeyLength.set(this.#item16.keyLength.take());
    columns.itemTitleLength.set(this.#item16.titleLength.take());
    columns.itemSection.set(this.#item16.section.take());
    columns.itemFlags.set(this.#itemFlags.take());
    columns.keySlots.set(this.#keyTable.slots());
    columns.dirParent.set(this.#dir.parent.take());
    columns.dirHash.set(this.#dir.hash.take());
    columns.dirLength.set(this.#dirLength.take());
    const dirBase = this.#heap.length;
    columns.dirAt.set(this.#dir.at.take().map((at) => at + dirBase));
    columns.heap.set(this.#heap.take());
    columns.heap.set(this.#dirHeap.take(), dirBase);
  }
}

function writeHeader(index: Uint8Array, counts: IndexCounts): void {
  const header = new Uint32Array(index.buffer, index.byteOffset, HEADER_BYTES / 4);
  header[HEADER.magic] = MAGIC;
  header[HEADER.version] = VERSION;
  header[HEADER.endian] = ENDIAN_MARK;
  header[HEADER.totalBytes] = index.length;
  for (const name of Object.keys(counts) as (keyof IndexCounts)[]) header[HEADER[name]] = counts[name];
  header[HEADER.checksum] = crc32(index.subarray(CHECKED_FROM));
}

/** The hash rating keys are found by; also used by the reader. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return mixHash(hash, end - start);
}

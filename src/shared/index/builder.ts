/** Builds the Plex index from digested pages. Lives on the coordinator; appends columns and never reads a string. */
import { crc32 } from 'node:zlib';
import { equalBytes, mixHash } from '../text-key.js';
import { buildNameTable } from './name-table.js';
import { buildNarrowTable } from './narrow-table.js';
import {
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
import { DIR_STRIDE, ITEM_STRIDE, PART_STRIDE, type PageDigest } from './page-digest.js';

/** A point to return to when a section has to be read again. */
export interface IndexMark {
  readonly items: number;
  readonly parts: number;
  readonly heapBytes: number;
}

const u32 = () => new Growing((length) => new Uint32Array(length));
const u16 = () => new Growing((length) => new Uint16Array(length));
const u8 = () => new Growing((length) => new Uint8Array(length));

/** Collects pages, drops items whose rating key it has seen, and finishes into one shared buffer. */
export class IndexBuilder {
  readonly #sections: IndexSection[] = [];
  readonly #heap = u8();
  readonly #item = { textAt: u32(), firstPart: u32(), date: u32(), keyHash: u32() };
  readonly #item16 = { keyLength: u16(), titleLength: u16(), section: u16() };
  readonly #itemFlags = u8();
  readonly #part = { item: u32(), dir: u32(), nameAt: u32(), nameHash: u32(), duration: u32() };
  readonly #partNameLength = u16();
  readonly #partSize = new Growing((length) => new Float64Array(length));
  readonly #dir = { parent: u32(), at: u32(), hash: u32(), rawHash: u32() };
  readonly #dirLength = u16();
  /** Directories outlive a rollback, so their text has a heap of its own. */
  readonly #dirHeap = u8();
  readonly #dirTable = new RecordTable((dir) => this.#dir.rawHash.data[dir] ?? 0);
  readonly #keyTable = new RecordTable((item) => this.#item.keyHash.data[item] ?? 0);

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
  addPage(page: PageDigest, section: number): number {
    const dirs = this.#addDirs(page);
    const base = this.#heap.length;
    this.#heap.append(page.heap);
    const before = this.items;
    let firstPart = 0;
    for (let at = 0; at < page.items.length; at += ITEM_STRIDE) {
      const partCount = page.items[at + 5] ?? 0;
      if (this.#addItem(page, at, base, section)) this.#addParts(page, firstPart, partCount, base, dirs);
      firstPart += partCount;
    }
    return this.items - before;
  }

  #addItem(page: PageDigest, at: number, base: number, section: number): boolean {
    const { items } = page;
    const start = base + (items[at] ?? 0);
    const keyLength = items[at + 1] ?? 0;
    const hash = hashBytes(this.#heap.data, start, start + keyLength);
    if (this.#keyTable.find(hash, (item) => this.#sameKey(item, start, keyLength)) >= 0) return false;
    this.#item.textAt.push(start);
    this.#item.firstPart.push(this.parts);
    this.#item.date.push(items[at + 4] ?? 0);
    this.#item.keyHash.push(hash);
    this.#item16.keyLength.push(keyLength);
    this.#item16.titleLength.push(items[at + 2] ?? 0);
    this.#item16.section.push(section);
    this.#itemFlags.push(items[at + 3] ?? 0);
    this.#keyTable.insert(this.items - 1);
    return true;
  }

  #sameKey(item: number, start: number, length: number): boolean {
    if (this.#item16.keyLength.data[item] !== length) return false;
    return equalBytes(this.#heap.data, this.#item.textAt.data[item] ?? 0, this.#heap.data, start, length);
  }

  #addParts(page: PageDigest, first: number, count: number, base: number, dirs: Uint32Array): void {
    const item = this.items - 1;
    for (let part = first; part < first + count; part++) {
      const at = part * PART_STRIDE;
      this.#part.item.push(item);
      this.#part.dir.push(dirs[page.parts[at] ?? 0] ?? NONE);
      this.#part.nameAt.push(base + (page.parts[at + 1] ?? 0));
      this.#partNameLength.push(page.parts[at + 2] ?? 0);
      this.#part.nameHash.push(page.parts[at + 3] ?? 0);
      this.#part.duration.push(page.parts[at + 4] ?? 0);
      this.#partSize.push(page.sizes[part] ?? 0);
    }
  }

  /** Interns the page's directories; returns the index's number for each of them. */
  #addDirs(page: PageDigest): Uint32Array {
    const numbers = new Uint32Array(page.dirs.length / DIR_STRIDE);
    for (let i = 0; i < numbers.length; i++) {
      const at = i * DIR_STRIDE;
      const parent = page.dirs[at] ?? NONE;
      const start = page.dirs[at + 1] ?? 0;
      const length = page.dirs[at + 2] ?? 0;
      const hash = page.dirs[at + 3] ?? 0;
      const globalParent = parent === NONE ? NONE : (numbers[parent] ?? NONE);
      const rawHash = mixHash(globalParent, hashBytes(page.heap, start, start + length));
      const known = this.#dirTable.find(rawHash, (dir) => this.#sameDir(dir, globalParent, page.heap, start, length));
      numbers[i] =
        known >= 0 ? known : this.#newDir(globalParent, page.heap.subarray(start, start + length), hash, rawHash);
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

  /** Lays everything out in one SharedArrayBuffer and seals it with its checksum. The builder is spent afterwards. */
  finish(): SharedArrayBuffer {
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
    const buffer = new SharedArrayBuffer(indexBytes(counts));
    const columns = viewColumns(buffer, 0, counts);
    columns.itemFirstPart[this.items] = this.parts;
    this.#moveParts(columns, partNext);
    this.#moveTo(columns);
    columns.nameSlots.set(nameSlots);
    columns.narrowSlots.set(narrow.slots);
    columns.narrowPart.set(narrow.part);
    columns.narrowHash.set(narrow.hash);
    columns.narrowNext.set(narrow.next);
    columns.info.set(info);
    writeHeader(buffer, counts);
    return buffer;
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

function writeHeader(buffer: SharedArrayBuffer, counts: IndexCounts): void {
  const header = new Uint32Array(buffer, 0, HEADER_BYTES / 4);
  header[HEADER.magic] = MAGIC;
  header[HEADER.version] = VERSION;
  header[HEADER.endian] = ENDIAN_MARK;
  header[HEADER.totalBytes] = buffer.byteLength;
  for (const name of Object.keys(counts) as (keyof IndexCounts)[]) header[HEADER[name]] = counts[name];
  header[HEADER.checksum] = crc32(new Uint8Array(buffer, HEADER_BYTES));
}

/** The hash rating keys are found by; also used by the reader. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return mixHash(hash, end - start);
}

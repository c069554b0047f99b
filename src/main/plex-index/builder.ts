/** Builds the Plex index from digested pages. Lives on the coordinator; appends records and never reads a string. */
import { crc32 } from 'node:zlib';
import {
  DIR_AT,
  DIR_HASH,
  DIR_LENGTH,
  DIR_PARENT,
  DIR_PATH_HASH,
  DIR_WORDS,
  ITEM_DATE,
  ITEM_FLAGS,
  ITEM_KEY_HASH,
  ITEM_KEY_LENGTH,
  ITEM_KEY_NUMBER,
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
  SKIPPED,
  SKIPPED_FILES,
} from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { DigestResult } from '../../shared/messages.js';
import { equalBytes } from '../../shared/text-key.js';
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
} from '../../shared/index/format.js';
import { Growing } from '../collections/growing.js';
import { buildNameTable } from './name-table.js';
import { buildNarrowTable } from './narrow-table.js';
import { RecordTable } from './record-table.js';
import { SeenKeys } from './seen-keys.js';

/** A point to return to when a section has to be read again. */
export interface IndexMark {
  readonly items: number;
  readonly parts: number;
  readonly heapBytes: number;
}

const u32 = (expected = 0) => new Growing((length) => new Uint32Array(length), expected);
const u8 = (expected = 0) => new Growing((length) => new Uint8Array(length), expected);

/** Text per item of most libraries; memory that is not used in the end is never taken from the system. */
const HEAP_BYTES_PER_ITEM = 160;
/** A count that is far too large must not exhaust the memory. */
const MAX_EXPECTED = 1_000_000;

/** An item is kept as its page brought it; two of its words are put to other use. */
const ITEM_FIRST_PART = ITEM_PARTS;
const ITEM_SECTION = ITEM_KEY_NUMBER;

/** Collects pages, drops items whose rating key it has seen, and finishes into one shared buffer. */
export class IndexBuilder {
  readonly #sections: IndexSection[] = [];
  /** Names and titles; records point into it. */
  readonly #heap: Growing<Uint8Array>;
  readonly #items: Growing<Uint32Array>;
  /** As the index will have them; see PART in format.ts. */
  readonly #parts: Growing<Uint32Array>;
  readonly #dirs = { parent: u32(), at: u32(), hash: u32(), length: u32() };
  /** Directories outlive a rollback, so their text has a heap of its own. */
  readonly #dirHeap = u8();
  readonly #dirTable = new RecordTable(0);
  readonly #keyTable: RecordTable;
  /** Items that were counted but not kept: of the sections before, and of the one being read. */
  readonly #skippedBefore = { items: 0, files: 0 };
  #skipped = { items: 0, files: 0 };
  /** Keys of the section being read, if only some of its items are kept. */
  #seen = new SeenKeys();

  /** @param expectedItems how many will come, as far as that is known: what grows is copied again and again */
  constructor(expectedItems = 0) {
    const expected = Math.min(expectedItems, MAX_EXPECTED);
    this.#heap = u8(expected * HEAP_BYTES_PER_ITEM);
    this.#items = u32(expected * ITEM_WORDS);
    this.#parts = u32(expected * PART.words);
    this.#keyTable = new RecordTable(expected);
  }

  /** Items so far, without duplicates; those nobody can ask for are counted, but not kept. */
  get items(): number {
    return this.#keptItems + this.#skippedBefore.items + this.#skipped.items;
  }

  /** Files (parts) of these items. */
  get files(): number {
    return this.#keptParts + this.#skippedBefore.files + this.#skipped.files;
  }

  get #keptItems(): number {
    return this.#items.length / ITEM_WORDS;
  }

  get #keptParts(): number {
    return this.#parts.length / PART.words;
  }

  /** Announces a section; returns the number its pages are added under. */
  addSection(section: IndexSection): number {
    this.#skippedBefore.items += this.#skipped.items;
    this.#skippedBefore.files += this.#skipped.files;
    this.#forgetSkipped();
    return this.#sections.push(section) - 1;
  }

  /** Where the index stands at the beginning of a section. */
  mark(): IndexMark {
    return { items: this.#keptItems, parts: this.#keptParts, heapBytes: this.#heap.length };
  }

  /** Forgets all items added since the section began. */
  rollback(mark: IndexMark): void {
    this.#forgetSkipped();
    this.#items.length = mark.items * ITEM_WORDS;
    this.#parts.length = mark.parts * PART.words;
    this.#heap.length = mark.heapBytes;
    this.#keyTable.truncate(mark.items);
  }

  #forgetSkipped(): void {
    this.#skipped = { items: 0, files: 0 };
    this.#seen = new SeenKeys();
  }

  /** Appends a page; returns how many of its items were new (the rest repeat a rating key). */
  addPage(memory: EngineMemory, page: DigestResult, section: number): number {
    const dirs = this.#addDirs(memory, page);
    const base = this.#heap.length;
    this.#heap.append(memory.bytes(page.heapAt, page.heapBytes));
    const words = memory.words(page.itemsAt, page.items * ITEM_WORDS + page.parts * PART_WORDS);
    const before = this.items;
    this.#items.reserve(page.items * ITEM_WORDS);
    this.#parts.reserve(page.parts * PART.words);
    for (let at = 0; at < words.length;) {
      const firstPart = at + ITEM_WORDS;
      const end = firstPart + (words[at + ITEM_PARTS] ?? 0) * PART_WORDS;
      const key = words[at + ITEM_KEY_NUMBER] ?? 0;
      const isNew = key === 0 || this.#seen.add(key);
      if (isNew && words[at + ITEM_FLAGS] === SKIPPED) this.#skip(words[at + SKIPPED_FILES] ?? 0);
      else if (isNew && this.#addItem(words, at, base, section)) this.#addParts(words, firstPart, end, base, dirs);
      at = end;
    }
    return this.items - before;
  }

  #skip(files: number): void {
    this.#skipped.items++;
    this.#skipped.files += files;
  }

  #addItem(words: Uint32Array, at: number, base: number, section: number): boolean {
    const start = base + (words[at + ITEM_TEXT_AT] ?? 0);
    const keyLength = words[at + ITEM_KEY_LENGTH] ?? 0;
    const hash = words[at + ITEM_KEY_HASH] ?? 0;
    if (this.#keyTable.find(hash, (item) => this.#sameKey(item, start, keyLength)) >= 0) return false;
    const to = this.#items.length;
    const items = this.#items.data;
    for (let word = 0; word < ITEM_WORDS; word++) items[to + word] = words[at + word] ?? 0;
    items[to + ITEM_TEXT_AT] = start;
    items[to + ITEM_FIRST_PART] = this.#keptParts;
    items[to + ITEM_SECTION] = section;
    this.#keyTable.insert(hash, to / ITEM_WORDS);
    this.#items.length += ITEM_WORDS;
    return true;
  }

  #sameKey(item: number, start: number, length: number): boolean {
    const at = item * ITEM_WORDS;
    if (this.#items.data[at + ITEM_KEY_LENGTH] !== length) return false;
    return equalBytes(this.#heap.data, this.#items.data[at + ITEM_TEXT_AT] ?? 0, this.#heap.data, start, length);
  }

  /** Adds the parts of the item added last. */
  #addParts(words: Uint32Array, first: number, end: number, base: number, dirs: Uint32Array): void {
    const item = this.#keptItems - 1;
    const parts = this.#parts.data;
    let to = this.#parts.length;
    for (let at = first; at < end; at += PART_WORDS) {
      parts[to + PART.nameHash] = words[at + PART_NAME_HASH] ?? 0;
      parts[to + PART.nameAt] = base + (words[at + PART_NAME_AT] ?? 0);
      parts[to + PART.nameLength] = words[at + PART_NAME_LENGTH] ?? 0;
      parts[to + PART.dir] = dirs[words[at + PART_DIR] ?? NONE] ?? NONE;
      parts[to + PART.item] = item;
      parts[to + PART.duration] = words[at + PART_DURATION] ?? 0;
      // The two halves of a double, which are moved as they are.
      parts[to + PART_SIZE * 2] = words[at + PART_SIZE_DOUBLE * 2] ?? 0;
      parts[to + PART_SIZE * 2 + 1] = words[at + PART_SIZE_DOUBLE * 2 + 1] ?? 0;
      to += PART.words;
    }
    this.#parts.length = to;
  }

  /** Interns the page's directories; returns the index's number for each of them. */
  #addDirs(memory: EngineMemory, page: DigestResult): Uint32Array {
    const numbers = new Uint32Array(page.dirs);
    const heap = memory.bytes(page.heapAt, page.heapBytes);
    const words = memory.words(page.dirsAt, page.dirs * DIR_WORDS);
    for (let i = 0; i < numbers.length; i++) {
      // The last stands first.
      const at = (numbers.length - 1 - i) * DIR_WORDS;
      const pageParent = words[at + DIR_PARENT] ?? NONE;
      const parent = pageParent === NONE ? NONE : (numbers[pageParent] ?? NONE);
      const start = words[at + DIR_AT] ?? 0;
      const length = words[at + DIR_LENGTH] ?? 0;
      const pathHash = words[at + DIR_PATH_HASH] ?? 0;
      const known = this.#dirTable.find(pathHash, (dir) => this.#sameDir(dir, parent, heap, start, length));
      const text = { heap, start, length };
      numbers[i] = known >= 0 ? known : this.#newDir(parent, text, words[at + DIR_HASH] ?? 0, pathHash);
    }
    return numbers;
  }

  #sameDir(dir: number, parent: number, heap: Uint8Array, start: number, length: number): boolean {
    if (this.#dirs.parent.data[dir] !== parent || this.#dirs.length.data[dir] !== length) return false;
    return equalBytes(this.#dirHeap.data, this.#dirs.at.data[dir] ?? 0, heap, start, length);
  }

  #newDir(
    parent: number,
    { heap, start, length }: { heap: Uint8Array; start: number; length: number },
    hash: number,
    pathHash: number,
  ): number {
    const number = this.#dirs.at.length;
    this.#dirs.parent.push(parent);
    this.#dirs.at.push(this.#dirHeap.length);
    this.#dirs.hash.push(hash);
    this.#dirs.length.push(length);
    this.#dirHeap.append(heap.subarray(start, start + length));
    this.#dirTable.insert(pathHash, number);
    return number;
  }

  /** Lays everything out in shared memory and seals it with its checksum. The builder is spent afterwards. */
  finish(memory: EngineMemory): Uint8Array<SharedArrayBuffer> {
    const { nameSlots, crowds } = buildNameTable(this.#parts.view());
    const narrow = buildNarrowTable(crowds, this.#narrowSource());
    const keySlots = this.#keyTable.take();
    const info = new TextEncoder().encode(JSON.stringify({ sections: this.#sections }));
    const counts: IndexCounts = {
      items: this.#keptItems,
      parts: this.#keptParts,
      dirs: this.#dirs.at.length,
      heapBytes: this.#heap.length + this.#dirHeap.length,
      infoBytes: info.length,
      nameSlots: nameSlots.length,
      keySlots: keySlots.length,
      narrowSlots: narrow.slots.length,
      narrowEntries: narrow.part.length,
    };
    const length = indexBytes(counts);
    const index = memory.bytes(memory.allocate(length), length);
    const columns = viewColumns(index.buffer, index.byteOffset, counts);
    columns.nameSlots.set(nameSlots);
    columns.keySlots.set(keySlots);
    columns.narrowSlots.set(narrow.slots);
    columns.narrowPart.set(narrow.part);
    columns.narrowHash.set(narrow.hash);
    columns.narrowNext.set(narrow.next);
    columns.info.set(info);
    columns.itemFirstPart[this.#keptItems] = this.#keptParts;
    this.#moveTo(columns);
    writeHeader(index, counts);
    return index;
  }

  #narrowSource() {
    const parts = this.#parts.view();
    return {
      parts,
      partDoubles: new Float64Array(parts.buffer, 0, parts.length / 2),
      dirParent: this.#dirs.parent.data,
      dirHash: this.#dirs.hash.data,
      titleOf: (item: number): Uint8Array => {
        const at = item * ITEM_WORDS;
        const [textAt = 0, keyLength = 0, titleLength = 0] = this.#items.data.subarray(at, at + ITEM_TITLE_LENGTH + 1);
        return this.#heap.data.subarray(textAt + keyLength, textAt + keyLength + titleLength);
      },
    };
  }

  /** Copies what was collected and lets go of each: held to the end, it would double the memory of the whole scan. */
  #moveTo(columns: IndexColumns): void {
    columns.partWords.set(this.#parts.take());
    moveItems(columns, this.#items.take());
    columns.dirParent.set(this.#dirs.parent.take());
    columns.dirHash.set(this.#dirs.hash.take());
    columns.dirLength.set(this.#dirs.length.take());
    const dirBase = this.#heap.length;
    columns.dirAt.set(this.#dirs.at.take().map((at) => at + dirBase));
    columns.heap.set(this.#heap.take());
    columns.heap.set(this.#dirHeap.take(), dirBase);
  }
}

function moveItems(columns: IndexColumns, items: Uint32Array): void {
  for (let item = 0, at = 0; at < items.length; item++, at += ITEM_WORDS) {
    columns.itemTextAt[item] = items[at + ITEM_TEXT_AT] ?? 0;
    columns.itemFirstPart[item] = items[at + ITEM_FIRST_PART] ?? 0;
    columns.itemDate[item] = items[at + ITEM_DATE] ?? 0;
    columns.itemKeyLength[item] = items[at + ITEM_KEY_LENGTH] ?? 0;
    columns.itemTitleLength[item] = items[at + ITEM_TITLE_LENGTH] ?? 0;
    columns.itemSection[item] = items[at + ITEM_SECTION] ?? 0;
    columns.itemFlags[item] = items[at + ITEM_FLAGS] ?? 0;
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

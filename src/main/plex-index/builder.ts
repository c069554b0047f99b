/** Builds the Plex index from digested pages. Lives on the coordinator; appends records and never reads a string. */
import { DirWord, GATE, IndexPartWord, ItemWord, PartWord, Presence } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { DigestResult } from '../../shared/messages.js';
import { compareRatingKeys } from '../../shared/rating-key.js';
import { decodeUtf8, equalBytes } from '../../shared/text-key.js';
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
  readonly byAgent: ItemsByAgent;
}

/** How many items there are, and how many of them have more than a date, which Plex may have made up. */
export interface ItemCounts {
  readonly items: number;
  readonly withMetadata: number;
}

/** Items of libraries whose agent finds metadata by itself, and of those that have what somebody writes into them. */
export interface ItemsByAgent {
  readonly finding: ItemCounts;
  readonly none: ItemCounts;
}

const u32 = (expected = 0) => new Growing((length) => new Uint32Array(length), expected);
const u8 = (expected = 0) => new Growing((length) => new Uint8Array(length), expected);

/** Text per item of most libraries; memory that is not used in the end is never taken from the system. */
const HEAP_BYTES_PER_ITEM = 160;
/** A count that is far too large must not exhaust the memory. */
const MAX_EXPECTED = 1_000_000;

const ITEM_WORDS: number = ItemWord.Words;
/** An item is kept as its page brought it; two of its words are put to other use. */
const ITEM_FIRST_PART = ItemWord.Parts;
const ITEM_SECTION = ItemWord.KeyNumber;

/** The fields of the gate but the date, which Plex may have made up. */
const LASTING = GATE & ~Presence.Date;

/** Collects pages, drops items whose rating key it has seen, and finishes into one shared buffer. */
export class IndexBuilder {
  readonly #sections: IndexSection[] = [];
  /** Names and titles; records point into it. */
  readonly #heap: Growing<Uint8Array>;
  readonly #items: Growing<Uint32Array>;
  /** As the index will have them; see IndexPartWord in engine/layout.ts. */
  readonly #parts: Growing<Uint32Array>;
  readonly #dirs = { parent: u32(), at: u32(), hash: u32(), length: u32() };
  /** Directories outlive a rollback, so their text has a heap of its own. */
  readonly #dirHeap = u8();
  readonly #dirTable = new RecordTable(0);
  readonly #keyTable: RecordTable;
  #byAgent = { finding: { items: 0, withMetadata: 0 }, none: { items: 0, withMetadata: 0 } };
  /** Items that were counted but not kept: of the sections before, and of the one being read. */
  readonly #skippedBefore = { items: 0, files: 0 };
  #skipped = { items: 0, files: 0 };
  /** Keys of the section being read, if only some of its items are kept. */
  #seen = new SeenKeys();

  /** @param expectedItems how many will come, as far as that is known: what grows is copied again and again */
  constructor(expectedItems = 0) {
    const expected = Math.min(expectedItems, MAX_EXPECTED);
    this.#heap = u8(expected * HEAP_BYTES_PER_ITEM);
    this.#items = u32(expected * ItemWord.Words);
    this.#parts = u32(expected * IndexPartWord.Words);
    this.#keyTable = new RecordTable(expected);
  }

  /** Items so far, without duplicates; those nobody can ask for are counted, but not kept. */
  get items(): number {
    return this.#keptItems + this.#skippedBefore.items + this.#skipped.items;
  }

  /** The items kept so far, by the agents of their libraries; goes on counting. */
  get byAgent(): ItemsByAgent {
    return this.#byAgent;
  }

  /** Files (parts) of these items. */
  get files(): number {
    return this.#keptParts + this.#skippedBefore.files + this.#skipped.files;
  }

  get #keptItems(): number {
    return this.#items.length / ItemWord.Words;
  }

  get #keptParts(): number {
    return this.#parts.length / IndexPartWord.Words;
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
    return {
      items: this.#keptItems,
      parts: this.#keptParts,
      heapBytes: this.#heap.length,
      byAgent: structuredClone(this.#byAgent),
    };
  }

  /** Forgets all items added since the section began. */
  rollback(mark: IndexMark): void {
    this.#forgetSkipped();
    this.#items.length = mark.items * ItemWord.Words;
    this.#parts.length = mark.parts * IndexPartWord.Words;
    this.#heap.length = mark.heapBytes;
    this.#byAgent = structuredClone(mark.byAgent);
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
    const words = memory.words(page.itemsAt, page.items * ItemWord.Words + page.parts * PartWord.Words);
    const before = this.items;
    this.#items.reserve(page.items * ItemWord.Words);
    this.#parts.reserve(page.parts * IndexPartWord.Words);
    for (let at = 0; at < words.length;) {
      const firstPart = at + ItemWord.Words;
      const end = firstPart + (words[at + ItemWord.Parts] ?? 0) * PartWord.Words;
      const key = words[at + ItemWord.KeyNumber] ?? 0;
      const isNew = key === 0 || this.#seen.add(key);
      if (isNew && ((words[at + ItemWord.Presence] ?? 0) & Presence.Skipped) !== 0)
        this.#skip(words[at + ItemWord.TitleLength] ?? 0);
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
    const start = base + (words[at + ItemWord.TextAt] ?? 0);
    const keyLength = words[at + ItemWord.KeyLength] ?? 0;
    const hash = words[at + ItemWord.KeyHash] ?? 0;
    if (this.#keyTable.find(hash, (item) => this.#sameKey(item, start, keyLength)) >= 0) return false;
    const to = this.#items.length;
    const items = this.#items.data;
    for (let word = 0; word < ITEM_WORDS; word++) items[to + word] = words[at + word] ?? 0;
    items[to + ItemWord.TextAt] = start;
    items[to + ITEM_FIRST_PART] = this.#keptParts;
    items[to + ITEM_SECTION] = section;
    this.#keyTable.insert(hash, to / ItemWord.Words);
    this.#items.length += ItemWord.Words;
    const counts = this.#sections[section]?.agentIsNone === true ? this.#byAgent.none : this.#byAgent.finding;
    counts.items++;
    if (((words[at + ItemWord.Presence] ?? 0) & LASTING) !== 0) counts.withMetadata++;
    return true;
  }

  #sameKey(item: number, start: number, length: number): boolean {
    const at = item * ItemWord.Words;
    if (this.#items.data[at + ItemWord.KeyLength] !== length) return false;
    return equalBytes(this.#heap.data, this.#items.data[at + ItemWord.TextAt] ?? 0, this.#heap.data, start, length);
  }

  /** Adds the parts of the item added last. */
  #addParts(words: Uint32Array, first: number, end: number, base: number, dirs: Uint32Array): void {
    const item = this.#keptItems - 1;
    const parts = this.#parts.data;
    let to = this.#parts.length;
    for (let at = first; at < end; at += PartWord.Words) {
      parts[to + IndexPartWord.NameHash] = words[at + PartWord.NameHash] ?? 0;
      parts[to + IndexPartWord.NameAt] = base + (words[at + PartWord.NameAt] ?? 0);
      parts[to + IndexPartWord.NameLength] = words[at + PartWord.NameLength] ?? 0;
      parts[to + IndexPartWord.Dir] = dirs[words[at + PartWord.Dir] ?? NONE] ?? NONE;
      parts[to + IndexPartWord.Item] = item;
      parts[to + IndexPartWord.Duration] = words[at + PartWord.Duration] ?? 0;
      // The two halves of a double, which are moved as they are.
      parts[to + IndexPartWord.Size] = words[at + PartWord.Size] ?? 0;
      parts[to + IndexPartWord.Size + 1] = words[at + PartWord.Size + 1] ?? 0;
      to += IndexPartWord.Words;
    }
    this.#parts.length = to;
  }

  /** Interns the page's directories; returns the index's number for each of them. */
  #addDirs(memory: EngineMemory, page: DigestResult): Uint32Array {
    const numbers = new Uint32Array(page.dirs);
    const heap = memory.bytes(page.heapAt, page.heapBytes);
    const words = memory.words(page.dirsAt, page.dirs * DirWord.Words);
    for (let i = 0; i < numbers.length; i++) {
      // The last stands first.
      const at = (numbers.length - 1 - i) * DirWord.Words;
      const pageParent = words[at + DirWord.Parent] ?? NONE;
      const parent = pageParent === NONE ? NONE : (numbers[pageParent] ?? NONE);
      const start = words[at + DirWord.At] ?? 0;
      const length = words[at + DirWord.Length] ?? 0;
      const pathHash = words[at + DirWord.PathHash] ?? 0;
      const known = this.#dirTable.find(pathHash, (dir) => this.#sameDir(dir, parent, heap, start, length));
      const text = { heap, start, length };
      numbers[i] = known >= 0 ? known : this.#newDir(parent, text, words[at + DirWord.Hash] ?? 0, pathHash);
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

  /** Lays everything out in shared memory. The builder is spent afterwards. */
  finish(memory: EngineMemory): Uint8Array<SharedArrayBuffer> {
    const compare = (a: number, b: number) => compareRatingKeys(this.#ratingKey(a), this.#ratingKey(b));
    const { nameSlots, crowds } = buildNameTable(this.#parts.view(), compare);
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

  #ratingKey(item: number): string {
    const at = item * ItemWord.Words;
    const start = this.#items.data[at + ItemWord.TextAt] ?? 0;
    return decodeUtf8(this.#heap.data.subarray(start, start + (this.#items.data[at + ItemWord.KeyLength] ?? 0)));
  }

  #narrowSource() {
    const parts = this.#parts.view();
    return {
      parts,
      partDoubles: new Float64Array(parts.buffer, 0, parts.length / 2),
      dirParent: this.#dirs.parent.data,
      dirHash: this.#dirs.hash.data,
      titleOf: (item: number): Uint8Array => {
        const at = item * ItemWord.Words;
        const [textAt = 0, keyLength = 0, titleLength = 0] = this.#items.data.subarray(
          at,
          at + ItemWord.TitleLength + 1,
        );
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
  for (let item = 0, at = 0; at < items.length; item++, at += ItemWord.Words) {
    columns.itemTextAt[item] = items[at + ItemWord.TextAt] ?? 0;
    columns.itemFirstPart[item] = items[at + ITEM_FIRST_PART] ?? 0;
    columns.itemDate[item] = items[at + ItemWord.Date] ?? 0;
    columns.itemKeyLength[item] = items[at + ItemWord.KeyLength] ?? 0;
    columns.itemTitleLength[item] = items[at + ItemWord.TitleLength] ?? 0;
    columns.itemSection[item] = items[at + ITEM_SECTION] ?? 0;
    columns.itemPresence[item] = items[at + ItemWord.Presence] ?? 0;
  }
}

function writeHeader(index: Uint8Array, counts: IndexCounts): void {
  const header = new Uint32Array(index.buffer, index.byteOffset, HEADER_BYTES / 4);
  header[HEADER.magic] = MAGIC;
  header[HEADER.version] = VERSION;
  header[HEADER.endian] = ENDIAN_MARK;
  header[HEADER.totalBytes] = index.length;
  for (const name of Object.keys(counts) as (keyof IndexCounts)[]) header[HEADER[name]] = counts[name];
}

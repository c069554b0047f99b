/**
 * A Plex section as it was read, kept for the next run: the pages that workers made of it, one behind the other, and behind
 * them what they are of. It is believed only whole, and only while all that it rests on is as it was; see plex/keep-sections.ts.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { DirWord, ItemWord, PartWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { DigestResult } from '../../shared/messages.js';

/** What is known of the section beside its pages. */
export interface KeptSectionFacts {
  /** All it rests on, as one text. */
  readonly identity: string;
  /** Epoch seconds. */
  readonly readAt: number;
  /** Rows it lists, and items of it that have a file. */
  readonly rows: number;
  readonly withFile: number;
}

/** The parts of a page: text, records of items and their parts, directories. */
type PageCounts = Pick<DigestResult, 'heapBytes' | 'items' | 'parts' | 'dirs'>;

const COUNTS = ['heapBytes', 'items', 'parts', 'dirs'] as const satisfies readonly (keyof PageCounts)[];
const HEAD_BYTES = COUNTS.length * 4;
/** Behind everything: length of the facts, checksum of all before it, and a mark. */
const END_BYTES = 12;
const END_MARK = 0x67617073;
/** Bytes read at a time for the checksum. */
const CHUNK = 1 << 20;

const itemBytes = ({ items, parts }: PageCounts): number => (items * ItemWord.Words + parts * PartWord.Words) * 4;
const dirBytes = ({ dirs }: PageCounts): number => dirs * DirWord.Words * 4;
/** Records begin at a whole word. */
const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

/** Writes a section while it is read. What goes wrong with the file only means that nothing is kept. */
export class KeptSectionWriter {
  readonly #temporary: string;
  #file: number | undefined;
  #checksum = 0;
  #isWhole = false;

  /** @param temporary where it lies until it is published; whatever is there is replaced */
  constructor(temporary: string) {
    this.#temporary = temporary;
    this.#try(() => {
      rmSync(this.#temporary, { force: true });
      this.#file = openSync(this.#temporary, 'wx', 0o600);
    });
  }

  /** Adds a page, which lies in shared memory. */
  add(memory: EngineMemory, page: DigestResult): void {
    this.#try(() => {
      this.#write(new Uint8Array(Uint32Array.from(COUNTS, (name) => page[name]).buffer));
      this.#write(memory.bytes(page.heapAt, page.heapBytes));
      this.#write(memory.bytes(page.itemsAt, itemBytes(page)));
      this.#write(memory.bytes(page.dirsAt, dirBytes(page)));
    });
  }

  /** Ends the file. */
  finish(facts: KeptSectionFacts): void {
    this.#try(() => {
      const text = Buffer.from(JSON.stringify(facts));
      this.#write(text);
      this.#write(new Uint8Array(Uint32Array.of(text.length).buffer));
      this.#write(new Uint8Array(Uint32Array.of(this.#checksum, END_MARK).buffer));
      this.#isWhole = this.#close();
    });
  }

  /** Puts what is finished into the place of the one before; what is not is as good as nothing. */
  publish(path: string): void {
    this.#try(() => {
      if (this.#isWhole) renameSync(this.#temporary, path);
      this.#isWhole = false;
    });
  }

  /** Leaves nothing behind of what was not published. */
  abandon(): void {
    if (this.#close() || this.#isWhole) rmSync(this.#temporary, { force: true });
    this.#isWhole = false;
  }

  /** Whether it was open. */
  #close(): boolean {
    if (this.#file === undefined) return false;
    closeSync(this.#file);
    this.#file = undefined;
    return true;
  }

  #try(action: () => void): void {
    try {
      action();
    } catch {
      this.abandon();
    }
  }

  #write(bytes: Uint8Array): void {
    if (this.#file === undefined) return;
    this.#checksum = crc32(bytes, this.#checksum);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
  }
}

/** What was kept can no longer be read, though it was whole a moment ago: its disk, or somebody, is at fault. */
export class KeptSectionLost extends Error {}

/** A section that was kept. Close it when done. */
export class KeptSection {
  readonly facts: KeptSectionFacts;
  readonly #file: number;
  readonly #end: number;

  private constructor(file: number, facts: KeptSectionFacts, end: number) {
    this.#file = file;
    this.facts = facts;
    this.#end = end;
  }

  /** Opens one; undefined where there is none that is whole and is believed. */
  static open(path: string, isBelieved: (facts: KeptSectionFacts) => boolean): KeptSection | undefined {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      const read = readFacts(file);
      if (read !== undefined && isBelieved(read.facts) && checksumOf(file, read.checked) === read.checksum) {
        return new KeptSection(file, read.facts, read.end);
      }
    } catch {
      // Whatever is wrong with it, the section can be read again.
    }
    if (file !== undefined) closeSync(file);
    return undefined;
  }

  /** Its pages, each put into shared memory until the next is asked for. @throws KeptSectionLost */
  *pages(memory: EngineMemory): Generator<DigestResult> {
    const place = { at: 0, bytes: 0 };
    for (let at = 0; at < this.#end;) {
      const head = new Uint32Array(this.#read(at, HEAD_BYTES).buffer);
      const [heapBytes = 0, items = 0, parts = 0, dirs = 0] = head;
      const counts = { heapBytes, items, parts, dirs };
      at += HEAD_BYTES;
      const room = padded(heapBytes) + itemBytes(counts) + dirBytes(counts);
      if (room > place.bytes) {
        place.bytes = room * 2;
        place.at = memory.allocate(place.bytes);
      }
      const heapAt = place.at;
      const itemsAt = heapAt + padded(heapBytes);
      const dirsAt = itemsAt + itemBytes(counts);
      for (const [to, length] of [
        [heapAt, heapBytes],
        [itemsAt, itemBytes(counts)],
        [dirsAt, dirBytes(counts)],
      ] as const) {
        memory.bytes(to, length).set(this.#read(at, length));
        at += length;
      }
      yield { rows: items, totalSize: undefined, heapAt, heapBytes, itemsAt, items, parts, dirsAt, dirs };
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(from: number, length: number): Uint8Array<ArrayBuffer> {
    try {
      return readBytes(this.#file, from, length);
    } catch (cause: unknown) {
      throw new KeptSectionLost('A Plex library that was kept cannot be read', { cause });
    }
  }
}

interface FactsRead {
  readonly facts: KeptSectionFacts;
  /** Where the pages end. */
  readonly end: number;
  /** How many bytes the checksum is of. */
  readonly checked: number;
  readonly checksum: number;
}

function readFacts(file: number): FactsRead | undefined {
  const { size } = fstatSync(file);
  if (size < END_BYTES) return undefined;
  const [length = 0, checksum = 0, mark = 0] = new Uint32Array(readBytes(file, size - END_BYTES, END_BYTES).buffer);
  const end = size - END_BYTES - length;
  if (mark !== END_MARK || end < 0) return undefined;
  const facts: unknown = JSON.parse(Buffer.from(readBytes(file, end, length)).toString('utf8'));
  return isFacts(facts) ? { facts, end, checked: size - 8, checksum } : undefined;
}

function isFacts(value: unknown): value is KeptSectionFacts {
  const { identity, readAt, rows, withFile } = (value ?? {}) as Partial<KeptSectionFacts>;
  return typeof identity === 'string' && [readAt, rows, withFile].every((each) => typeof each === 'number');
}

function checksumOf(file: number, length: number): number {
  let checksum = 0;
  for (let at = 0; at < length; at += CHUNK) {
    checksum = crc32(readBytes(file, at, Math.min(CHUNK, length - at)), checksum);
  }
  return checksum;
}

/** All of them, in memory of their own. Throws where the file ends before. */
function readBytes(file: number, from: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = readSync(file, bytes, at, length - at, from + at);
    if (read === 0) throw new Error('it ends too early');
    at += read;
  }
  return bytes;
}

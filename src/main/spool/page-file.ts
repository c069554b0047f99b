/**
 * Pages of bytes until they are needed: in memory while they are few, then in a temporary file without a name, which is gone with
 * its descriptor whatever happens.
 */
import { closeSync, readSync, writeSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { Growing } from '../collections/growing.js';
import { openNamelessFile } from '../temp-directory.js';

/** Pages that are held once they have been read: what is asked for in the order of scene ids mostly lies in one of them. */
const PAGES_HELD = 32;

/** What is read where a piece is asked for: the next mostly follows, and to read each alone took four times as long. */
const READ_AHEAD_BYTES = 32_768;

/** Where pages lie. */
export interface PageRoom {
  /** How much of them may lie in memory; default: nothing, so that a disk that is full is found at once. */
  readonly memoryBytes?: number;
  /** Where the others lie; default: a directory for temporary files. */
  readonly directory?: string | undefined;
}

/** Pages by the numbers they were given, from 0. */
export class PageFile {
  readonly #failure: (cause: unknown) => unknown;
  readonly #at = new Growing((length) => new Float64Array(length));
  readonly #bytes = new Growing((length) => new Uint32Array(length));
  readonly #held = new LRUCache<number, Buffer<ArrayBuffer>>({
    max: PAGES_HELD,
    dispose: ({ buffer }) => this.#unused.push(buffer),
  });
  /** Memory of pages that are held no more, to read others into: as garbage, thousands of pages are slow to collect. */
  readonly #unused: ArrayBuffer[] = [];
  /** What was read of a page for the last piece. */
  #readAhead = { page: -1, from: 0, bytes: Buffer.alloc(0) };
  /** Pages that came before there was a file. */
  readonly #inMemory = new Map<number, Buffer>();
  readonly #directory: string | undefined;
  #memoryLeft: number;
  #file: number | undefined;
  #length = 0;

  /** @param failure what is thrown instead of what the file system throws */
  constructor(failure: (cause: unknown) => unknown, { memoryBytes = 0, directory }: PageRoom = {}) {
    this.#failure = failure;
    this.#directory = directory;
    this.#memoryLeft = memoryBytes;
  }

  /** How many pages there are: the number of the next. */
  get pages(): number {
    return this.#at.length;
  }

  /** Takes a copy of a page, given in pieces, which may lie in shared memory; returns its number. */
  add(...pieces: readonly Uint8Array[]): number {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length <= this.#memoryLeft && this.#file === undefined) {
      this.#memoryLeft -= length;
      this.#inMemory.set(this.pages, Buffer.concat(pieces, length));
      this.#at.push(0);
    } else {
      this.#at.push(this.#length);
      this.#write(this.#gather(pieces, length));
    }
    this.#bytes.push(length);
    return this.pages - 1;
  }

  /** Puts pieces together, since a write for each would cost more than the copy; lasts until a page is added or read. */
  #gather(pieces: readonly Uint8Array[], length: number): Uint8Array {
    const room = this.#room(length);
    let at = 0;
    for (const piece of pieces) {
      room.set(piece, at);
      at += piece.length;
    }
    this.#unused.push(room.buffer);
    return room;
  }

  #write(bytes: Uint8Array): void {
    try {
      this.#file ??= openNamelessFile(this.#directory);
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#length + done);
      }
    } catch (cause: unknown) {
      throw this.#failure(cause);
    }
    this.#length += bytes.length;
  }

  /** A page as it was taken. Held for the next that asks: not to be written to, or kept beyond the pages asked for next. */
  page(number: number): Buffer {
    const held = this.#inMemory.get(number) ?? this.#held.get(number);
    if (held !== undefined) return held;
    const page = this.#room(this.#bytes.data[number] ?? 0);
    this.#read(page, number, 0);
    this.#held.set(number, page);
    return page;
  }

  /** A piece of a page, where not much else of it will be asked for: the page is not held for it. */
  piece(number: number, start: number, end: number): Buffer {
    const held = this.#inMemory.get(number) ?? this.#held.get(number);
    if (held !== undefined) return held.subarray(start, end);
    const { page, from, bytes } = this.#readAhead;
    if (page === number && start >= from && end <= from + bytes.length) return bytes.subarray(start - from, end - from);
    const ahead = Math.min(this.#bytes.data[number] ?? 0, start + Math.max(end - start, READ_AHEAD_BYTES));
    const read = Buffer.allocUnsafe(ahead - start);
    this.#read(read, number, start);
    this.#readAhead = { page: number, from: start, bytes: read };
    return read.subarray(0, end - start);
  }

  /** Lets go of a page that is not needed again. */
  drop(number: number): void {
    this.#memoryLeft += this.#inMemory.get(number)?.length ?? 0;
    this.#inMemory.delete(number);
    this.#held.delete(number);
  }

  /** Drops everything. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#held.clear();
    this.#unused.length = 0;
    this.#inMemory.clear();
  }

  /** Room for a page, somewhat more than it needs: the next is about as large. */
  #room(bytes: number): Buffer<ArrayBuffer> {
    const unused = this.#unused.pop();
    const room = unused !== undefined && unused.byteLength >= bytes ? unused : new ArrayBuffer(Math.ceil(bytes * 1.25));
    return Buffer.from(room, 0, bytes);
  }

  #read(bytes: Buffer, number: number, start: number): void {
    const from = (this.#at.data[number] ?? 0) + start;
    const file = this.#file;
    if (file === undefined) throw new Error('Internal error: a page is asked for that was never written');
    try {
      for (let done = 0; done < bytes.length;) {
        const read = readSync(file, bytes, done, bytes.length - done, from + done);
        if (read === 0) throw new Error('Internal error: a temporary file is shorter than what was written to it');
        done += read;
      }
    } catch (cause: unknown) {
      throw this.#failure(cause);
    }
  }
}

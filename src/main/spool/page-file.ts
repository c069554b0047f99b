/** Pages of bytes on disk until they are needed: in a temporary file without a name, gone with its descriptor whatever happens. */
import { closeSync, readSync, writeSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { Growing } from '../collections/growing.js';
import { openNamelessFile } from '../temp-directory.js';

/** Pages that are held once they have been read: what is asked for in the order of scene ids mostly lies in one of them. */
const PAGES_HELD = 32;

/** Pages by the numbers they were given, from 0. */
export class PageFile {
  readonly #failure: (cause: unknown) => unknown;
  readonly #at = new Growing((length) => new Float64Array(length));
  readonly #bytes = new Growing((length) => new Uint32Array(length));
  readonly #held = new LRUCache<number, Buffer>({ max: PAGES_HELD });
  #file: number | undefined;
  #length = 0;

  /** @param failure what is thrown instead of what the file system throws */
  constructor(failure: (cause: unknown) => unknown) {
    this.#failure = failure;
  }

  /** How many pages there are: the number of the next. */
  get pages(): number {
    return this.#at.length;
  }

  /** Takes a page, which may lie in shared memory; returns its number. */
  add(bytes: Uint8Array): number {
    try {
      this.#file ??= openNamelessFile();
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#length + done);
      }
    } catch (cause: unknown) {
      throw this.#failure(cause);
    }
    this.#at.push(this.#length);
    this.#bytes.push(bytes.length);
    this.#length += bytes.length;
    return this.pages - 1;
  }

  /** A page as it was taken. Held for the next that asks: not to be written to. */
  page(number: number): Buffer {
    const held = this.#held.get(number);
    if (held !== undefined) return held;
    const bytes = this.#read(number, 0, this.#bytes.data[number] ?? 0);
    this.#held.set(number, bytes);
    return bytes;
  }

  /** A piece of a page, where not much else of it will be asked for: read alone, unless the page is held. */
  piece(number: number, start: number, end: number): Buffer {
    const held = this.#held.get(number);
    return held === undefined ? this.#read(number, start, end) : held.subarray(start, end);
  }

  /** Drops everything. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#held.clear();
  }

  #read(number: number, start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start);
    const from = (this.#at.data[number] ?? 0) + start;
    try {
      for (let done = 0; done < bytes.length && this.#file !== undefined;) {
        const read = readSync(this.#file, bytes, done, bytes.length - done, from + done);
        if (read === 0) throw new Error('Internal error: a temporary file is shorter than what was written to it');
        done += read;
      }
    } catch (cause: unknown) {
      throw this.#failure(cause);
    }
    return bytes;
  }
}

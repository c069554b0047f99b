/**
 * Stash pages that were read before it is known what Plex holds: deflated, in memory while they are few, then in a file without
 * a name, which is gone with its descriptor whatever happens.
 */
import { closeSync, readSync, writeSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { openNamelessFile } from '../temp-directory.js';
import { spoolFailure } from '../report/errors.js';
import type { HeldPage } from './read-scenes.js';

/** Pages deflate to about a tenth: this much holds half a million scenes. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/** Where a page lies: in memory, or from where to where in the file. */
type Place = { readonly bytes: Uint8Array } | { readonly from: number; readonly length: number };

/** Holds pages. Every method throws ConfigError when the temporary file cannot be used. */
export class PageStore {
  readonly #pages: ((Place & { readonly asOf: number }) | undefined)[] = [];
  #taken = 0;
  readonly #memoryBytes: number;
  #held = 0;
  #file: number | undefined;
  #fileBytes = 0;

  /** @param memoryBytes how much of it may lie in memory */
  constructor(memoryBytes = MEMORY_BYTES) {
    this.#memoryBytes = memoryBytes;
  }

  /** Takes a copy of a page. */
  add({ bytes, asOf }: HeldPage): void {
    // The quickest level: what is repeated in every row is what there is to gain.
    const packed = deflateRawSync(bytes, { level: 1 });
    this.#pages.push({ ...this.#put(packed), asOf });
  }

  /** All pages in the order they came, also those that come meanwhile; each once. */
  *pages(): Generator<HeldPage> {
    for (;;) {
      const page = this.#pages[this.#taken];
      if (page === undefined) return;
      // Let go of: what has been judged is not needed again.
      this.#pages[this.#taken++] = undefined;
      yield { bytes: inflateRawSync(this.#get(page)), asOf: page.asOf };
    }
  }

  /** Drops everything. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#pages.length = 0;
    this.#taken = 0;
  }

  #put(packed: Uint8Array): Place {
    if (this.#held + packed.length <= this.#memoryBytes) {
      this.#held += packed.length;
      return { bytes: packed };
    }
    const place = { from: this.#fileBytes, length: packed.length };
    try {
      const file = (this.#file ??= openNamelessFile());
      for (let at = 0; at < packed.length;) {
        at += writeSync(file, packed, at, packed.length - at, place.from + at);
      }
    } catch (cause: unknown) {
      throw spoolFailure(cause);
    }
    this.#fileBytes += packed.length;
    return place;
  }

  #get(place: Place): Uint8Array {
    if ('bytes' in place) return place.bytes;
    const bytes = new Uint8Array(place.length);
    try {
      for (let at = 0; at < bytes.length && this.#file !== undefined;) {
        at += readSync(this.#file, bytes, at, bytes.length - at, place.from + at);
      }
    } catch (cause: unknown) {
      throw spoolFailure(cause);
    }
    return bytes;
  }
}

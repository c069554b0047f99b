/**
 * Stash pages that were read before it is known what Plex holds: deflated, in memory while they are few, then in a temporary
 * file.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { spoolFailure } from '../report/errors.js';
import { PageFile } from '../spool/page-file.js';
import type { HeldPage } from './read-scenes.js';

/** Pages deflate to about a tenth: this much holds half a million scenes. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/** A deflated page: itself, or its number in the file. */
type Place = Uint8Array | number;

/** Holds pages. Every method throws ConfigError when the temporary file cannot be used. */
export class PageStore {
  readonly #pages: ((Omit<HeldPage, 'bytes'> & { readonly place: Place }) | undefined)[] = [];
  readonly #file = new PageFile(spoolFailure);
  readonly #memoryBytes: number;
  #taken = 0;
  #held = 0;

  /** @param memoryBytes how much of it may lie in memory */
  constructor(memoryBytes = MEMORY_BYTES) {
    this.#memoryBytes = memoryBytes;
  }

  /** Takes a copy of a page. */
  add({ bytes, ...page }: HeldPage): void {
    // The quickest level: what is repeated in every row is what there is to gain.
    this.#pages.push({ ...page, place: this.#put(deflateRawSync(bytes, { level: 1 })) });
  }

  /** All pages in the order they came, also those that come meanwhile; each once. */
  *pages(): Generator<HeldPage> {
    for (;;) {
      const page = this.#pages[this.#taken];
      if (page === undefined) return;
      // Let go of: what has been judged is not needed again.
      this.#pages[this.#taken++] = undefined;
      const { place, ...rest } = page;
      yield { ...rest, bytes: inflateRawSync(typeof place === 'number' ? this.#file.page(place) : place) };
    }
  }

  /** Drops everything. */
  close(): void {
    this.#file.close();
    this.#pages.length = 0;
    this.#taken = 0;
  }

  #put(packed: Uint8Array): Place {
    if (this.#held + packed.length > this.#memoryBytes) return this.#file.add(packed);
    this.#held += packed.length;
    return packed;
  }
}

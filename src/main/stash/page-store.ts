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

/** Holds pages. Every method throws ConfigError when the temporary file cannot be used. */
export class PageStore {
  /** Of each page what it is, by its number in the file. */
  readonly #pages: Omit<HeldPage, 'bytes'>[] = [];
  readonly #file: PageFile;
  #taken = 0;

  /** @param memoryBytes how much of it may lie in memory */
  constructor(memoryBytes = MEMORY_BYTES) {
    this.#file = new PageFile(spoolFailure, memoryBytes);
  }

  /** Takes a copy of a page. */
  add({ bytes, ...page }: HeldPage): void {
    // The quickest level: what is repeated in every row is what there is to gain.
    this.#file.add(deflateRawSync(bytes, { level: 1 }));
    this.#pages.push(page);
  }

  /** All pages in the order they came, also those that come meanwhile; each once. */
  *pages(): Generator<HeldPage> {
    for (;;) {
      const number = this.#taken;
      const page = this.#pages[number];
      if (page === undefined) return;
      this.#taken++;
      const bytes = inflateRawSync(this.#file.page(number));
      // What has been judged is not needed again.
      this.#file.drop(number);
      yield { ...page, bytes };
    }
  }

  /** Drops everything. */
  close(): void {
    this.#file.close();
    this.#pages.length = 0;
    this.#taken = 0;
  }
}

/**
 * Stash pages that were read before it is known what Plex holds: deflated, in memory while they are few, then in a file without
 * a name.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { QueueError, isFileError } from '../errors.js';
import { PageFile, type PageRoom } from '../spool/page-file.js';
import type { HeldPage } from './read-scenes.js';

/** Pages deflate to about a tenth: this much holds half a million scenes. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/** Holds pages. Every method throws QueueError when the file cannot be used. */
export class PageStore {
  /** Of each page what it is, by its number in the file. */
  readonly #pages: Omit<HeldPage, 'bytes'>[] = [];
  readonly #file: PageFile;
  #taken = 0;

  /** @param room default: 64 MB in memory, the rest in a directory for temporary files */
  constructor({ memoryBytes = MEMORY_BYTES, directory }: PageRoom = {}) {
    this.#file = new PageFile((cause) => holdingFailure(cause, directory), { memoryBytes, directory });
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

function holdingFailure(cause: unknown, directory: string | undefined): unknown {
  if (!isFileError(cause)) return cause;
  const where = directory ?? 'the directory for temporary files';
  return new QueueError(`What Stash said cannot be held in ${where} until Plex has been read: ${cause.message}`, {
    code: 'state_unwritable',
    hint: `Nothing was queued. Free space there, or name another with ${directory === undefined ? 'TMPDIR' : '--state-dir'}.`,
    cause,
  });
}

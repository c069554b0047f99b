/**
 * Which Plex items the scenes of a scan could be: a set of hashes of file names and one of rating keys, as bits in shared
 * memory. It may hold more than was put in (hashes clash), never less. An index of only these items answers every question
 * by one of these names just as the whole index would.
 */
import { FILTER_BYTES } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { hashBytes } from '../../shared/text-key.js';

/** The sets; workers add the names, see engine/names.ts. */
export class ItemFilter {
  /** Address of the names' bits; the keys' follow. */
  readonly at: number;
  readonly #names: Uint32Array;
  readonly #keys: Uint32Array;

  constructor(memory: EngineMemory) {
    this.at = memory.allocate(FILTER_BYTES * 2);
    this.#names = memory.words(this.at, FILTER_BYTES / 4);
    this.#keys = memory.words(this.at + FILTER_BYTES, FILTER_BYTES / 4);
  }

  /** Adds an item a scene matched in an earlier run. */
  addKey(ratingKey: string): void {
    const bytes = Buffer.from(ratingKey);
    const hash = hashBytes(bytes, 0, bytes.length);
    const word = wordOf(hash);
    this.#keys[word] = (this.#keys[word] ?? 0) | (1 << (hash & 31));
  }

  /** Whether all items with a file name of this hash are in. */
  hasName(hash: number): boolean {
    return (((this.#names[wordOf(hash)] ?? 0) >>> (hash & 31)) & 1) === 1;
  }
}

const wordOf = (hash: number): number => (hash & (FILTER_BYTES * 8 - 1)) >>> 5;

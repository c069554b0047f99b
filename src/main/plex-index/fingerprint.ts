/** Whether files in Plex are what they were in an earlier run. */
import { mixHash, hashNumber } from '../../shared/text-key.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';

/** Hashes of parts: of each one's folded path and size. Made of the index's own hashes: no text has to be put together. */
export class PartFingerprints {
  readonly #index: PlexIndex;
  /** Of each directory's path; 0 until it is asked for. Most parts share theirs. */
  readonly #ofDirectory: Uint32Array;

  constructor(index: PlexIndex) {
    this.#index = index;
    this.#ofDirectory = new Uint32Array(index.columns.dirHash.length);
  }

  /** The hash of a part. */
  of(part: number): number {
    const index = this.#index;
    const own = mixHash(index.nameHashOf(part), hashNumber(index.sizeOf(part)));
    return mixHash(own, this.#directory(index.dirOf(part)));
  }

  #directory(dir: number): number {
    if (dir === NONE) return 0;
    const known = this.#ofDirectory[dir] ?? 0;
    if (known !== 0) return known;
    const { dirHash, dirParent } = this.#index.columns;
    const hash = mixHash(dirHash[dir] ?? 0, this.#directory(dirParent[dir] ?? NONE));
    this.#ofDirectory[dir] = hash;
    return hash;
  }
}

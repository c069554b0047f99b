/** Whether a file in Plex is what it was in an earlier run. */
import { mixHash, hashNumber } from '../../shared/text-key.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';

/** A hash of a part's folded path and its size. Made of the index's own hashes: no text has to be put together for it. */
export function partFingerprint(index: PlexIndex, part: number): number {
  const { dirHash, dirParent } = index.columns;
  let hash = mixHash(index.nameHashOf(part), hashNumber(index.sizeOf(part)));
  for (let dir = index.dirOf(part); dir !== NONE; dir = dirParent[dir] ?? NONE) hash = mixHash(hash, dirHash[dir] ?? 0);
  return hash;
}

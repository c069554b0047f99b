/**
 * Which item would a job hit? Stash2Plex's worker finds items by file name alone, so a job is safe only if nobody but its
 * own match has that name. Measured with the real worker: 16 of 16 jobs whose name existed only on another item
 * overwrote that item.
 */
import { NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { fileName } from '../path.js';
import { foldKey, hashText } from '../text-key.js';
import { findCandidates } from './candidates.js';
import { isExact } from './evidence.js';
import { fileQuery } from './scene-file.js';

/** At most two parts, of different items, that share this path's file name: two are enough to know it is not unique. */
export function nameOwners(index: PlexIndex, path: string): number[] {
  const key = foldKey(fileName(path));
  let first = NONE;
  for (let part = index.nameChain(hashText(key)).head; part !== NONE; part = index.nextPart(part)) {
    if (!index.nameEquals(part, key)) continue;
    if (first === NONE) first = part;
    else if (index.itemOf(part) !== index.itemOf(first)) return [first, part];
  }
  return first === NONE ? [] : [first];
}

/** Parts, of different items, that have the very path of this part. */
export function pathOwners(index: PlexIndex, part: number): number[] {
  const query = fileQuery({ path: index.partPath(part), size: 0, duration: 0 });
  return findCandidates(index, [query])
    .candidates.filter(({ rank }) => isExact(rank))
    .map((candidate) => candidate.part);
}

/**
 * Which item would a job hit? Stash2Plex's worker finds items by file name alone, so a job is safe only if nobody but its
 * own match has that name. Measured with the real worker: 16 of 16 jobs whose name existed only on another item
 * overwrote that item.
 */
import { NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { foldKey } from '../text-key.js';
import { Utf8Text } from '../utf8-text.js';
import { findCandidates } from './candidates.js';
import { isExact } from './evidence.js';
import { fileQuery, type FileQuery } from './scene-file.js';

/** At most two parts, of different items, that share this file's name: two are enough to know it is not unique. */
export function nameOwners(index: PlexIndex, query: FileQuery): number[] {
  return owners(index, index.nameChain(query.nameHash).head, (part) => query.isNameOf(index, part));
}

/** The same for the name of a part, which is one of them. */
export function ownersOfNameOf(index: PlexIndex, part: number): number[] {
  const { head } = index.nameChain(index.nameHashOf(part));
  if (head === part && index.nextPart(part) === NONE) return [part];
  const key = foldKey(index.partName(part));
  return owners(index, head, (other) => index.nameEquals(other, key));
}

function owners(index: PlexIndex, head: number, hasName: (part: number) => boolean): number[] {
  let first = NONE;
  for (let part = head; part !== NONE; part = index.nextPart(part)) {
    if (!hasName(part)) continue;
    if (first === NONE) first = part;
    else if (index.itemOf(part) !== index.itemOf(first)) return [first, part];
  }
  return first === NONE ? [] : [first];
}

/** Parts, of different items, that have the very path of this part. */
export function pathOwners(index: PlexIndex, part: number): number[] {
  const query = fileQuery({ path: Utf8Text.of(index.partPath(part)), size: 0, duration: 0 });
  return findCandidates(index, [query])
    .candidates.filter(({ rank }) => isExact(rank))
    .map((candidate) => candidate.part);
}

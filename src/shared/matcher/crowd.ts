/** Phase one among a crowd of equal file names: the narrow table yields the best few without walking the crowd. */
import { EMPTY_SUFFIX, extendSuffix, sizeKey, sizeSuffixKey, suffixKey } from '../index/crowd-keys.js';
import { CROWD, NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { rankOf, sizeAgrees } from './candidates.js';
import { isExact, rank, trailingOf } from './evidence.js';
import type { FileQuery } from './scene-file.js';

/** The best members of a crowd for one file. */
export interface CrowdMembers {
  readonly parts: readonly number[];
  /** Set when more members than may be walked tie at this rank; `parts` then holds some of them. */
  readonly tiedAt: number | undefined;
}

/** Finds the members that rank best: exact path, else equal size, else the longest run of equal directories. */
export function crowdMembers(index: PlexIndex, query: FileQuery): CrowdMembers {
  const suffixes = suffixesOf(query);
  const exact = exactMembers(index, query, suffixes.at(-1));
  if (exact.parts.length > 0) return tie(index, query, exact);
  if (query.file.size > 0) {
    const sized = sizedMembers(index, query, suffixes);
    if (sized.parts.length > 0) return tie(index, query, sized);
  }
  const near = longestSuffix(
    index,
    query,
    suffixes,
    (suffix) => suffixKey(query.nameHash, suffix),
    () => true,
  );
  if (near.parts.length > 0) return tie(index, query, near);
  return { parts: [], tiedAt: rank(false, false, 0) };
}

interface Taken {
  readonly parts: readonly number[];
  /** There are more. */
  readonly more: boolean;
}

/** Members with the very path; of more than may be listed, those of the same size come first. */
function exactMembers(index: PlexIndex, query: FileQuery, whole: number | undefined): Taken {
  if (whole === undefined) return { parts: [], more: false };
  const { nameHash, file } = query;
  const isExactPart = (part: number) => isExact(rankOf(index, query, part));
  const exact = take(index, query, suffixKey(nameHash, whole), isExactPart);
  if (!exact.more || !(file.size > 0)) return exact;
  const fits = (part: number) => sizeAgrees(index, query, part) && isExactPart(part);
  const sized = take(index, query, sizeKey(nameHash, file.size), fits);
  return sized.parts.length > 0 ? sized : exact;
}

function sizedMembers(index: PlexIndex, query: FileQuery, suffixes: readonly number[]): Taken {
  const { nameHash, file } = query;
  const fits = (part: number) => sizeAgrees(index, query, part);
  const sized = take(index, query, sizeKey(nameHash, file.size), fits);
  if (!sized.more) return sized;
  const near = longestSuffix(index, query, suffixes, (suffix) => sizeSuffixKey(nameHash, file.size, suffix), fits);
  return near.parts.length > 0 ? near : sized;
}

/** Members under the longest suffix that has any. Suffixes nest, so the first miss ends the search. */
function longestSuffix(
  index: PlexIndex,
  query: FileQuery,
  suffixes: readonly number[],
  keyOf: (suffix: number) => number,
  fits: (part: number) => boolean,
): Taken {
  let best: Taken = { parts: [], more: false };
  for (const [i, suffix] of suffixes.entries()) {
    const trailing = Math.min(i + 1, 255);
    const found = take(
      index,
      query,
      keyOf(suffix),
      (part) => fits(part) && trailingOf(rankOf(index, query, part)) >= trailing,
    );
    if (found.parts.length === 0) break;
    best = found;
  }
  return best;
}

function take(index: PlexIndex, query: FileQuery, key: number, fits: (part: number) => boolean): Taken {
  const parts: number[] = [];
  for (let entry = index.narrowHead(key); entry !== NONE; entry = index.nextNarrow(entry)) {
    const part = index.narrowPart(entry);
    if (!query.isNameOf(index, part) || !fits(part)) continue;
    if (parts.length === CROWD) return { parts, more: true };
    parts.push(part);
  }
  return { parts, more: false };
}

function tie(index: PlexIndex, query: FileQuery, { parts, more }: Taken): CrowdMembers {
  const best = more ? Math.max(...parts.map((part) => rankOf(index, query, part))) : undefined;
  return { parts, tiedAt: best };
}

function suffixesOf({ directory }: FileQuery): number[] {
  let suffix = EMPTY_SUFFIX;
  return directory.hashes.map((hash) => (suffix = extendSuffix(suffix, hash)));
}

/**
 * Phase two: what phase one left open is decided by title: the scene's own, or the name of its parent directory, against
 * the item's. Not the file stem, which the shared file name has already said.
 */
import {
  durationBucket,
  durationKey,
  noSizeKey,
  sizeKey,
  titleDurationKey,
  titleKeyHash,
  titleNoSizeKey,
} from '../index/crowd-keys.js';
import { NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { titleKey } from '../title.js';
import { durationAgrees, rankOf, sizeDiffers, type Candidate, type Crowd, type PhaseOne } from './candidates.js';
import { DURATION, TITLE, trailingOf } from './evidence.js';
import { MAX_LISTED, type MatchResult } from './matcher.js';
import { nameOwners } from './name-owner.js';
import type { FileQuery } from './scene-file.js';

/** How many members of a crowd under one narrow key are looked at before the answer is "too many". */
const CROWD_WALK = 64;

/** One item agrees -> matched; several -> ambiguous; none -> ambiguous while several remain in the race. */
export function decideByTitle(index: PlexIndex, title: string, open: PhaseOne): MatchResult {
  const fromCrowds = open.crowds.map((crowd) => agreeingInCrowd(index, title, crowd));
  const listed = open.candidates.filter((candidate) => agrees(index, title, candidate));
  const agreeing = distinct([...listed, ...fromCrowds.flatMap(({ members }) => members)]);
  const [only] = agreeing;
  if (only !== undefined && agreeing.length > 1) return ambiguous(agreeing);
  // More share name and title than may be walked, so who else agrees is not known; that is no ground for an answer.
  const unknown = fromCrowds.find(({ complete }) => !complete);
  if (unknown) return ambiguous([...agreeing, ...unknown.seen]);
  if (only !== undefined) return byTitle(index, only);
  const remaining = distinct([
    ...open.candidates.filter(({ part, query, rank }) => remains(index, query, part, rank)),
    ...open.crowds.flatMap((crowd) => remainingInCrowd(index, crowd)),
  ]);
  return remaining.length > 1 ? ambiguous(remaining) : { kind: 'none' };
}

function byTitle(index: PlexIndex, { part, rank, query }: Candidate): MatchResult {
  const duration = durationAgrees(index, query, part) ? DURATION : 0;
  return { kind: 'matched', part, evidence: rank | TITLE | duration, file: query.file };
}

function ambiguous(candidates: readonly Candidate[]): MatchResult {
  return { kind: 'ambiguous', parts: candidates.slice(0, MAX_LISTED).map(({ part }) => part) };
}

function distinct(candidates: readonly Candidate[]): Candidate[] {
  const items = new Set<number>();
  return candidates.filter(({ item }) => !items.has(item) && items.add(item));
}

/** The titles a scene may be known by in Plex; blank ones say nothing. */
function titleKeys(title: string, { directory }: FileQuery): string[] {
  return [titleKey(title), titleKey(directory.components[0] ?? '')].filter((key) => key !== '');
}

function agrees(index: PlexIndex, title: string, { item, part, query }: Candidate): boolean {
  if (sizeDiffers(index, query, part) && !durationAgrees(index, query, part)) return false;
  return titleKeys(title, query).includes(titleKey(index.title(item)));
}

/**
 * A part stays in the race unless its size is known to differ and neither duration nor parent directory speaks for it:
 * that is another video under the same name.
 */
function remains(index: PlexIndex, query: FileQuery, part: number, rank: number): boolean {
  return trailingOf(rank) > 0 || !sizeDiffers(index, query, part) || durationAgrees(index, query, part);
}

interface AgreeingMembers {
  readonly members: readonly Candidate[];
  /** Whether these are all of them. */
  readonly complete: boolean;
  /** Some members of the crowd with the title. */
  readonly seen: readonly Candidate[];
}

function agreeingInCrowd(index: PlexIndex, title: string, crowd: Crowd): AgreeingMembers {
  const walks = titleKeys(title, crowd.query).flatMap((key) => walkTitle(index, crowd, key));
  const seen = walks.flatMap(({ members }) => members);
  return {
    members: seen.filter((candidate) => agrees(index, title, candidate)),
    complete: walks.every(({ complete }) => complete),
    seen,
  };
}

/** All members of the crowd with a title; of very many, only those that could agree. */
function walkTitle(index: PlexIndex, crowd: Crowd, title: string): Walk[] {
  const { nameHash, file } = crowd.query;
  const all = walk(index, crowd, titleKeyHash(nameHash, title));
  // Without a size of the scene's own, nothing is known to differ and every one of them could agree.
  if (all.complete || !(file.size > 0)) return [all];
  const narrower = [
    sizeKey(nameHash, file.size),
    titleNoSizeKey(nameHash, title),
    ...buckets(crowd.query).map((bucket) => titleDurationKey(nameHash, title, bucket)),
  ];
  return narrower.map((key) => walk(index, crowd, key));
}

/** Enough of the crowd to know whether several remain. */
function remainingInCrowd(index: PlexIndex, crowd: Crowd): Candidate[] {
  const { query } = crowd;
  // Without a size nothing is known to differ, so the whole crowd remains: any two of it say so.
  if (!(query.file.size > 0)) return nameOwners(index, query).map((part) => member(index, crowd, part));
  const keys = [noSizeKey(query.nameHash), ...buckets(query).map((bucket) => durationKey(query.nameHash, bucket))];
  return keys.flatMap((key) =>
    walk(index, crowd, key).members.filter(({ part, rank }) => remains(index, query, part, rank)),
  );
}

function buckets({ file }: FileQuery): number[] {
  if (!(file.duration > 0)) return [];
  const bucket = durationBucket(file.duration * 1000);
  return [bucket - 1, bucket, bucket + 1];
}

interface Walk {
  readonly members: readonly Candidate[];
  readonly complete: boolean;
}

/** Members of the crowd under one narrow key that tie at its rank. */
function walk(index: PlexIndex, { rank, query }: Crowd, key: number): Walk {
  const members: Candidate[] = [];
  let seen = 0;
  for (let entry = index.narrowHead(key); entry !== NONE; entry = index.nextNarrow(entry)) {
    const part = index.narrowPart(entry);
    if (++seen > CROWD_WALK) return { members, complete: false };
    if (!query.isNameOf(index, part) || rankOf(index, query, part) !== rank) continue;
    members.push(member(index, { rank, query }, part));
  }
  return { members, complete: true };
}

function member(index: PlexIndex, { rank, query }: Crowd, part: number): Candidate {
  return { item: index.itemOf(part), part, rank, query };
}

/** What is to become of a gap, as far as that can be told without the queue: a job, or the reason why there is none. */
import { Job, NOTHING } from '../../shared/engine/layout.js';
import { EMPTY_SUFFIX, extendSuffix, suffixKey } from '../../shared/index/crowd-keys.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { foldedComponents, leadingSeparators, splitPath } from '../../shared/path.js';
import { compareRatingKeys } from '../../shared/rating-key.js';
import type { Bench } from './bench.js';
import type { PageFacts } from './facts.js';
import { MAX_LISTED, type Match } from './match-result.js';
import { hasMeaningfulMetadata } from './metadata.js';

/** The path a job tells the worker to look up. */
export type JobPath =
  /** A file's, its name spelled as a part's; NOTHING leaves it as it is. */
  | { readonly kind: 'file'; readonly file: number; readonly spelledAs: number }
  | { readonly kind: 'path'; readonly path: string };

/** What is to become of a scene at the queue. */
export interface GapPlan {
  readonly job: Job;
  /** Undefined exactly when no job is to be written. */
  readonly jobPath: JobPath | undefined;
  /** Parts of other items that have the job's file name, at most {@link MAX_LISTED}. */
  readonly couldHit: readonly number[];
}

/** The plan for a scene that is no gap. */
export const NO_JOB: GapPlan = { job: Job.NoGap, jobPath: undefined, couldHit: [] };
const NOT_SELECTED: GapPlan = { job: Job.NotSelected, jobPath: undefined, couldHit: [] };
const WITHHELD: GapPlan = { job: Job.Withheld, jobPath: undefined, couldHit: [] };

/** Decides what can be decided without the queue: `not_selected`, `withheld`, `unsafe_name`, else the path of a job. */
export function prepareGap(bench: Bench, facts: PageFacts, match: Match, isSelected: boolean): GapPlan {
  if (!isSelected) return NOT_SELECTED;
  if (!hasMeaningfulMetadata(facts.presence)) return WITHHELD;
  const jobPath = choosePath(bench, facts, match);
  const couldHit = otherOwners(bench, facts, match, jobPath);
  const isUnsafe = couldHit.length > 0 && !bench.context.allowUnsafeNames;
  return isUnsafe ? { job: Job.UnsafeName, jobPath: undefined, couldHit } : { job: Job.Written, jobPath, couldHit };
}

/** The file that matched, its name as Plex spells it, since the worker compares names exactly; else the primary file. */
function choosePath({ index }: Bench, facts: PageFacts, match: Match): JobPath {
  if (match.kind !== 'matched') return { kind: 'file', file: 0, spelledAs: NOTHING };
  const { part, file } = match;
  // Nearly every path is rooted, and needs no more than a look at one byte.
  if (index.isRooted(part) || !isWindowsPath(index.partPath(part))) return { kind: 'file', file, spelledAs: part };
  const path = facts.scene.path(file);
  return path.startsWith('/')
    ? { kind: 'path', path: withName(path, index.partPath(part)) }
    : { kind: 'file', file, spelledAs: part };
}

/**
 * A worker on Linux takes the *whole* Windows path Plex reports for a file name; measured with the real worker, only a job
 * that carries the whole path as its name finds such an item (25 of 25 instead of 2).
 */
function isWindowsPath(path: string): boolean {
  return /^(?:[a-z]:[/\\]|\\\\)/i.test(path) && path.includes('\\');
}

/** The path with another file name. */
function withName(path: string, name: string): string {
  const { dir, base } = splitPath(path);
  return dir + base.slice(0, leadingSeparators(base)) + name;
}

/**
 * The items a job could hit instead of its own. Stash2Plex's worker finds items by file name alone: measured with the real
 * one, 16 of 16 jobs whose name existed only on another item overwrote that item.
 */
function otherOwners({ index, engine }: Bench, facts: PageFacts, match: Match, path: JobPath): number[] {
  const own = match.kind === 'matched' ? index.itemOf(match.part) : NONE;
  if (path.kind === 'path' && match.kind === 'matched') return samePath(index, facts, match.part, own);
  const file = match.kind === 'matched' ? match.file : 0;
  return distinctOwners(index, engine.namesakes(facts.fileAt(file), own));
}

function distinctOwners(index: PlexIndex, parts: Iterable<number>): number[] {
  const owners = new Map<number, number>();
  for (const part of parts) {
    const item = index.itemOf(part);
    if (!owners.has(item)) owners.set(item, part);
    // A crowd's chain is in the order of rating keys, so the first are the ones to name.
    if (owners.size === MAX_LISTED) break;
  }
  const keyOf = (part: number) => index.ratingKey(index.itemOf(part));
  return [...owners.values()].sort((a, b) => compareRatingKeys(keyOf(a), keyOf(b)));
}

/** Who else has the very path of the match. */
function samePath(index: PlexIndex, facts: PageFacts, part: number, own: number): number[] {
  const pathOf = (other: number) => foldedComponents(index.partPath(other)).join('/');
  const parts = [...facts.candidates().map((candidate) => candidate.part), ...crowdAround(index, part)];
  const others = parts.filter((other) => other !== NOTHING && index.itemOf(other) !== own);
  return distinctOwners(
    index,
    others.filter((other) => pathOf(other) === pathOf(part)),
  );
}

/** The parts of a crowd in the directories of this part: not all of them need be candidates. None where there is no crowd. */
function* crowdAround(index: PlexIndex, part: number): Generator<number> {
  const { dirHash, dirParent } = index.columns;
  let suffix = EMPTY_SUFFIX;
  for (let dir = index.dirOf(part); dir !== NONE; dir = dirParent[dir] ?? NONE) {
    suffix = extendSuffix(suffix, dirHash[dir] ?? 0);
  }
  let entry = index.narrowHead(suffixKey(index.nameHashOf(part), suffix));
  for (; entry !== NONE; entry = index.nextNarrow(entry)) yield index.narrowPart(entry);
}

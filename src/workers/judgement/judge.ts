/**
 * The verdict on a scene, in the order of the table in DESIGN.md: the first condition that holds decides. The only place
 * where one is made: counts, jobs, report lines and explanations all read the judgement.
 */
import { foldedComponents, isWithin, mapComponents, splitPath } from '../../shared/path.js';
import type { AuditRule, ScanBasis, SettledMatch } from '../../shared/messages.js';
import { Job } from '../../shared/engine/layout.js';
import { isGap, type GapKind, type ReasonCode, type Verdict } from '../../shared/verdicts.js';
import { unreachable } from '../../shared/unreachable.js';
import type { Bench } from './bench.js';
import type { PageFacts } from './facts.js';
import { NO_JOB, prepareGap, type GapPlan } from './gap.js';
import { isIgnored } from './ignore.js';
import { findLoss, type Absent } from './loss.js';
import { findMatch, settledMatch } from './match.js';
import type { Match } from './match-result.js';
import { hasMeaningfulMetadata, itemPresence } from './metadata.js';

/** A verdict with everything it rests on. */
export interface Judgement extends GapPlan {
  readonly verdict: Verdict;
  readonly code: ReasonCode;
  readonly match: Match;
  /** Epoch seconds; NaN when the scene was never synced. */
  readonly syncedAt: number;
  /** Title of the library that is not selected and that the scene lies in; undefined where there is none. */
  readonly otherLibrary: string | undefined;
  /** What an audit misses in the item. */
  readonly absent: readonly Absent[];
}

/** The matches the merge took away, by scene. */
export type SettledMatches = ReadonlyMap<number, SettledMatch>;

const NOTHING_ABSENT: readonly Absent[] = [];
const NO_MATCH: Match = { kind: 'none', why: 'no_item' };

/** Whether a scene is older than the limit; a time that cannot be read is no reason to leave a scene out. */
export function isBeforeSince({ since }: ScanBasis, facts: PageFacts): boolean {
  if (since === undefined) return false;
  return (since.field === 'updated_at' ? facts.updatedAt : facts.createdAt) < since.epochSeconds;
}

/** Synced, and not updated since. An update in the future, by the clock of another machine, counts as of now. */
export function isInSync({ now }: ScanBasis, facts: PageFacts): boolean {
  return Math.min(facts.updatedAt, now) <= facts.syncedAt;
}

/**
 * Whether a judgement of a match row rests on fields that such a row lacks: a job and its gate do, and that there is nothing
 * to push. Where tags are ignored, or audits are made, match rows do not suffice at all.
 */
export function needsMetadata({ verdict, job }: Judgement): boolean {
  return verdict === 'nothing_to_sync' || (isGap(verdict) && job !== Job.NotSelected);
}

/** Judges the scene the facts are at. */
export function judge(bench: Bench, facts: PageFacts, settled: SettledMatches): Judgement {
  if (isInSync(bench.context, facts)) return judgeInSync(bench, facts, settled);
  if (isIgnored(bench.context.ignore, facts)) return unmatched(facts, 'ignored', 'ignored');
  if (facts.fileCount === 0) return unmatched(facts, 'no_file', 'no_file');
  const isSynced = !Number.isNaN(facts.syncedAt);
  // Whether it is stale cannot be told, and guessing either way would be wrong for somebody.
  if (isSynced && Number.isNaN(facts.updatedAt)) return unmatched(facts, 'unreadable', 'time_unreadable');
  const taken = settled.size === 0 ? undefined : settled.get(facts.id);
  const match = taken === undefined ? findMatch(bench, facts) : settledMatch(taken);
  return isSynced ? gap(bench, facts, 'stale', 'updated_since', match, undefined) : judgeByMatch(bench, facts, match);
}

/** In sync, unless an audit finds otherwise: what it cannot tell stays as it was. */
function judgeInSync(bench: Bench, facts: PageFacts, settled: SettledMatches): Judgement {
  const { audit } = bench.context;
  const lost = audit === undefined ? undefined : judgeLost(bench, facts, settled, audit);
  return lost ?? judgedInSync(facts);
}

/** The judgement of a scene that is in sync. */
export function judgedInSync(facts: PageFacts): Judgement {
  return unmatched(facts, 'in_sync', 'synced');
}

function judgeLost(bench: Bench, facts: PageFacts, settled: SettledMatches, rule: AuditRule): Judgement | undefined {
  const { context } = bench;
  if (isIgnored(context.ignore, facts) || facts.fileCount === 0) return undefined;
  if (!hasMeaningfulMetadata(facts.presence)) return undefined;
  // The item it had found may be another scene's.
  if (settled.has(facts.id)) return undefined;
  const match = findMatch(bench, facts);
  const loss = findLoss(bench, facts, match, rule);
  if (loss === undefined) return undefined;
  // Its library is not looked at, so nobody knows.
  if (loss.code === 'item_gone' && findOtherLibrary(context, facts) !== undefined) return undefined;
  return { ...gap(bench, facts, 'lost', loss.code, match, undefined), absent: loss.absent };
}

function judgeByMatch(bench: Bench, facts: PageFacts, match: Match): Judgement {
  switch (match.kind) {
    case 'none': {
      const otherLibrary = findOtherLibrary(bench.context, facts);
      const code = match.why === 'lost' ? 'lost' : otherLibrary === undefined ? 'no_item' : 'other_library';
      return gap(bench, facts, 'missing', code, match, otherLibrary);
    }
    case 'ambiguous':
      return plain(facts, 'ambiguous', codeOf(match.why), match);
    case 'matched': {
      const item = bench.index.itemOf(match.part);
      const presence = itemPresence(bench, item, facts);
      if (hasMeaningfulMetadata(presence)) return plain(facts, 'matched', 'item_has_metadata', match);
      return hasMeaningfulMetadata(facts.presence)
        ? gap(bench, facts, 'empty', 'item_empty', match, undefined)
        : plain(facts, 'nothing_to_sync', 'both_empty', match);
    }
    default:
      return unreachable(match);
  }
}

function codeOf(why: Extract<Match, { kind: 'ambiguous' }>['why']): ReasonCode {
  switch (why) {
    case 'several':
      return 'several_items';
    case 'shared':
      return 'shared_item';
    case 'contradicted':
    case 'tied':
    case 'held':
      return why;
    default:
      return unreachable(why);
  }
}

/** The library not selected whose directory, of all that the scene's primary file lies below, is the innermost. */
function findOtherLibrary({ locations, mappings }: ScanBasis, facts: PageFacts): string | undefined {
  if (locations.every(({ isSelected }) => isSelected)) return undefined;
  const path = mapComponents(foldedComponents(splitPath(facts.scene.path(0)).dir), mappings);
  const around = locations
    .filter(({ directory }) => isWithin(path, directory))
    .sort((a, b) => b.directory.length - a.directory.length || Number(b.isSelected) - Number(a.isSelected));
  const [innermost] = around;
  return innermost?.isSelected === false ? innermost.section : undefined;
}

function unmatched(facts: PageFacts, verdict: Exclude<Verdict, GapKind>, code: ReasonCode): Judgement {
  return plain(facts, verdict, code, NO_MATCH);
}

function plain(facts: PageFacts, verdict: Exclude<Verdict, GapKind>, code: ReasonCode, match: Match): Judgement {
  const { job, jobPath, couldHit } = NO_JOB;
  const { syncedAt } = facts;
  return { verdict, code, match, syncedAt, otherLibrary: undefined, absent: NOTHING_ABSENT, job, jobPath, couldHit };
}

function gap(
  bench: Bench,
  facts: PageFacts,
  verdict: GapKind,
  code: ReasonCode,
  match: Match,
  otherLibrary: string | undefined,
): Judgement {
  const { job, jobPath, couldHit } = prepareGap(
    bench,
    facts,
    match,
    otherLibrary === undefined && bench.context.gaps.includes(verdict),
  );
  const { syncedAt } = facts;
  return { verdict, code, match, syncedAt, otherLibrary, absent: NOTHING_ABSENT, job, jobPath, couldHit };
}

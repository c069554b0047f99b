/** What the last runs came to: a few figures of each, and the gaps of the last, so that the next can be compared with it. */
import { IdEncoder, decodeIds } from '../collections/id-list.js';
import type { RowRange } from '../queue/commit.js';
import { readState, writeState, type StateRead } from './state-file.js';

const VERSION = 1;
const MAX_RUNS = 50;
/** The gaps of a library of a million scenes are at most a few megabytes; the scopes last scanned are the ones compared. */
const MAX_SCOPES = 5;

/** One run that wrote what it found. */
export interface PastRun {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Gaps the run before did not have. */
  readonly new: number;
  /** Gaps of the run before that are none any more. */
  readonly fixed: number;
  readonly persistent: number;
  readonly inserted: InsertedRows | null;
}

/** The rows a run put into the queue. */
export interface InsertedRows extends RowRange {
  /** Their timestamp: a queue made anew counts its ids from 1 again, and then they are not the same rows. */
  readonly timestamp: number;
}

/** The gaps of the last run of a scope. */
interface ScopeGaps {
  readonly scope: string;
  /** When that run began, ISO 8601; files of earlier versions do not say. */
  readonly startedAt?: string;
  /** Ascending scene ids, each as its distance from the one before, seven bits a byte. */
  readonly sceneIds: Uint8Array;
}

/** Runs and scopes, the newest first. */
export interface RunHistory {
  readonly version: typeof VERSION;
  readonly runs: readonly PastRun[];
  readonly gaps: readonly ScopeGaps[];
}

/** The gaps a run has found. */
export interface FoundGaps {
  /** The servers and libraries it looked at: only runs of the same scope are compared. */
  readonly scope: string;
  /** Ascending. */
  readonly gaps: Iterable<number>;
  /** Whether the run can tell that a scene has no gap: a partial one has not looked at all of them. */
  readonly hasLookedAt: (sceneId: number) => boolean;
}

/** What a run found, held against the run before it. */
export interface RunComparison extends Pick<PastRun, 'new' | 'fixed' | 'persistent'> {
  readonly scope: string;
  /** The gaps of the run before, see collections/id-list.ts; undefined where there was none of this scope. */
  readonly before: { readonly startedAt: string | null; readonly sceneIds: Uint8Array } | undefined;
  /** The gaps the next run is compared with, encoded like those. */
  readonly sceneIds: Uint8Array;
}

/** Reads the history. */
export function readRunHistory(path: string): StateRead<RunHistory> {
  return readState(path, isRunHistory);
}

/** Holds a run against the last one of its scope. */
export function compareWithLast(earlier: RunHistory | undefined, found: FoundGaps): RunComparison {
  const { scope } = found;
  const last = earlier?.gaps.find((each) => each.scope === scope);
  const before = last && { startedAt: last.startedAt ?? null, sceneIds: last.sceneIds };
  return { scope, before, ...compareGaps(decodeIds(before?.sceneIds ?? new Uint8Array()), found) };
}

/** Adds a run to the history. @throws QueueError */
export async function writeRun(
  path: string,
  earlier: RunHistory | undefined,
  { scope, sceneIds, ...compared }: RunComparison,
  { startedAt, inserted }: Pick<PastRun, 'startedAt' | 'inserted'>,
): Promise<void> {
  const others = earlier?.gaps.filter((each) => each.scope !== scope) ?? [];
  const figures = { new: compared.new, fixed: compared.fixed, persistent: compared.persistent };
  const past: PastRun = { startedAt, finishedAt: new Date().toISOString(), ...figures, inserted };
  await writeState(path, {
    version: VERSION,
    runs: [past, ...(earlier?.runs ?? [])].slice(0, MAX_RUNS),
    gaps: [{ scope, startedAt, sceneIds }, ...others].slice(0, MAX_SCOPES),
  } satisfies RunHistory);
}

/** Both lists are ascending and are walked side by side. */
function compareGaps(
  before: Iterator<number>,
  { gaps, hasLookedAt }: FoundGaps,
): Pick<RunComparison, 'new' | 'fixed' | 'persistent' | 'sceneIds'> {
  const counts = { new: 0, fixed: 0, persistent: 0 };
  const kept = new IdEncoder();
  let old = before.next();
  const passOldOnes = (limit: number): void => {
    for (; old.done !== true && old.value < limit; old = before.next()) {
      if (hasLookedAt(old.value)) counts.fixed++;
      else kept.add(old.value);
    }
  };
  for (const sceneId of gaps) {
    passOldOnes(sceneId);
    const isOld = old.done !== true && old.value === sceneId;
    if (isOld) old = before.next();
    counts[isOld ? 'persistent' : 'new']++;
    kept.add(sceneId);
  }
  passOldOnes(Infinity);
  return { ...counts, sceneIds: kept.bytes() };
}

function isRunHistory(value: unknown): value is RunHistory {
  if (typeof value !== 'object' || value === null) return false;
  const { version, runs, gaps } = value as Partial<RunHistory>;
  return (
    version === VERSION && Array.isArray(runs) && runs.every(isPastRun) && Array.isArray(gaps) && gaps.every(isGaps)
  );
}

function isPastRun(value: unknown): value is PastRun {
  const run = (value ?? {}) as Partial<PastRun>;
  const { inserted } = run;
  const numbers = [run.new, run.fixed, run.persistent];
  if (inserted) numbers.push(inserted.first, inserted.last);
  const isWhole = numbers.every(Number.isInteger) && inserted !== undefined;
  return isWhole && typeof run.startedAt === 'string' && typeof run.finishedAt === 'string';
}

function isGaps(value: unknown): value is ScopeGaps {
  const { scope, sceneIds } = (value ?? {}) as Partial<ScopeGaps>;
  return typeof scope === 'string' && sceneIds instanceof Uint8Array;
}

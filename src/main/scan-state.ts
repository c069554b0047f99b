/** What a scan knows from files before it asks any server, and what it leaves for the next run. */
import type { PlexIndex } from '../shared/index/reader.js';
import type { LocalEngine } from './engine/local-engine.js';
import type { FallenClaim } from './merge/claims.js';
import type { Merge } from './merge/merge.js';
import type { ScanRun } from './scan-run.js';
import type { ScanOptions, SectionSummary } from './scan-types.js';
import type { DataPaths } from './state/data-dir.js';
import { readKnownMatches, writeKnownMatches, type KnownMatches } from './state/known-matches.js';
import { readLastRuns, writeLastRun, type LastRuns } from './state/last-run.js';
import type { StateRead } from './state/state-file.js';
import { readSyncTimestamps } from './state/sync-timestamps.js';
import type { IdTable } from '../shared/id-table.js';

/** Everything read from files. */
export interface ScanInputs {
  readonly syncTimestamps: IdTable;
  /** Undefined before the first good run. */
  readonly lastRuns: LastRuns | undefined;
  readonly knownMatches: KnownMatches | undefined;
}

/** Reads them; state that cannot be used is rebuilt, which is said. @throws ConfigError */
export function readInputs(run: ScanRun, options: ScanOptions, paths: DataPaths, local: LocalEngine): ScanInputs {
  const { table, warnings } = readSyncTimestamps(paths.syncTimestamps, local);
  warnings.forEach(run.warn);
  const usable = <T>(path: string, read: StateRead<T>): T | undefined => {
    if (read.kind === 'unusable') {
      const message = `${path} cannot be used (${read.reason}); it is rebuilt by this run`;
      run.warn({ code: 'state_rebuilt', message });
    }
    return read.kind === 'read' ? read.value : undefined;
  };
  return {
    syncTimestamps: table,
    lastRuns: usable(paths.lastRun, readLastRuns(paths.lastRun)),
    knownMatches: usable(paths.knownMatches, readKnownMatches(paths.knownMatches, serversOf(options))),
  };
}

/** Whether all scenes are checked; figures of partial scans say nothing about the library. */
export function isFullScan(options: ScanOptions): boolean {
  return options.since === undefined && options.ids === undefined;
}

/** What the next run is to know. */
export interface ScanOutcome {
  readonly index: PlexIndex;
  readonly merge: Merge;
  readonly fallen: readonly FallenClaim[];
  readonly sections: readonly SectionSummary[];
  readonly scope: string;
  /** Whether later runs may be compared with it. */
  readonly isGood: boolean;
}

/** Writes the state for the next run. @throws QueueError */
export function rememberRun(options: ScanOptions, paths: DataPaths, inputs: ScanInputs, outcome: ScanOutcome): void {
  const { index, merge, fallen, sections, scope, isGood } = outcome;
  const full = isFullScan(options);
  const judged = new Set(fallen.map(({ sceneId }) => sceneId));
  writeKnownMatches(paths.knownMatches, serversOf(options), {
    index,
    standing: merge.claims.standing(fallen),
    earlier: inputs.knownMatches,
    // A full scan has seen every scene there is: what it has not seen has been deleted.
    keepEarlier: (sceneId) => !judged.has(sceneId) && (!full || merge.hasSeen(sceneId)),
  });
  const { verdicts, checked } = merge;
  // With a library of no scenes there is nothing to compare.
  if (!full || !isGood || checked === 0) return;
  const finishedAt = new Date().toISOString();
  const figures = { scope, finishedAt, sections, scenes: checked, missing: verdicts.missing };
  writeLastRun(paths.lastRun, inputs.lastRuns, figures);
}

/** Scene ids and rating keys mean something for one pair of servers only. */
function serversOf({ stash, plex }: ScanOptions): string {
  return `${stash.url} ${plex.url}`;
}

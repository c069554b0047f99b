/** What a scan knows from files before it asks any server, and what it leaves for the next run. */
import type { LocalEngine } from '../engine/local-engine.js';
import type { IdTable } from '../engine/id-table.js';
import type { ScanOptions } from '../scan-types.js';
import type { Root } from '../roots/find-roots.js';
import type { DataPaths } from '../state/data-dir.js';
import { readKnownMatches, writeKnownMatches, type KnownMatches } from '../state/known-matches.js';
import { asRoots, readKnownRoots, writeKnownRoots } from '../state/known-roots.js';
import { readLastRuns, writeLastRun, type LastRuns } from '../state/last-run.js';
import { writeLastScan } from '../state/last-scan.js';
import type { StateRead } from '../state/state-file.js';
import { readSyncTimestamps } from '../state/sync-timestamps.js';
import type { Connected } from './connect.js';
import type { Diagnosed } from './diagnose.js';
import type { ScanRun } from './run.js';
import type { Settled } from './settle.js';

/** Everything read from files before a server is asked. */
export interface ScanInputs {
  readonly syncTimestamps: IdTable;
  /** Of every scope; undefined before the first good run. */
  readonly lastRuns: LastRuns | undefined;
}

/** Reads them; state that cannot be used is rebuilt, which is said. @throws ConfigError */
export function readInputs(run: ScanRun, paths: DataPaths, local: LocalEngine): ScanInputs {
  const { table, warnings } = readSyncTimestamps(paths.syncTimestamps, local, run.now);
  warnings.forEach(run.warn);
  return { syncTimestamps: table, lastRuns: usable(run, paths.lastRun, readLastRuns(paths.lastRun)) };
}

/** The matches of earlier runs with these servers. */
export function recallMatches({ run, paths, servers }: Connected): KnownMatches | undefined {
  if (servers === undefined) return undefined;
  return usable(run, paths.knownMatches, readKnownMatches(paths.knownMatches, servers));
}

/** The roots of earlier runs with these servers. */
export function recallRoots({ run, paths, servers }: Connected): Root[] {
  if (servers === undefined) return [];
  const known = usable(run, paths.knownRoots, readKnownRoots(paths.knownRoots, servers));
  return known === undefined ? [] : asRoots(known);
}

function usable<T>(run: ScanRun, path: string, read: StateRead<T>): T | undefined {
  if (read.kind === 'unusable') {
    const message = `${path} cannot be used (${read.reason}); it is rebuilt by this run`;
    run.warn({ code: 'state_rebuilt', message });
  }
  return read.kind === 'read' ? read.value : undefined;
}

/** Whether all scenes are checked; figures of partial scans say nothing about the library. */
export function isFullScan({ since, ids }: ScanOptions): boolean {
  return since === undefined && ids === undefined;
}

/** Whether every scene there is was checked, however it was asked for. */
export function hasCheckedAll({ options, extent }: Connected, { merge }: Settled): boolean {
  return options.since === undefined && merge.checked >= extent.count;
}

/** Whether it was asked of every scene which item it is. */
export function isWhole(connected: Connected, settled: Settled): boolean {
  const { in_sync, ignored } = settled.merge.verdicts;
  return hasCheckedAll(connected, settled) && in_sync + ignored === 0;
}

/** Writes the state for the next run. @throws QueueError */
export async function remember(connected: Connected, settled: Diagnosed): Promise<void> {
  const { paths, options, servers, inputs, scope, plausibility, allSections } = connected;
  const { merge, index, library, known, roots } = settled;
  const isFull = isFullScan(options);
  library.keep(allSections);
  if (servers !== undefined) {
    await writeKnownMatches(paths.knownMatches, servers, {
      index,
      proven: merge.claims.proven(),
      earlier: known,
      // A full scan has seen every scene there is: what it has not seen has been deleted.
      keepEarlier: (sceneId) => !merge.hasJudged(sceneId) && (!isFull || merge.hasSeen(sceneId)),
    });
  }
  const { verdicts, checked } = merge;
  if (servers !== undefined) {
    await writeKnownRoots(paths.knownRoots, servers, roots.forPaths, isWhole(connected, settled));
  }
  // With a library of no scenes there is nothing to compare.
  if (!isFull || !plausibility.isGood || checked === 0) return;
  const finishedAt = new Date().toISOString();
  const sections = library.sections.map(({ key, title, items }) => ({ key, title, items }));
  const figures = { scope, finishedAt, sections, scenes: checked, missing: verdicts.missing };
  await writeLastRun(paths.lastRun, inputs.lastRuns, figures);
}

/** Keeps what `explain` needs of a scan of everything. @throws QueueError */
export async function rememberScan({ paths }: Connected, found: Diagnosed, fingerprint: string): Promise<void> {
  const { merge, fallen, context } = found;
  const { newestUpdate, claims, missing } = merge;
  const finishedAt = Date.now() / 1000;
  const columns = { claims: claims.columns(), missing: missing.columns() };
  const kept = { fingerprint, finishedAt, newestUpdate, fallen, ...columns };
  await writeLastScan(paths.lastScan, kept, context.index);
}

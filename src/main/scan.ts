/**
 * The scan: Plex is read into an index, Stash is read against it, claims are settled, and only then is anything written.
 * Every failure before the queue phase leaves the queue as it was.
 */
import { randomUUID } from 'node:crypto';
import type { IndexBuilder } from '../shared/index/builder.js';
import { openIndex, type PlexIndex } from '../shared/index/reader.js';
import type { ScanContext } from '../shared/messages.js';
import { foldMappings } from '../shared/path.js';
import { GAP_KINDS } from '../shared/verdicts.js';
import { layContext } from './engine-context.js';
import { InterruptedError, ServerError } from './errors.js';
import { guardMissing, guardSections } from './guards.js';
import type { ServerConnection } from './http/server-connection.js';
import type { FallenClaim } from './merge/claims.js';
import { loadEngine, type LocalEngine } from './local-engine.js';
import { Merge } from './merge/merge.js';
import { connectPlex } from './plex/connection.js';
import { askSectionSize, readPlex, type PlexLibrary } from './plex/read-plex.js';
import { listSections, selectSections } from './plex/sections.js';
import { checkQueueFile } from './queue/check.js';
import { commitGaps, type CommitResult } from './queue/commit.js';
import { GapStage } from './queue/stage.js';
import { checkReports, writeReport } from './report/write-report.js';
import { ScanRun } from './scan-run.js';
import { isFullScan, readInputs, rememberRun, type ScanInputs } from './scan-state.js';
import type { ScanOptions, ScanSummary } from './scan-types.js';
import { connectStash } from './stash/connection.js';
import { askExtent, startProcessQueue, type SceneExtent } from './stash/questions.js';
import { SceneReader } from './stash/read-scenes.js';
import { dataPaths, type DataPaths } from './state/data-dir.js';
import { knownMatchTable } from './state/known-matches.js';
import { takeLock } from './state/lock.js';
import { chooseThreads, startRunner, type TaskRunner } from './worker-pool.js';

/** For how long a finished job is not repeated for an unchanged scene: a gap no job can close costs one job a week. */
const RETRY_AFTER_SECONDS = 7 * 24 * 3600;

/**
 * Compares all scenes with Plex and queues a sync job for every gap.
 * @throws GapscanError for every expected failure, see errors.ts; the queue is then untouched
 */
export async function scan(options: ScanOptions): Promise<ScanSummary> {
  const paths = dataPaths(options.dataDir, options.stateDir);
  checkReports(options.reports ?? []);
  checkQueueFile(paths.queueFile);
  // A dry run writes nothing at all, so it needs no lock and may run beside another.
  const lock = options.dryRun === true ? undefined : takeLock(paths.lock);
  try {
    return await runOnce(options, paths);
  } finally {
    lock?.release();
  }
}

async function runOnce(options: ScanOptions, paths: DataPaths): Promise<ScanSummary> {
  const run = new ScanRun(options);
  try {
    return await runPhases(run, options, paths);
  } catch (error: unknown) {
    // Once interrupted, everything in flight fails in its own way; the reason is the interruption.
    throw run.interrupted && !(error instanceof InterruptedError) ? new InterruptedError(error) : error;
  } finally {
    await run.close();
  }
}

/** What the phases work with. */
interface Scan {
  readonly run: ScanRun;
  readonly options: ScanOptions;
  readonly paths: DataPaths;
  readonly local: LocalEngine;
  readonly inputs: ScanInputs;
  readonly stash: ServerConnection;
  readonly plex: ServerConnection;
}

async function runPhases(run: ScanRun, options: ScanOptions, paths: DataPaths): Promise<ScanSummary> {
  const local = await loadEngine();
  const inputs = readInputs(run, options, paths, local);
  const stash = run.own(connectStash(options.stash, run.signal, run.emit));
  const plex = run.own(connectPlex(options.plex, run.signal, run.emit));
  const scanning: Scan = { run, options, paths, local, inputs, stash, plex };

  run.begin('plex');
  const { library, extent, runner } = await readLibraries(scanning);
  run.begin('index');
  const { index, context } = buildIndex(scanning, library.builder);
  run.begin('stash');
  const stage = run.own(new GapStage());
  const { merge, reader } = await judgeScenes(scanning, { index, context, runner, stage, extent });
  run.begin('merge');
  const fallen = await settleClaims(scanning, merge, reader);
  run.begin('queue');
  const committed = await writeJobs(scanning, stage);
  if (options.dryRun !== true)
    rememberRun(options, paths, inputs, { index, merge, fallen, sections: library.sections });

  const figures = {
    plex: { sections: library.sections, items: index.counts.items, files: index.counts.parts },
    scenes: { checked: merge.checked },
    verdicts: merge.verdicts,
    queue: committed.counts,
  };
  if (options.reports?.length) run.begin('report');
  for (const report of options.reports ?? []) writeReport(report, reportTexts(stage), run.summary(figures));
  return run.summary(figures);
}

interface Libraries {
  readonly library: PlexLibrary;
  readonly extent: SceneExtent;
  readonly runner: TaskRunner;
}

/** Reads all of Plex, after asking both servers how much there is. */
async function readLibraries({ run, options, local, inputs, stash, plex }: Scan): Promise<Libraries> {
  const sections = selectSections(await listSections(plex), options.libraries);
  const [extent, sizes] = await Promise.all([
    askExtent(stash, options.since),
    Promise.all(sections.map((section) => askSectionSize(plex, section))),
  ]);
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const runner = run.own(startRunner(options.threads ?? chooseThreads(total + extent.count), local));
  const reading = {
    plex,
    runner,
    local,
    expectedItems: total,
    plexDate: options.plexDate ?? 'auto',
    onProgress: (done: number) => {
      run.emit({ type: 'progress', phase: 'plex', done, total });
    },
    onWarning: run.warn,
  };
  const library = await readPlex(reading, sections);
  if (options.force !== true) guardSections(library.sections, inputs.lastRun);
  return { library, extent, runner };
}

/** Seals the index and puts together what every worker needs. */
function buildIndex(
  { options, local: { memory }, inputs }: Scan,
  builder: IndexBuilder,
): { index: PlexIndex; context: ScanContext } {
  const bytes = builder.finish(memory);
  const opened = openIndex(bytes, true);
  if (!opened.ok) throw new Error(`Internal error: the index just built cannot be opened: ${opened.reason}`);
  const reports = options.reports?.length ? (options.include ?? 'gaps') : 'none';
  const known = {
    id: randomUUID(),
    index: bytes,
    syncTimestamps: inputs.syncTimestamps,
    knownMatches: knownMatchTable(memory, opened.index, inputs.knownMatches),
    mappings: foldMappings(options.pathMappings ?? []),
    since: options.since,
    gaps: options.gaps ?? GAP_KINDS,
    allowUnsafeNames: options.allowUnsafeNames === true,
    lines: reports,
  } satisfies Omit<ScanContext, 'engineContextAt'>;
  const context = { ...known, engineContextAt: layContext(memory, opened.index, known) };
  return { index: opened.index, context };
}

interface Judging {
  readonly index: PlexIndex;
  readonly context: ScanContext;
  readonly runner: TaskRunner;
  readonly stage: GapStage;
  readonly extent: SceneExtent;
}

/** Reads all scenes; workers judge them, the merge counts and stages. */
async function judgeScenes(
  { run, options, local, stash }: Scan,
  judging: Judging,
): Promise<{ merge: Merge; reader: SceneReader }> {
  const { index, context, runner, stage, extent } = judging;
  const total = options.ids?.length ?? extent.count;
  const onProgress = (done: number) => {
    run.emit({ type: 'progress', phase: 'stash', done, total });
  };
  const merge = new Merge({ memory: local.memory, index, stage, lines: context.lines, onProgress });
  const reader = new SceneReader({ stash, runner, local, context, since: options.since, sink: merge });
  if (options.ids) await reader.readIds([...new Set(options.ids)], []);
  else await reader.readAll(extent);
  return { merge, reader };
}

/** An item belongs to one scene: those whose claim does not stand are read and judged again without it. */
async function settleClaims({ run, options, inputs }: Scan, merge: Merge, reader: SceneReader): Promise<FallenClaim[]> {
  const fallen = merge.claims.settle();
  merge.retract(fallen);
  const again = fallen.map(({ sceneId }) => sceneId);
  await reader.readIds(again, fallen);
  merge.warnings().forEach(run.warn);
  if (options.force !== true && isFullScan(options))
    guardMissing(merge.verdicts.missing, merge.checked, inputs.lastRun);
  return fallen;
}

/** The one write: all jobs or none. */
async function writeJobs({ run, options, paths, stash }: Scan, stage: GapStage): Promise<CommitResult> {
  const committed = await commitGaps(stage, {
    queueFile: paths.queueFile,
    dryRun: options.dryRun === true,
    retryFailed: options.retryFailed === true,
    retryAfterSeconds: options.retryAfterSeconds ?? RETRY_AFTER_SECONDS,
    now: Date.now() / 1000,
    signal: run.signal,
  });
  committed.warnings.forEach(run.warn);
  if (options.processQueue === true && options.dryRun !== true) await drain(run, stash);
  return committed;
}

/** The jobs are safe by now; that nobody could be asked to work on them is no failure of the scan. */
async function drain(run: ScanRun, stash: ServerConnection): Promise<void> {
  try {
    await startProcessQueue(stash);
  } catch (error: unknown) {
    if (!(error instanceof ServerError)) throw error;
    run.warn({
      code: 'process_queue_failed',
      message: `The jobs are queued, but "Process Queue" was not started: ${error.message}`,
    });
  }
}

function* reportTexts(stage: GapStage): Generator<string> {
  for (const { head, tail, action } of stage.reportLines()) yield head + JSON.stringify(action) + tail;
}

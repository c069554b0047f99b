/**
 * The scan: Plex is read into an index, Stash is read against it, claims are settled, and only then is anything written.
 * Every failure before the queue phase leaves the queue as it was.
 */
import { randomUUID } from 'node:crypto';
import { OutOfEngineMemory } from '../shared/engine/memory.js';
import type { IndexBuilder } from './plex-index/builder.js';
import { openIndex, type PlexIndex } from '../shared/index/reader.js';
import type { ItemFilter } from './plex-index/item-filter.js';
import type { ScanBasis, ScanContext } from '../shared/messages.js';
import { foldMappings } from '../shared/path.js';
import { GAP_KINDS } from '../shared/verdicts.js';
import { layBasis, layIndex } from './engine/context.js';
import { AfterCommit } from './after-commit.js';
import { ConfigError, InterruptedError, ServerError } from './errors.js';
import { guardMissing, guardSections } from './guards.js';
import type { ServerConnection } from './http/server-connection.js';
import type { FallenClaim } from './merge/claims.js';
import { loadEngine, type LocalEngine } from './engine/local-engine.js';
import { Merge } from './merge/merge.js';
import { connectPlex } from './plex/connection.js';
import { askSectionSize, readPlex, type PlexLibrary } from './plex/read-plex.js';
import { listSections, selectSections, type PlexSection } from './plex/sections.js';
import { checkQueueFile } from './queue/check.js';
import { commitGaps, type CommitResult } from './queue/commit.js';
import { GapStage } from './queue/stage.js';
import { checkReports } from './report/targets.js';
import { writeReport } from './report/write-report.js';
import { ScanRun } from './scan-run.js';
import { isFullScan, readInputs, rememberRun, type ScanInputs } from './scan-state.js';
import type { ScanOptions, ScanSummary } from './scan-types.js';
import { connectStash } from './stash/connection.js';
import { lookAhead, type Ahead } from './stash/look-ahead.js';
import { isLightPlan } from './stash/ranges.js';
import { askExtent, startProcessQueue, type SceneExtent } from './stash/questions.js';
import { SceneReader } from './stash/read-scenes.js';
import { dataPaths, type DataPaths } from './state/data-dir.js';
import { knownMatchTable } from './state/known-matches.js';
import { guardedPaths } from './state/guarded-paths.js';
import { takeLock } from './state/lock.js';
import { checkStateFiles } from './state/state-file.js';
import { chooseThreads, startRunner, type TaskRunner } from './engine/worker-pool.js';

/** For how long a finished job is not repeated for an unchanged scene: a gap no job can close costs one job a week. */
const RETRY_AFTER_SECONDS = 7 * 24 * 3600;

/**
 * Compares all scenes with Plex and queues a sync job for every gap.
 * @throws GapscanError for every expected failure, see errors.ts; the queue is then untouched
 */
export async function scan(options: ScanOptions): Promise<ScanSummary> {
  const paths = dataPaths(options.dataDir, options.stateDir);
  checkReports(options.reports ?? [], guardedPaths(paths, options));
  checkQueueFile(paths.queueFile, options.dryRun === true ? 'read' : 'write');
  // A dry run writes nothing at all, so it needs no lock and may run beside another.
  const lock = options.dryRun === true ? undefined : takeLock(paths.lock);
  try {
    if (lock) checkStateFiles([paths.lastRun, paths.knownMatches]);
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
    throw run.interrupted && !(error instanceof InterruptedError) ? new InterruptedError(error) : explain(error);
  } finally {
    await run.close();
  }
}

/** Too little memory is nobody's bug. */
function explain(error: unknown): unknown {
  if (!(error instanceof OutOfEngineMemory)) return error;
  const hint = 'Scan fewer libraries at a time (--library).';
  return new ConfigError(error.message, { code: 'out_of_memory', hint, cause: error });
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
  const servers = await askServers(scanning);
  const ahead = await judgeScenes(scanning, servers, true);
  // Judged by a part of the index, a match may turn out to need the whole.
  const judged = ahead.merge.isIndexTooSmall ? await judgeScenes(scanning, servers, false) : ahead;
  const { merge, stage, index, library } = judged;
  run.begin('merge');
  const fallen = await settleClaims(scanning, judged);
  run.begin('queue');
  const committed = await writeJobs(scanning, stage);
  const after = new AfterCommit(options.dryRun === true ? undefined : committed.counts, run.warn);
  if (options.dryRun !== true) {
    const outcome = { index, merge, fallen, sections: library.sections };
    after.attempt('state', () => {
      rememberRun(options, paths, inputs, outcome);
    });
  }

  const figures = {
    plex: { sections: library.sections, items: library.items, files: library.files },
    scenes: { checked: merge.checked },
    verdicts: merge.verdicts,
    queue: committed.counts,
  };
  if (options.reports?.length) run.enter('report');
  for (const report of options.reports ?? []) {
    after.attempt('report', () => {
      writeReport(report, reportTexts(stage), run.summary(figures));
    });
  }
  return { ...run.summary(figures), ...after.failure };
}

/** How much there is to read, and who works on it. */
interface Servers {
  readonly sections: readonly PlexSection[];
  /** Items in these sections, as Plex counts them. */
  readonly items: number;
  readonly extent: SceneExtent;
  /** Few scenes will have to be judged, or it pays to find out first how many. */
  readonly isLight: boolean;
  readonly runner: TaskRunner;
}

/** Asks both servers how much there is. */
async function askServers({ run, options, local, inputs, stash, plex }: Scan): Promise<Servers> {
  const sections = selectSections(await listSections(plex), options.libraries);
  const [extent, sizes] = await Promise.all([
    askExtent(stash, options.since),
    Promise.all(sections.map((section) => askSectionSize(plex, section))),
  ]);
  const items = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const { syncTimestamps } = inputs;
  const plan = { extent, syncTimestamps, fullOnly: linesOf(options) === 'all' };
  const isLight = options.ids !== undefined || isLightPlan(plan);
  const threads = options.threads ?? chooseThreads({ items, scenes: extent.count, isLight });
  return { sections, items, extent, isLight, runner: run.own(startRunner(threads, local)) };
}

/** Every scene with its verdict. */
interface Judged {
  readonly library: PlexLibrary;
  readonly index: PlexIndex;
  readonly context: ScanContext;
  readonly merge: Merge;
  readonly stage: GapStage;
  readonly reader: SceneReader;
  readonly ahead: Ahead | undefined;
}

/** Reads both libraries; workers judge the scenes, the merge counts and stages. */
async function judgeScenes(scanning: Scan, servers: Servers, mayLookAhead: boolean): Promise<Judged> {
  const { run, options, local, inputs, stash } = scanning;
  const { runner, extent, isLight } = servers;
  const basis = layBasis(local.memory, describeScan(options, inputs));
  const ids = options.ids && [...new Set(options.ids)];
  const onProgress = (done: number) => {
    run.emit({ type: 'progress', phase: 'stash', done, total: ids?.length ?? extent.count });
  };
  const stage = run.own(new GapStage());
  const merge = new Merge({ memory: local.memory, stage, lines: basis.lines, onProgress });
  const reader = new SceneReader({ stash, runner, local, basis, since: options.since, sink: merge });
  const onLook = () => {
    run.begin('stash');
  };
  const looking = { reader, extent, ids, knownMatches: inputs.knownMatches, memory: local.memory, onLook };
  const ahead = mayLookAhead && isLight ? await lookAhead(looking) : undefined;
  if (ahead) run.begin('plex');
  const library = await readItems(scanning, servers, ahead?.few?.filter);
  run.begin('index');
  const { index, context } = buildIndex(scanning, basis, library.builder);
  merge.useIndex(index, ahead?.few?.filter);
  run.begin('stash');
  if (ahead?.few) await reader.classifyHeld(ahead.few.pages, context);
  else if (ahead ?? ids) await reader.readIds(ahead?.needed ?? ids ?? [], context);
  else await reader.readAll(extent, context);
  return { library, index, context, merge, stage, reader, ahead };
}

/** The part of a scan's description that is the user's. */
function describeScan(options: ScanOptions, inputs: ScanInputs): Omit<ScanBasis, 'engineContextAt'> {
  return {
    id: randomUUID(),
    syncTimestamps: inputs.syncTimestamps,
    mappings: foldMappings(options.pathMappings ?? []),
    since: options.since,
    gaps: options.gaps ?? GAP_KINDS,
    allowUnsafeNames: options.allowUnsafeNames === true,
    lines: linesOf(options),
  };
}

/** Which scenes get a report line. */
function linesOf({ reports, include }: ScanOptions): ScanBasis['lines'] {
  return reports?.length ? (include ?? 'gaps') : 'none';
}

/** Reads all of Plex; of its items only those of the filter, if there is one, are kept. */
async function readItems(
  { run, options, local, inputs, plex }: Scan,
  { sections, items, runner }: Servers,
  filter: ItemFilter | undefined,
): Promise<PlexLibrary> {
  const reading = {
    plex,
    runner,
    local,
    expectedItems: items,
    plexDate: options.plexDate ?? 'auto',
    filter,
    onProgress: (done: number) => {
      run.emit({ type: 'progress', phase: 'plex', done, total: items });
    },
    onWarning: run.warn,
  };
  const library = await readPlex(reading, sections);
  if (options.force !== true) guardSections(library.sections, inputs.lastRun);
  return library;
}

/** Seals the index and tells the engine where it is. */
function buildIndex(
  { local: { memory }, inputs }: Scan,
  basis: ScanBasis,
  builder: IndexBuilder,
): { index: PlexIndex; context: ScanContext } {
  const bytes = builder.finish(memory);
  const opened = openIndex(bytes, true);
  if (!opened.ok) throw new Error(`Internal error: the index just built cannot be opened: ${opened.reason}`);
  const { index } = opened;
  const known = knownMatchTable(memory, index, inputs.knownMatches);
  return { index, context: layIndex(memory, basis, bytes, index, known) };
}

/** An item belongs to one scene: those whose claim does not stand are judged again without it. */
async function settleClaims({ run, options, inputs }: Scan, judged: Judged): Promise<FallenClaim[]> {
  const { merge, reader, context, ahead } = judged;
  const fallen = merge.claims.settle();
  merge.retract(fallen);
  const again = fallen.map(({ sceneId }) => sceneId);
  // What was read ahead is judged by what was read: a file renamed meanwhile could have a name the index does not hold.
  if (ahead?.few && fallen.length > 0) await reader.classifyHeld(ahead.few.pages, context, fallen);
  else await reader.readIds(again, context, fallen);
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
    ...(options.limit !== undefined && { limit: options.limit }),
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

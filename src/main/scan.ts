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
import { ConfigError, InterruptedError, ServerError } from './errors.js';
import type { ServerConnection } from './http/server-connection.js';
import type { FallenClaim } from './merge/claims.js';
import { loadEngine, type LocalEngine } from './engine/local-engine.js';
import { Merge } from './merge/merge.js';
import { checkDataDir, neverRan } from './plausibility/check-data-dir.js';
import { checkScenes } from './plausibility/check-scenes.js';
import { checkSections, emptySectionWarnings } from './plausibility/check-sections.js';
import { Plausibility } from './plausibility/plausibility.js';
import { connectPlex } from './plex/connection.js';
import { askMachineIdentifier } from './plex/identity.js';
import { askSectionSize, readPlex, type PlexLibrary } from './plex/read-plex.js';
import { listSections, selectSections, type PlexSection } from './plex/sections.js';
import { checkQueueFile } from './queue/check.js';
import { commitGaps, type CommitResult } from './queue/commit.js';
import { GapStage } from './queue/stage.js';
import { checkReports, writeReport } from './report/write-report.js';
import { ScanRun } from './scan-run.js';
import { isFullScan, readInputs, rememberRun, type ScanInputs } from './scan-state.js';
import type { ScanOptions, ScanSummary } from './scan-types.js';
import { connectStash } from './stash/connection.js';
import { lookAhead, type Ahead } from './stash/look-ahead.js';
import { isLightPlan } from './stash/ranges.js';
import { askExtent, assertStashReady, startProcessQueue, type SceneExtent } from './stash/questions.js';
import { SceneReader } from './stash/read-scenes.js';
import { dataPaths, inspectDataDir, type DataDirState, type DataPaths } from './state/data-dir.js';
import { knownMatchTable } from './state/known-matches.js';
import { lastRunOf, scopeOf, type LastRun } from './state/last-run.js';
import { takeLock } from './state/lock.js';
import { chooseThreads, startRunner, type TaskRunner } from './engine/worker-pool.js';

/** For how long a finished job is not repeated for an unchanged scene: a gap no job can close costs one job a week. */
const RETRY_AFTER_SECONDS = 7 * 24 * 3600;

/**
 * Compares all scenes with Plex and queues a sync job for every gap.
 * @throws GapscanError for every expected failure, see errors.ts; the queue is then untouched
 */
export async function scan(options: ScanOptions): Promise<ScanSummary> {
  const paths = dataPaths(options.dataDir, options.stateDir);
  const plausibility = new Plausibility({ force: options.force === true, lastRunFile: paths.lastRun });
  const dataDir = inspectDataDir(options.dataDir);
  plausibility.judge(checkDataDir(options.dataDir, dataDir, options.dryRun === true));
  checkReports(options.reports ?? []);
  checkQueueFile(paths.queueFile);
  // A dry run writes nothing at all, so it needs no lock and may run beside another.
  const lock = options.dryRun === true ? undefined : takeLock(paths.lock);
  try {
    return await runOnce(options, paths, plausibility, dataDir);
  } finally {
    lock?.release();
  }
}

async function runOnce(
  options: ScanOptions,
  paths: DataPaths,
  plausibility: Plausibility,
  dataDir: DataDirState,
): Promise<ScanSummary> {
  const run = new ScanRun(options);
  try {
    if (dataDir.kind === 'never_ran') run.warn({ code: 'plugin_never_ran', message: neverRan(dataDir.plugin) });
    return await runPhases(run, options, paths, plausibility);
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
  readonly plausibility: Plausibility;
}

async function runPhases(
  run: ScanRun,
  options: ScanOptions,
  paths: DataPaths,
  plausibility: Plausibility,
): Promise<ScanSummary> {
  const local = await loadEngine();
  const inputs = readInputs(run, options, paths, local);
  const stash = run.own(connectStash(options.stash, run.signal, run.emit));
  const plex = run.own(connectPlex(options.plex, run.signal, run.emit));
  const scanning: Scan = { run, options, paths, local, inputs, stash, plex, plausibility };

  run.begin('plex');
  const servers = await askServers(scanning);
  const ahead = await judgeScenes(scanning, servers, true);
  // Judged by a part of the index, a match may turn out to need the whole.
  const judged = ahead.merge.isIndexTooSmall ? await judgeScenes(scanning, servers, false) : ahead;
  const { merge, stage, index, library } = judged;
  run.begin('merge');
  const fallen = await settleClaims(scanning, servers, judged);
  run.begin('queue');
  const committed = await writeJobs(scanning, stage);
  if (options.dryRun !== true)
    rememberRun(options, paths, inputs, {
      index,
      merge,
      fallen,
      sections: library.sections,
      scope: servers.scope,
      isGood: plausibility.isGood,
    });

  const figures = {
    plex: { sections: library.sections, items: library.items, files: library.files },
    scenes: { checked: merge.checked },
    verdicts: merge.verdicts,
    queue: committed.counts,
  };
  if (options.reports?.length) run.begin('report');
  for (const report of options.reports ?? []) writeReport(report, reportTexts(stage), run.summary(figures));
  return run.summary(figures);
}

/** How much there is to read, and who works on it. */
interface Servers {
  readonly sections: readonly PlexSection[];
  /** All libraries there are, also those not chosen. */
  readonly listed: readonly PlexSection[];
  readonly scope: string;
  /** The last good run of this scope. */
  readonly last: LastRun | undefined;
  /** Items in these sections, as Plex counts them. */
  readonly items: number;
  readonly extent: SceneExtent;
  /** Few scenes will have to be judged, or it pays to find out first how many. */
  readonly isLight: boolean;
  readonly runner: TaskRunner;
}

/** Asks both servers how much there is. */
async function askServers({ run, options, local, inputs, stash, plex }: Scan): Promise<Servers> {
  await assertStashReady(stash);
  const machineIdentifier = await askMachineIdentifier(plex);
  const listed = await listSections(plex);
  const sections = selectSections(listed, options.libraries);
  const scope = scopeOf({
    stashUrl: options.stash.url,
    machineIdentifier,
    plexUrl: options.plex.url,
    sections: options.libraries?.length ? sections.map(({ key }) => key) : undefined,
  });
  const [extent, sizes] = await Promise.all([
    askExtent(stash, options.since),
    Promise.all(sections.map((section) => askSectionSize(plex, section))),
  ]);
  const items = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const { syncTimestamps } = inputs;
  const plan = { extent, syncTimestamps, fullOnly: linesOf(options) === 'all' };
  const isLight = options.ids !== undefined || isLightPlan(plan);
  const threads = options.threads ?? chooseThreads({ items, scenes: extent.count, isLight });
  const last = lastRunOf(inputs.lastRuns, scope);
  return { sections, listed, scope, last, items, extent, isLight, runner: run.own(startRunner(threads, local)) };
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
  { run, options, local, plex, plausibility }: Scan,
  { sections, listed, last, items, runner }: Servers,
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
  const keys = options.libraries?.length ? undefined : listed.map(({ key }) => key);
  const toCheck = { found: library.found, listed: keys, last };
  emptySectionWarnings(toCheck).forEach(run.warn);
  plausibility.judge(checkSections(toCheck));
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
async function settleClaims(
  { run, options, plausibility }: Scan,
  { last }: Servers,
  judged: Judged,
): Promise<FallenClaim[]> {
  const { merge, reader, context, ahead } = judged;
  const fallen = merge.claims.settle();
  merge.retract(fallen);
  const again = fallen.map(({ sceneId }) => sceneId);
  // What was read ahead is judged by what was read: a file renamed meanwhile could have a name the index does not hold.
  if (ahead?.few && fallen.length > 0) await reader.classifyHeld(ahead.few.pages, context, fallen);
  else await reader.readIds(again, context, fallen);
  merge.warnings().forEach(run.warn);
  if (isFullScan(options)) plausibility.judge(checkScenes({ verdicts: merge.verdicts, checked: merge.checked, last }));
  plausibility.warnings.forEach(run.warn);
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

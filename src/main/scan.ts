/**
 * The scan: Plex is read into an index, Stash is read against it, claims are settled, and only then is anything written.
 * Every failure before the queue phase leaves the queue as it was.
 */
import { OutOfEngineMemory } from '../shared/engine/memory.js';
import { checkScanOptions } from './config/check-options.js';
import { ConfigError, InterruptedError } from './errors.js';
import { checkDataDir, neverRan } from './plausibility/check-data-dir.js';
import { Plausibility } from './plausibility/plausibility.js';
import { checkQueueFile } from './queue/check.js';
import { AfterCommit, type LeftToDo } from './scan/after-commit.js';
import { askServers, type Asked } from './scan/ask-servers.js';
import { mergeChanges } from './report/line-changes.js';
import { checkReports } from './report/targets.js';
import { writeReport, type ReportContent } from './report/write-report.js';
import { connect, type Connected, type ScanSetup } from './scan/connect.js';
import { diagnose, missingLines, rootSummaries, type Diagnosed } from './scan/diagnose.js';
import { judgeLibrary } from './scan/judge-library.js';
import { askFingerprint } from './scan/fingerprint.js';
import { isFullScan, remember, rememberScan } from './scan/memory.js';
import { compareRun, noteRun, type ComparedRun } from './scan/note-run.js';
import { ScanRun, type SummaryFigures } from './scan/run.js';
import { settle } from './scan/settle.js';
import { writeJobs, type WrittenJobs } from './scan/write-jobs.js';
import type { ScanOptions, ScanSummary } from './scan-types.js';
import { GAP_KINDS, VERDICTS } from '../shared/verdicts.js';
import { keepFindings } from './scan/keep-findings.js';
import { dataPaths, inspectDataDir } from './state/data-dir.js';
import { guardedPaths } from './state/guarded-paths.js';
import { takeLock } from './state/lock.js';
import { checkStateFiles } from './state/state-file.js';

/**
 * Compares all scenes with Plex and queues a sync job for every gap.
 * @throws GapscanError for every expected failure, see errors.ts; the queue is then untouched
 */
export async function scan(options: ScanOptions): Promise<ScanSummary> {
  checkScanOptions(options);
  const paths = dataPaths(options.dataDir, options.stateDir);
  const plausibility = new Plausibility({ force: options.force === true, lastRunFile: paths.lastRun });
  const dataDir = inspectDataDir(options.dataDir);
  plausibility.judge(checkDataDir(options.dataDir, dataDir, options.dryRun === true));
  checkReports(options.reports ?? [], guardedPaths(paths, options));
  checkQueueFile(paths.queueFile, options.dryRun === true ? 'read' : 'write');
  // A dry run writes nothing at all, so it needs no lock and may run beside another.
  const lock = options.dryRun === true ? undefined : takeLock(paths.lock);
  try {
    if (lock)
      checkStateFiles([
        paths.lastRun,
        paths.knownMatches,
        paths.knownRoots,
        paths.lastScan,
        paths.runHistory,
        paths.findings,
      ]);
    const run = new ScanRun(options);
    if (dataDir.kind === 'never_ran') run.warn({ code: 'plugin_never_ran', message: neverRan(dataDir.plugin) });
    return await runOnce({ run, options, paths, plausibility });
  } finally {
    lock?.release();
  }
}

async function runOnce(setup: ScanSetup): Promise<ScanSummary> {
  const { run } = setup;
  try {
    return await runSteps(setup);
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

/** Whether what is found is what a scan of everything finds, and may be written down. */
const isRemembered = (options: ScanOptions): boolean =>
  options.dryRun !== true && options.audit !== true && isFullScan(options);

async function runSteps(setup: ScanSetup): Promise<ScanSummary> {
  const { run, options } = setup;
  const connected = await connect(setup);
  const fingerprint = isRemembered(options) ? await askFingerprint(connected) : undefined;
  const judged = await judgeLibrary(connected);
  const found = diagnose(connected, await settle(connected, judged));
  const compared = compareRun(connected, found);
  const committed = await writeJobs(connected, found);
  const after = new AfterCommit(options.dryRun === true ? undefined : committed.counts, run.warn);
  const asked = await askServers(connected, found);
  asked.errors.forEach((error) => {
    after.note(error);
  });
  const figures = figuresOf(found, compared, committed, asked);
  if (options.reports?.length) run.enter('report');
  await after.attempt([
    ...(options.dryRun === true ? [] : memoryOf(connected, found, { fingerprint, compared, committed })),
    ...reportsOf(connected, found, { summary: run.summary(figures), compared }),
  ]);
  return { ...run.summary(figures), ...after.failure };
}

/** What is known of a run once its jobs are written. */
interface RunEnd {
  /** Undefined where the scan is not one that `explain` may rest on. */
  readonly fingerprint: string | undefined;
  readonly compared: ComparedRun;
  readonly committed: WrittenJobs;
}

/** What the next run, `explain`, `status` and `list` are left; the largest first: it is written while the others are put together. */
function memoryOf(connected: Connected, found: Diagnosed, { fingerprint, compared, committed }: RunEnd): LeftToDo[] {
  const steps = [
    ...(fingerprint === undefined ? [] : [() => rememberScan(connected, found, fingerprint)]),
    () => remember(connected, found),
    () => noteRun(connected, compared, committed),
    () => keepFindings(connected, found),
  ];
  return steps.map((write) => ({ what: 'state', write }));
}

function reportsOf(
  { options }: Connected,
  found: Diagnosed,
  { summary, compared }: { readonly summary: ScanSummary; readonly compared: ComparedRun },
): LeftToDo[] {
  const content: ReportContent = {
    lines: found.spool,
    choice: { verdicts: options.include === 'all' ? VERDICTS : GAP_KINDS },
    changes: () => mergeChanges(found.stage.changedGaps(), missingLines(found)),
    summary,
    earlierGaps: compared.comparison.before?.sceneIds,
  };
  const reports = options.reports ?? [];
  return reports.map((report) => ({ what: 'report', write: () => writeReport(report, content, options) }));
}

function figuresOf(
  { library, merge, roots, missing }: Diagnosed,
  { comparison }: ComparedRun,
  { counts }: WrittenJobs,
  asked: Asked,
) {
  const { before, ...changes } = comparison;
  return {
    plex: { sections: library.sections, items: library.items, files: library.files },
    scenes: { checked: merge.checked },
    verdicts: merge.verdicts,
    queue: counts,
    sinceLastRun: before
      ? {
          startedAt: before.startedAt,
          new: changes.new,
          fixed: changes.fixed,
          persistent: changes.persistent,
        }
      : null,
    roots: rootSummaries(roots),
    missing,
    ...asked.figures,
  } satisfies SummaryFigures;
}

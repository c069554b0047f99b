/** The fifth step, and the only one that writes to the queue: all jobs or none. */
import { commitGaps, type CommitResult } from '../queue/commit.js';
import type { ScanOptions } from '../scan-types.js';
import type { Connected } from './connect.js';
import type { Settled } from './settle.js';

/** For how long a finished job is not repeated for an unchanged scene: a gap no job can close costs one job a week. */
const RETRY_AFTER_SECONDS = 7 * 24 * 3600;

/** When a job is repeated. */
export function repeatRules({ retryFailed = false, retryAfterSeconds = RETRY_AFTER_SECONDS }: ScanOptions) {
  return { retryFailed, retryAfterSeconds };
}

/** What was written. */
export interface WrittenJobs extends CommitResult {
  /** Epoch seconds: the timestamp of the new rows. */
  readonly queuedAt: number;
}

/** Decides about every gap and writes the jobs. @throws QueueError, InterruptedError */
export async function writeJobs(connected: Connected, settled: Settled): Promise<WrittenJobs> {
  const { run, options, paths } = connected;
  run.begin('queue');
  const queuedAt = Date.now() / 1000;
  const committed = await commitGaps(settled.stage, {
    queueFile: paths.queueFile,
    dryRun: options.dryRun === true,
    limit: options.limit,
    ...repeatRules(options),
    now: queuedAt,
    signal: run.signal,
  });
  committed.warnings.forEach(run.warn);
  return { ...committed, queuedAt };
}

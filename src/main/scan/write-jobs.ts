/** The fourth step, and the only one that writes to the queue: all jobs or none. */
import { ServerError } from '../errors.js';
import { commitGaps, type CommitResult } from '../queue/commit.js';
import { startProcessQueue } from '../stash/questions.js';
import type { Connected } from './connect.js';
import type { Settled } from './settle.js';

/** For how long a finished job is not repeated for an unchanged scene: a gap no job can close costs one job a week. */
const RETRY_AFTER_SECONDS = 7 * 24 * 3600;

/** Decides about every gap and writes the jobs. @throws QueueError, InterruptedError */
export async function writeJobs(connected: Connected, { stage }: Settled): Promise<CommitResult> {
  const { run, options, paths } = connected;
  run.begin('queue');
  const committed = await commitGaps(stage, {
    queueFile: paths.queueFile,
    dryRun: options.dryRun === true,
    retryFailed: options.retryFailed === true,
    limit: options.limit,
    retryAfterSeconds: options.retryAfterSeconds ?? RETRY_AFTER_SECONDS,
    now: Date.now() / 1000,
    signal: run.signal,
  });
  committed.warnings.forEach(run.warn);
  if (options.processQueue === true && options.dryRun !== true) await drain(connected);
  return committed;
}

/** The jobs are safe by now; that nobody could be asked to work on them is no failure of the scan. */
async function drain({ run, stash }: Connected): Promise<void> {
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

/** Asks Stash to let the plugin work on the queue. The jobs are safe by now, and nothing here takes them back. */
import { ServerError } from '../errors.js';
import { plural } from '../output/format.js';
import { readRowFacts } from '../queue/row-facts.js';
import type { GapStage } from '../queue/stage.js';
import { askJobs, isActive, startProcessQueue, type StashJob } from '../stash/jobs.js';
import type { SummaryError } from '../scan-types.js';
import type { Connected } from './connect.js';
import { nameOfPath, ownersOfNames } from './name-owners.js';
import type { Settled } from './settle.js';

/** The job that was started in Stash, why there is none, or neither: one is there already. */
export type DrainAnswer =
  | { readonly kind: 'started'; readonly jobId: string }
  | { readonly kind: 'there_already' }
  | { readonly kind: 'failed'; readonly error: SummaryError };

/** Starts the plugin's task, unless it is running or waiting already. */
export async function processQueue(connected: Connected, settled: Settled): Promise<DrainAnswer> {
  const { run, stash } = connected;
  warnOfMissing(connected, settled);
  try {
    const task = (await askJobs(stash)).find(isProcessQueue);
    if (task === undefined) return { kind: 'started', jobId: await startProcessQueue(stash) };
    const doing = task.status === 'RUNNING' ? 'is running' : 'is waiting for its turn';
    const message = `"Process Queue" ${doing} in Stash already (job ${task.id}), so no other was started`;
    run.warn({ code: 'process_queue_running', message });
    return { kind: 'there_already' };
  } catch (error: unknown) {
    if (!(error instanceof ServerError)) throw error;
    return { kind: 'failed', error: failureOf(error) };
  }
}

const isProcessQueue = (job: StashJob): boolean => isActive(job) && /\bprocess queue\b/i.test(job.description);

function failureOf({ message, hint }: ServerError): SummaryError {
  const isUnknown = /plugin.*not found|no plugin/i.test(message);
  return {
    code: 'process_queue_failed',
    message: `The jobs are queued, but "Process Queue" was not started: ${message}`,
    hint: isUnknown
      ? 'Install and enable the plugin Stash2Plex in Stash, then start its task "Process Queue" there.'
      : (hint ?? 'Start the task "Process Queue" of Stash2Plex in Stash.'),
  };
}

/** Measured: one job for a scene Plex lacks is tried for two hours, and all that time no other task of Stash begins. */
function warnOfMissing({ run }: Connected, { stage, index }: Settled): void {
  const names = [...waitingNames(stage)];
  const owners = ownersOfNames(index, new Set(names));
  const rows = names.filter((name) => !owners.has(name)).length;
  if (rows === 0) return;
  const [them, are] = rows === 1 ? ['it', 'is'] : ['them', 'are'];
  run.warn({
    code: 'jobs_for_missing',
    message:
      `${plural(rows, 'job')} ${are} for scenes Plex does not have: for up to two hours of trying ${them} no other task of Stash begins; ` +
      'gapscan queue drop --missing takes such jobs out, --gaps empty,stale queues none',
  });
}

function* waitingNames(stage: GapStage): Generator<string> {
  for (const data of stage.jobsAtWork()) {
    const { path } = readRowFacts(data);
    if (path !== null) yield nameOfPath(path);
  }
}

/** Stash's own job queue: one task runs at a time, the others wait. */
import type { ServerConnection } from '../http/server-connection.js';
import { ask, member, textOrUndefined } from './ask.js';
import { JOBS_QUERY, PROCESS_QUEUE_MUTATION } from './queries.js';

/** A task in Stash. */
export interface StashJob {
  readonly id: string;
  /** `READY` waits, `RUNNING` runs. */
  readonly status: string;
  /** As Stash words it: `Scanning...`, `Running plugin task: Process Queue`. */
  readonly description: string;
}

/** What runs and what waits in Stash. @throws ServerError */
export function askJobs(stash: ServerConnection): Promise<readonly StashJob[]> {
  return ask(stash, { document: JOBS_QUERY, variables: {} }, 'the job queue', jobsIn);
}

/** The tasks of an answer; an idle Stash says null. Undefined where it says something else. */
export function jobsIn(data: unknown): StashJob[] | undefined {
  const list = member(data, 'jobQueue') ?? [];
  if (!Array.isArray(list)) return undefined;
  return list.map((job: unknown) => ({
    id: textOrUndefined(member(job, 'id')) ?? '',
    status: textOrUndefined(member(job, 'status')) ?? '',
    description: textOrUndefined(member(job, 'description')) ?? '',
  }));
}

/** Whether it runs or will. */
export function isActive({ status }: StashJob): boolean {
  return status === 'RUNNING' || status === 'READY';
}

/** Whether it changes what a scan reads. */
export function changesScenes(job: StashJob): boolean {
  return isActive(job) && /\b(?:scanning|identify(?:ing)?)\b/i.test(job.description);
}

/**
 * Asks Stash to run the plugin's "Process Queue" task, once: asked again after a failure it might start two.
 * @returns the id of the job in Stash @throws ServerError
 */
export function startProcessQueue(stash: ServerConnection): Promise<string> {
  const question = { document: PROCESS_QUEUE_MUTATION, variables: {}, isFinal: true, isOnce: true };
  return ask(stash, question, 'the id of a job', (data) => textOrUndefined(member(data, 'runPluginTask')));
}

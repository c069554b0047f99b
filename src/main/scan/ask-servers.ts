/** The sixth step: what the servers are asked to do, now that the jobs are queued. Nothing is waited for. */
import type { ScanSummary, SummaryError } from '../scan-types.js';
import type { Connected } from './connect.js';
import type { Diagnosed } from './diagnose.js';
import { processQueue } from './process-queue.js';
import { refreshPlex } from './refresh-plex.js';

/** What came of it. */
export interface Asked {
  readonly figures: Pick<ScanSummary, 'refreshPlex' | 'processQueue'>;
  readonly errors: readonly SummaryError[];
}

/** Asks Plex first: what it finds until its turn comes, a job for a scene that was missing finds too. @throws InterruptedError */
export async function askServers(connected: Connected, found: Diagnosed): Promise<Asked> {
  const { options } = connected;
  const isReal = options.dryRun !== true;
  const refresh = options.refreshPlex === true && isReal ? await refreshPlex(connected, found) : undefined;
  const drain = options.processQueue === true && isReal ? await processQueue(connected, found) : undefined;
  return {
    figures: {
      ...(options.refreshPlex === true && { refreshPlex: refresh?.asked ?? [] }),
      ...(drain?.kind === 'started' && { processQueue: { jobId: drain.jobId } }),
    },
    errors: [...(refresh?.error ? [refresh.error] : []), ...(drain?.kind === 'failed' ? [drain.error] : [])],
  };
}

/** Leaves a note of the run for `status` and for `queue drop --run last`. */
import { readRunHistory, writeRun } from '../state/run-history.js';
import type { Connected } from './connect.js';
import { isFullScan } from './memory.js';
import type { Settled } from './settle.js';
import type { WrittenJobs } from './write-jobs.js';

/** Adds the run to the history. @throws QueueError */
export function noteRun({ run, options, paths, scope }: Connected, settled: Settled, written: WrittenJobs): void {
  const { merge } = settled;
  const earlier = readRunHistory(paths.runHistory);
  if (earlier.kind === 'unusable') {
    const message = `${paths.runHistory} cannot be used (${earlier.reason}); the history begins again`;
    run.warn({ code: 'state_rebuilt', message });
  }
  const { inserted, queuedAt } = written;
  writeRun(paths.runHistory, earlier.kind === 'read' ? earlier.value : undefined, {
    scope,
    startedAt: new Date(run.now * 1000).toISOString(),
    inserted: inserted && { ...inserted, timestamp: queuedAt },
    gaps: lasting(settled),
    // A full scan has looked at every scene there is; what it has not seen has been deleted.
    hasLookedAt: (sceneId) => isFullScan(options) || merge.hasSeen(sceneId),
  });
}

/** The gaps that any run finds: what only an audit calls lost would seem to be fixed to a run without one. */
function* lasting({ merge, stage }: Settled): Generator<number> {
  for (const sceneId of stage.sceneIds()) if (!merge.isLost(sceneId)) yield sceneId;
}

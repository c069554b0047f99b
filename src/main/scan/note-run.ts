/** What a run found beside what the run before it found, and the note it leaves for `status` and for `queue drop --run last`. */
import {
  compareWithLast,
  readRunHistory,
  writeRun,
  type RunComparison,
  type RunHistory,
} from '../state/run-history.js';
import type { Connected } from './connect.js';
import { isFullScan } from './memory.js';
import type { Settled } from './settle.js';
import type { WrittenJobs } from './write-jobs.js';

/** A run beside the one before it. */
export interface ComparedRun {
  readonly earlier: RunHistory | undefined;
  readonly comparison: RunComparison;
}

/** Holds the run against the last one of its scope; both may have been partial. */
export function compareRun({ run, options, paths, scope }: Connected, settled: Settled): ComparedRun {
  const { merge } = settled;
  const read = readRunHistory(paths.runHistory);
  if (read.kind === 'unusable') {
    const message = `${paths.runHistory} cannot be used (${read.reason}); the history begins again`;
    run.warn({ code: 'state_rebuilt', message });
  }
  const earlier = read.kind === 'read' ? read.value : undefined;
  const comparison = compareWithLast(earlier, {
    scope,
    gaps: lasting(settled),
    // A full scan has looked at every scene there is; what it has not seen has been deleted.
    hasLookedAt: (sceneId) => isFullScan(options) || merge.hasSeen(sceneId),
  });
  return { earlier, comparison };
}

/** Adds the run to the history. @throws QueueError */
export async function noteRun(
  { run, paths }: Connected,
  { earlier, comparison }: ComparedRun,
  written: WrittenJobs,
): Promise<void> {
  const { inserted, queuedAt } = written;
  await writeRun(paths.runHistory, earlier, comparison, {
    startedAt: new Date(run.now * 1000).toISOString(),
    inserted: inserted && { ...inserted, timestamp: queuedAt },
  });
}

/** The gaps that any run finds: what only an audit calls lost would seem to be fixed to a run without one. */
function* lasting({ merge, stage }: Settled): Generator<number> {
  for (const sceneId of stage.sceneIds()) if (!merge.isLost(sceneId)) yield sceneId;
}

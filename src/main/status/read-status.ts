/** Everything `status` shows, read without changing anything. */
import type { DataPaths } from '../state/data-dir.js';
import { readBreaker, type Breaker } from '../queue/breaker.js';
import { readDeadLetters, type DeadLetterGroup } from '../queue/dead-letters.js';
import { inspectQueue, type QueueRow, type StateCount } from '../queue/inspect.js';
import type { RowState } from '../queue/row-words.js';
import { askWorkerState, type WorkerState } from '../queue/worker-lock.js';
import { readRunHistory, type PastRun } from '../state/run-history.js';

/** What the files say. */
export interface LocalStatus {
  readonly counts: Readonly<Record<RowState, StateCount>>;
  readonly waiting: readonly QueueRow[];
  /** The last row the worker finished. */
  readonly lastDone: QueueRow | undefined;
  readonly deadLetters: readonly DeadLetterGroup[];
  readonly breaker: Breaker;
  readonly worker: WorkerState;
  /** The newest first. */
  readonly runs: readonly PastRun[];
  /** What could not be read, in words. */
  readonly warnings: readonly string[];
}

/** Reads the files of the data directory. @throws QueueError, InterruptedError */
export async function readLocalStatus(paths: DataPaths, signal: AbortSignal): Promise<LocalStatus> {
  const queue = await inspectQueue(paths.queueFile, signal, (view) => ({
    counts: view.counts(),
    waiting: [...view.rows({ states: ['waiting'] })],
    lastDone: view.newest('done'),
  }));
  const { byError } = await readDeadLetters(paths.deadLetters, signal);
  const history = readRunHistory(paths.runHistory);
  const worker = askWorkerState(paths.workerLock);
  return {
    ...queue,
    deadLetters: byError,
    breaker: readBreaker(paths.breaker),
    worker,
    runs: history.kind === 'read' ? history.value.runs : [],
    warnings: [
      ...(history.kind === 'unusable' ? [`${paths.runHistory} cannot be used (${history.reason})`] : []),
      ...(queue.counts.taken.rows > 0 && worker === 'unknown' ? ['Whether a worker is alive cannot be told here'] : []),
    ],
  };
}

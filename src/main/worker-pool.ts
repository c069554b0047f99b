/** Where tasks run: on a Piscina pool, or inline for libraries too small to repay a pool's start-up. */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { WorkerResults, WorkerTask } from '../shared/messages.js';
import { unpackResult } from '../shared/result-codec.js';
import { runTask } from '../workers/run-task.js';

/** Runs tasks; results come back in any order. */
export interface TaskRunner {
  /** Threads that work beside this one; 0 when tasks run inline. */
  readonly threads: number;
  run<T extends WorkerTask>(task: T): Promise<WorkerResults[T['kind']]>;
  close(): Promise<void>;
}

/** Rows below which a pool costs more than it gives. */
const INLINE_ROWS = 10_000;

/** How many threads suit a library: none for a small one, else as many as there are cores. */
export function chooseThreads(rows: number): number {
  return rows < INLINE_ROWS ? 0 : availableParallelism();
}

/** Starts a runner; 0 threads means inline. */
export function startRunner(threads: number): TaskRunner {
  return threads === 0 ? inlineRunner() : poolRunner(threads);
}

function inlineRunner(): TaskRunner {
  return {
    threads: 0,
    run: <T extends WorkerTask>(task: T) => Promise.resolve(runTask(task) as WorkerResults[T['kind']]),
    close: () => Promise.resolve(),
  };
}

function poolRunner(threads: number): TaskRunner {
  const pool = new Piscina<WorkerTask, Uint8Array>({
    filename: new URL('../workers/entry.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  return {
    threads,
    async run<T extends WorkerTask>(task: T) {
      const packed = await pool.run(task, { transferList: [task.bytes.buffer as ArrayBuffer] });
      return unpackResult(packed) as WorkerResults[T['kind']];
    },
    close: () => pool.destroy(),
  };
}

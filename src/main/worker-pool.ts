/** Where tasks run: on a Piscina pool, or inline for libraries too small to repay a pool's start-up. */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type {
  ClassifyTask,
  PostedResult,
  PostedTask,
  TriageTask,
  WorkerResults,
  WorkerTask,
} from '../shared/messages.js';
import { PageMemory } from './http/page-memory.js';
import { runTask } from '../workers/run-task.js';

/** Runs tasks; results come back in any order. */
export interface TaskRunner {
  /** Threads that work beside this one; 0 when tasks run inline. */
  readonly threads: number;
  /** Where the pages of its tasks are to be read into; a task gives its page back here. */
  readonly memory: PageMemory;
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
  const memory = new PageMemory();
  return {
    threads: 0,
    memory,
    run<T extends WorkerTask>(task: T) {
      const outcome = runTask(task) as WorkerResults[T['kind']];
      memory.give(task.bytes.buffer as ArrayBuffer);
      return Promise.resolve(outcome);
    },
    close: () => Promise.resolve(),
  };
}

function poolRunner(threads: number): TaskRunner {
  const pool = new Piscina<PostedTask, PostedResult>({
    filename: new URL('../workers/entry.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const memory = new PageMemory();
  const sent = new Map<string, number>();
  const post = (task: PostedTask) => pool.run(task, { transferList: [task.bytes.buffer as ArrayBuffer] });
  return {
    threads,
    memory,
    async run<T extends WorkerTask>(task: T) {
      const { length } = task.bytes;
      const result = await post(task.kind === 'digest' ? task : withoutContext(task, sent, threads));
      const missing = result.kind === 'context_missing';
      // The worker that took it has not met this scan yet: it hands the page back and gets it again with the context.
      const final = missing ? await post({ ...task, bytes: new Uint8Array(result.page, 0, length) }) : result;
      if (final.kind !== 'done') throw new Error('Internal error: a worker refused the context it was sent');
      memory.give(final.page);
      return final.outcome as WorkerResults[T['kind']];
    },
    close: () => pool.destroy(),
  };
}

/**
 * The context names all of a scan's shared memory. Every message that carries it makes the receiving thread account for
 * the whole index once more, which made it collect garbage all the time; so only the first few tasks carry it.
 */
function withoutContext(task: TriageTask | ClassifyTask, sent: Map<string, number>, threads: number): PostedTask {
  const { id } = task.context;
  const count = (sent.get(id) ?? 0) + 1;
  sent.set(id, count);
  return count <= threads ? task : { ...task, context: { id } };
}

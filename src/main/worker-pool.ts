/** Where tasks run: on a Piscina pool, or inline for libraries too small to repay a pool's start-up. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { EngineMemory } from '../shared/engine-memory.js';
import type {
  ClassifyTask,
  DigestTask,
  PageOutcome,
  PostedResult,
  PostedTask,
  ScanContext,
  TriageTask,
  WorkerResults,
  WorkerStart,
  WorkerTask,
} from '../shared/messages.js';
import { PageEngine } from '../workers/page-engine.js';
import { runTask } from '../workers/run-task.js';
import { PageMemory } from './http/page-memory.js';

/** A task whose page is still bytes. */
export type PageTask = Omit<DigestTask, 'page'> | Omit<TriageTask, 'page'> | Omit<ClassifyTask, 'page'>;

/** Runs tasks; results come back in any order. */
export interface TaskRunner {
  /** Threads that work beside this one; 0 when tasks run inline. */
  readonly threads: number;
  /** Where pages are to be read into. */
  readonly pages: PageMemory;
  /**
   * Runs a task on a page, which is given back afterwards. What the task found lies in the page's memory: `use` has to take
   * what it needs before it returns.
   */
  run<T extends PageTask, U>(
    task: T,
    page: Uint8Array,
    use: (found: WorkerResults[T['kind']]) => U,
  ): Promise<PageOutcome<U>>;
  close(): Promise<void>;
}

/** Rows below which a pool costs more than it gives. */
const INLINE_ROWS = 10_000;

/** The engine, beside the workers of the built package, also when this runs from the sources. */
const ENGINE_FILE = new URL('../../dist/workers/page-engine.wasm', import.meta.url);

/** How many threads suit a library: none for a small one, else as many as there are cores. */
export function chooseThreads(rows: number): number {
  return rows < INLINE_ROWS ? 0 : availableParallelism();
}

/** The engine, ready to be started on any thread. */
export async function compileEngine(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(ENGINE_FILE));
}

/** Starts a runner that works in this memory; 0 threads means inline. */
export async function startRunner(threads: number, memory: EngineMemory): Promise<TaskRunner> {
  const module = await compileEngine();
  const post = threads === 0 ? inline(module, memory) : onPool(threads, { module, memory: memory.memory });
  const pages = new PageMemory(memory);
  return {
    threads,
    pages,
    async run<T extends PageTask, U>(task: T, bytes: Uint8Array, use: (found: WorkerResults[T['kind']]) => U) {
      const { page, place } = pages.place(bytes);
      try {
        const { roomAt, roomBytes, outcome } = await post.run({ ...task, page: place });
        pages.setRoom(page, roomAt, roomBytes);
        return outcome.ok ? { ok: true, value: use(outcome.value as WorkerResults[T['kind']]) } : outcome;
      } finally {
        pages.give(page);
      }
    },
    close: post.close,
  };
}

/** The two ways to have a task carried out. */
interface Post {
  readonly run: (task: WorkerTask) => Promise<PostedResult & { readonly kind: 'done' }>;
  readonly close: () => Promise<void>;
}

function inline(module: WebAssembly.Module, memory: EngineMemory): Post {
  const engine = new PageEngine(module, memory);
  return { run: (task) => Promise.resolve(runTask(engine, task)), close: () => Promise.resolve() };
}

function onPool(threads: number, workerData: WorkerStart): Post {
  const pool = new Piscina<PostedTask, PostedResult>({
    filename: new URL('../workers/entry.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    workerData,
  });
  const sent = new Map<string, number>();
  return {
    async run(task) {
      const result = await pool.run(task.kind === 'digest' ? task : withoutContext(task, sent, threads));
      // The worker that took it has not met this scan yet: it gets the task again with the context.
      const final = result.kind === 'context_missing' ? await pool.run(task) : result;
      if (final.kind !== 'done') throw new Error('Internal error: a worker refused the context it was sent');
      return final;
    },
    close: () => pool.destroy(),
  };
}

/**
 * The context names all of a scan's shared memory. Every message that carries it makes the receiving thread account for
 * the whole index once more, which made it collect garbage all the time; so only the first few tasks carry it.
 */
function withoutContext(
  task: TriageTask | ClassifyTask,
  sent: Map<ScanContext['id'], number>,
  threads: number,
): PostedTask {
  const { id } = task.context;
  const count = (sent.get(id) ?? 0) + 1;
  sent.set(id, count);
  return count <= threads ? task : { ...task, context: { id } };
}

/** Where tasks run: on a Piscina pool, or inline for libraries too small to repay a pool's start-up. */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type {
  DigestTask,
  JudgeTask,
  NamesTask,
  PageAnswer,
  PostedResult,
  PostedTask,
  ScanContext,
  TriageTask,
  WorkerResults,
  WorkerStart,
  WorkerTask,
} from '../../shared/messages.js';
import { OutOfEngineMemory } from '../../shared/engine/memory.js';
import type { PageEngine } from '../../workers/pages/page-engine.js';
import { runTask } from '../../workers/run-task.js';
import type { LocalEngine } from './local-engine.js';

/** A task whose page is still bytes. */
export type PageTask =
  Omit<DigestTask, 'page'> | Omit<TriageTask, 'page'> | Omit<NamesTask, 'page'> | Omit<JudgeTask, 'page'>;

/** Runs tasks; results come back in any order. */
export interface TaskRunner {
  /** Threads that work beside this one; 0 when tasks run inline. */
  readonly threads: number;
  /**
   * Runs a task on a page, which is given back afterwards. What the task found lies in the page's memory: `use` has to take
   * what it needs before it returns.
   */
  run<T extends PageTask, U>(
    task: T,
    page: Uint8Array,
    use: (found: WorkerResults[T['kind']]) => U,
  ): Promise<PageAnswer<U>>;
  close(): Promise<void>;
}

/** How much there is to do. */
export interface Workload {
  readonly items: number;
  readonly scenes: number;
  /** Most scenes are only asked for by light rows, and most items only looked at. */
  readonly isLight: boolean;
}

/**
 * Rows below which threads cost more than they give. Starting them takes as much processor time as the engine needs for
 * 100,000 rows; on two cores that comes out of the coordinator's own time (measured: even at 240,000 rows), on more it is
 * mostly had beside it.
 */
const INLINE_ROWS = 50_000;
const INLINE_ROWS_ON_TWO_CORES = 250_000;
/** What a light run's row costs of a full row, measured. */
const LIGHT_ROW = 0.25;
/** The engine reads rows about as fast as one thread can download them: more threads than this would wait for the coordinator. */
const MAX_THREADS = 4;

/** How many threads suit a library: none for a small one or a light run, else as many as there are cores, up to four. */
export function chooseThreads({ items, scenes, isLight }: Workload, cores = availableParallelism()): number {
  const rows = (items + scenes) * (isLight ? LIGHT_ROW : 1);
  return rows < (cores > 2 ? INLINE_ROWS : INLINE_ROWS_ON_TWO_CORES) ? 0 : Math.min(cores, MAX_THREADS);
}

/** Starts a runner beside the coordinator's own engine; 0 threads means inline. */
export function startRunner(threads: number, local: LocalEngine): TaskRunner {
  const { engine, pages } = local;
  const post = threads === 0 ? inline(engine) : onPool(threads, local);
  return {
    threads,
    async run<T extends PageTask, U>(task: T, bytes: Uint8Array, use: (found: WorkerResults[T['kind']]) => U) {
      const { page, place } = pages.place(bytes);
      try {
        const { roomAt, roomBytes, answer } = await post.run({ ...task, page: place });
        pages.setRoom(page, roomAt, roomBytes);
        return answer.ok ? { ok: true, value: use(answer.value as WorkerResults[T['kind']]) } : answer;
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

function inline(engine: PageEngine): Post {
  return { run: (task) => Promise.resolve(runTask(engine, task)), close: () => Promise.resolve() };
}

function onPool(threads: number, local: LocalEngine): Post {
  let pool: ThreadPool | undefined;
  let tasks = 0;
  return {
    run(task) {
      tasks++;
      // Threads take a tenth of a second to start, and starting them holds up this one: the first page, by which the
      // server shows what it grants, comes before that, and until one has answered this one does not sit and wait.
      if (tasks === 1 || pool?.isReady === false) return Promise.resolve(runTask(local.engine, task));
      pool ??= new ThreadPool(threads, local);
      return pool.run(task);
    },
    close: async () => pool?.close(),
  };
}

/** Longer than this no thread takes to load, on however busy a machine; what has not come by then never will. */
const MAX_LOADING_MS = 20_000;

/** Threads with an engine each, in one memory. */
class ThreadPool {
  /** Whether any thread has answered. */
  isReady = false;
  readonly #threads: number;
  readonly #pool: Piscina<PostedTask, PostedResult>;
  /** Threads whose modules are loaded. */
  readonly #loaded = new Set<unknown>();
  /** How many tasks carried each context. */
  readonly #sent = new Map<ScanContext['id'], number>();

  constructor(threads: number, { module, memory }: LocalEngine) {
    this.#threads = threads;
    this.#pool = new Piscina<PostedTask, PostedResult>({
      filename: new URL('../../workers/entry.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      workerData: { module, memory: memory.memory } satisfies WorkerStart,
    });
    this.#pool.on('message', (threadId: unknown) => this.#loaded.add(threadId));
  }

  async run(task: WorkerTask): Promise<PostedResult & { readonly kind: 'done' }> {
    const result = await this.#pool.run(task.kind === 'judge' ? this.#withoutContext(task) : task);
    this.isReady = true;
    // The worker that took it has not met this scan yet: it gets the task again with the context.
    const final = result.kind === 'context_missing' ? await this.#pool.run(task) : result;
    if (final.kind === 'out_of_memory') throw new OutOfEngineMemory();
    if (final.kind !== 'done') throw new Error('Internal error: a worker refused the context it was sent');
    return final;
  }

  async close(): Promise<void> {
    await this.#everyThreadLoaded();
    await this.#pool.destroy();
  }

  /** A thread that is ended while it links its modules makes V8 abort the whole process. */
  #everyThreadLoaded(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, MAX_LOADING_MS);
      const check = () => {
        // A thread that has ended by itself has no number any more.
        if (!this.#pool.threads.every(({ threadId }) => threadId < 0 || this.#loaded.has(threadId))) return;
        clearTimeout(timer);
        resolve();
      };
      this.#pool.on('message', check);
      this.#pool.on('workerDestroy', check);
      check();
    });
  }

  /**
   * The context names all of a scan's shared memory. Every message that carries it makes the receiving thread account for
   * the whole index once more, which made it collect garbage all the time; so only the first few tasks carry it.
   */
  #withoutContext(task: JudgeTask): PostedTask {
    const { id } = task.context;
    const count = (this.#sent.get(id) ?? 0) + 1;
    this.#sent.set(id, count);
    return count <= this.#threads ? task : { ...task, context: { id } };
  }
}

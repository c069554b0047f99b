/** Thread entry point of the pool. */
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { EngineMemory, OutOfEngineMemory } from '../shared/engine/memory.js';
import type { PostedResult, PostedTask, ScanContext, WorkerStart, WorkerTask } from '../shared/messages.js';
import { PageEngine } from './pages/page-engine.js';
import { runTask } from './run-task.js';

const { module, memory } = workerData as WorkerStart;
const engine = new PageEngine(module, new EngineMemory(memory));

/** The context of the scan this thread works for. */
let known: ScanContext | undefined;

// Before this the thread must not be ended: the modules it is loading would take the process with them. Said a moment later,
// since whoever loads this module still has something to do with it.
queueMicrotask(() => parentPort?.postMessage(threadId));

/** Carries out a task. Page and results lie in shared memory, so only numbers cross between the threads. */
export default function handle(posted: PostedTask): PostedResult {
  const task = withContext(posted);
  if (task === undefined) return { kind: 'context_missing' };
  try {
    return runTask(engine, task);
  } catch (error: unknown) {
    if (error instanceof OutOfEngineMemory) return { kind: 'out_of_memory' };
    throw error;
  }
}

function withContext(posted: PostedTask): WorkerTask | undefined {
  if (posted.kind !== 'judge') return posted;
  const { context } = posted;
  if ('index' in context) known = context;
  return known?.id === context.id ? { ...posted, context: known } : undefined;
}

/** Thread entry point of the pool. */
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { PostedResult, PostedTask, ScanContext, WorkerTask } from '../shared/messages.js';
import { runTask } from './run-task.js';

/** The context of the scan this thread works for. */
let known: ScanContext | undefined;

/** Carries out a task. The page's memory goes back with the answer, whose columns are handed over, not copied. */
export default function handle(posted: PostedTask): unknown {
  const task = withContext(posted);
  const page = posted.bytes.buffer as ArrayBuffer;
  const result: PostedResult =
    task === undefined ? { kind: 'context_missing', page } : { kind: 'done', page, outcome: runTask(task) };
  return move({ [transferableSymbol]: [...memoryOf(result)], [valueSymbol]: result });
}

function withContext(posted: PostedTask): WorkerTask | undefined {
  if (posted.kind === 'digest') return posted;
  const { context } = posted;
  if ('index' in context) known = context;
  return known?.id === context.id ? { ...posted, context: known } : undefined;
}

/** All memory an answer holds, each once. */
function memoryOf(answer: object, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  for (const value of Object.values(answer) as unknown[]) {
    if (value instanceof ArrayBuffer) found.add(value);
    else if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) memoryOf(value, found);
  }
  return found;
}

/** Thread entry point of the pool. */
import { move } from 'piscina';
import type { PostedResult, PostedTask, ScanContext, WorkerTask } from '../shared/messages.js';
import { packResult } from '../shared/result-codec.js';
import { runTask } from './run-task.js';

/** The context of the scan this thread works for. */
let known: ScanContext | undefined;

/** Carries out a task and hands the packed result over without copying it. */
export default function handle(posted: PostedTask): unknown {
  return move(packResult(answer(posted)));
}

function answer(posted: PostedTask): PostedResult {
  const task = withContext(posted);
  return task === undefined
    ? { kind: 'context_missing', bytes: posted.bytes }
    : { kind: 'done', outcome: runTask(task) };
}

function withContext(posted: PostedTask): WorkerTask | undefined {
  if (posted.kind === 'digest') return posted;
  const { context } = posted;
  if ('index' in context) known = context;
  return known?.id === context.id ? { ...posted, context: known } : undefined;
}

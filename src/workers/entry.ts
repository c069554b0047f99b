/** Thread entry point of the pool. */
import { move } from 'piscina';
import type { WorkerTask } from '../shared/messages.js';
import { packResult } from '../shared/result-codec.js';
import { runTask } from './run-task.js';

/** Carries out a task and hands the packed result over without copying it. */
export default function handle(task: WorkerTask): unknown {
  return move(packResult(runTask(task)));
}

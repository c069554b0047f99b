/** What a worker does, on whichever thread: small libraries are worked on inline, without any thread. */
import type { WorkerResults, WorkerTask } from '../shared/messages.js';
import { unreachable } from '../shared/unreachable.js';
import { classifyPage } from './classify-page.js';
import { digestPage } from './digest-page.js';
import { triagePage } from './triage-page.js';

/** Carries out one task. Bad pages are outcomes; whatever it throws is a bug. */
export function runTask(task: WorkerTask): WorkerResults[WorkerTask['kind']] {
  switch (task.kind) {
    case 'digest':
      return digestPage(task);
    case 'triage':
      return triagePage(task);
    case 'classify':
      return classifyPage(task);
    default:
      return unreachable(task);
  }
}

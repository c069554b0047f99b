/** What a worker does, on whichever thread: small libraries are worked on inline, without any thread. */
import type { AnyAnswer, PostedResult, WorkerTask } from '../shared/messages.js';
import { unreachable } from '../shared/unreachable.js';
import type { PageEngine } from './pages/page-engine.js';
import { collectNames } from './tasks/collect-names.js';
import { digestPage } from './tasks/digest-page.js';
import { judgePage } from './tasks/judge-page.js';
import { triagePage } from './tasks/triage-page.js';

/** Carries out one task. A bad page is an answer too; whatever it throws is a bug. */
export function runTask(engine: PageEngine, task: WorkerTask): PostedResult & { readonly kind: 'done' } {
  const { roomAt, roomBytes } = task.page;
  const { room, value } = engine.inRoom({ at: roomAt, bytes: roomBytes }, () => answerOf(engine, task));
  return { kind: 'done', roomAt: room.at, roomBytes: room.bytes, answer: value };
}

function answerOf(engine: PageEngine, task: WorkerTask): AnyAnswer {
  switch (task.kind) {
    case 'digest':
      return digestPage(engine, task);
    case 'triage':
      return triagePage(engine, task);
    case 'names':
      return collectNames(engine, task);
    case 'judge':
      return judgePage(engine, task);
    default:
      return unreachable(task);
  }
}

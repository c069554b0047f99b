/** The engine and its memory as the product uses them, on this thread. */
import { layBasis, layIndex } from '../../src/main/engine/context.js';
import { loadEngine } from '../../src/main/engine/local-engine.js';
import { buildIdTable } from '../../src/shared/id-table.js';
import { openIndex } from '../../src/shared/index/reader.js';
import type { PageOutcome, ScanContext, WorkerResults, WorkerTask } from '../../src/shared/messages.js';
import { runTask } from '../../src/workers/run-task.js';

export const local = await loadEngine();
export const { memory, engine, pages } = local;

/** Runs a task on a page and takes what it found before the page's memory is used again. */
export function runOn<K extends WorkerTask['kind'], U>(
  task: Omit<Extract<WorkerTask, { kind: K }>, 'page'> & { kind: K },
  bytes: Uint8Array,
  take: (found: WorkerResults[K]) => U,
): PageOutcome<U> {
  const { page, place } = pages.place(bytes);
  try {
    const { outcome, roomAt, roomBytes } = runTask(engine, { ...task, page: place } as unknown as WorkerTask);
    pages.setRoom(page, roomAt, roomBytes);
    return outcome.ok ? { ok: true, value: take(outcome.value as WorkerResults[K]) } : outcome;
  } finally {
    pages.give(page);
  }
}

let contexts = 0;

/** The context of a scan in which nothing was synced before, unless told otherwise. */
export function contextOf(
  index: ScanContext['index'],
  settings: Partial<Omit<ScanContext, 'index' | 'id' | 'engineContextAt'>> = {},
): ScanContext {
  const opened = openIndex(index, true);
  if (!opened.ok) throw new Error(opened.reason);
  const { knownMatches = buildIdTable(memory, []), ...rest } = settings;
  const basis = layBasis(memory, {
    id: `test ${contexts++}`,
    syncTimestamps: buildIdTable(memory, []),
    mappings: [],
    since: undefined,
    gaps: ['empty', 'stale', 'missing'],
    allowUnsafeNames: false,
    lines: 'none',
    ...rest,
  });
  return layIndex(memory, basis, index, opened.index, knownMatches);
}

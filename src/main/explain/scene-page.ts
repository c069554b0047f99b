/** The row of one scene, and what the judgement says of it. */
import { Job } from '../../shared/engine/layout.js';
import type { ScanContext, SettledMatch } from '../../shared/messages.js';
import { benchFor } from '../../workers/judgement/bench.js';
import { explain, type Explained } from './explain-scene.js';
import { PageFacts } from '../../workers/judgement/facts.js';
import { judge } from '../../workers/judgement/judge.js';
import { readScenePage } from '../../workers/pages/scene-page.js';
import { writeJob } from '../../workers/tasks/write-job.js';
import type { LocalEngine } from '../engine/local-engine.js';
import { readPage } from '../stash/page-reader.js';
import { idsQuery } from '../stash/queries.js';
import type { ServerConnection } from '../http/server-connection.js';
import { unknownScene } from './find-scene.js';

/** A scene's row as it came, or what Stash says instead of it. */
export type SceneRow =
  | { readonly kind: 'read'; readonly page: Uint8Array; readonly asOf: number }
  | { readonly kind: 'undeliverable'; readonly message: string };

/** A scene judged and explained. */
export interface JudgedScene extends Explained {
  /** Epoch seconds; NaN where it cannot be read. */
  readonly updatedAt: number;
  /** Epoch seconds; NaN when it was never synced. */
  readonly syncedAt: number;
  /** The job that would be written; undefined where there would be none. */
  readonly job: Uint8Array | undefined;
  /** The part its item was found by; undefined without one, also where the merge took it away. */
  readonly part: number | undefined;
  readonly isGap: boolean;
}

/** Asks for the row. @throws ConfigError when there is no such scene; ServerError */
export async function readScene(stash: ServerConnection, local: LocalEngine, id: number): Promise<SceneRow> {
  const read = await readPage(
    stash,
    idsQuery('full', [id], { since: undefined, titles: false }),
    {
      pages: local.pages,
      run: (page, asOf) => Promise.resolve(keep(local, page, asOf)),
    },
    'single',
  );
  if (read.kind === 'failed') return { kind: 'undeliverable', message: read.message };
  if (read.kind === 'gone' || read.value === undefined) throw unknownScene(`Stash has no scene with the id ${id}`);
  return read.value;
}

/** A copy of the page; undefined where it has no row. */
function keep(local: LocalEngine, bytes: Uint8Array, asOf: number) {
  const page = bytes.slice();
  return onPage(local, page, (place) => {
    const rows = readScenePage(local.engine, place);
    if (!rows.ok) return rows;
    const row = { kind: 'read', page, asOf } as const;
    return { ok: true as const, value: rows.value.count === 0 ? undefined : row };
  });
}

/** Judges the scene as the scan would. @param settled what the merge made of its claim */
export function judgeScene(
  local: LocalEngine,
  context: ScanContext,
  { page, asOf }: SceneRow & { readonly kind: 'read' },
  settled: SettledMatch | undefined,
): JudgedScene {
  const { engine, memory } = local;
  return onPage(local, page, (place) => {
    const rows = readScenePage(engine, place);
    if (!rows.ok) throw new Error('Internal error: a page that could be read no longer can');
    const bench = benchFor(engine, context);
    const facts = new PageFacts(memory, engine.findFacts(rows.value.first, rows.value.count), rows.value.count);
    facts.moveTo(0);
    const judgement = judge(bench, facts, new Map(settled ? [[settled.sceneId, settled]] : []));
    const { match } = judgement;
    const job = writeJob(engine, facts, judgement.jobPath, asOf);
    return {
      ...explain(bench, facts, judgement, settled),
      updatedAt: facts.updatedAt,
      syncedAt: facts.syncedAt,
      job: job && Buffer.from(memory.bytes(job.at, job.bytes)),
      part: match.kind === 'matched' ? match.part : settled?.part,
      isGap: judgement.job !== Job.NoGap,
    };
  });
}

/** Lends a page a place in the engine's memory. */
function onPage<T>(
  local: LocalEngine,
  bytes: Uint8Array,
  use: (place: { at: number; length: number; roomAt: number; roomBytes: number }) => T,
): T {
  const { page, place } = local.pages.place(bytes);
  try {
    const { room, value } = local.engine.inRoom({ at: place.roomAt, bytes: place.roomBytes }, () => use(place));
    local.pages.setRoom(page, room.at, room.bytes);
    return value;
  } finally {
    local.pages.give(page);
  }
}

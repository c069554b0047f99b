/** Triage of a light page: the pre-check by sync timestamp, before any dear field has gone over the wire. */
import { Result } from '../../shared/engine/layout.js';
import type { PageAnswer, TriageResult, TriageTask } from '../../shared/messages.js';
import { PageFacts } from '../judgement/facts.js';
import { isBeforeSince, isInSync } from '../judgement/judge.js';
import type { PageEngine } from '../pages/page-engine.js';
import { readScenePage } from '../pages/scene-page.js';

/** Splits the scenes of a light page into those in sync and those whose full row is needed. */
export function triagePage(engine: PageEngine, { page, basis }: TriageTask): PageAnswer<TriageResult> {
  const read = readScenePage(engine, page);
  if (!read.ok) return read;
  const { first, count } = read.value;
  const rows = engine.result(Result.Rows);
  const lastId = engine.result(Result.LastId);
  engine.useContext(basis.engineContextAt);
  const facts = new PageFacts(engine.memory, engine.findFacts(first, count), count);
  const inSync = new Ids(engine, count);
  const needed = new Ids(engine, count);
  let newestUpdate = -Infinity;
  for (let scene = 0; scene < count; scene++) {
    facts.moveTo(scene);
    if (facts.updatedAt > newestUpdate) newestUpdate = facts.updatedAt;
    if (!isBeforeSince(basis, facts)) (isInSync(basis, facts) ? inSync : needed).add(facts.id);
  }
  return {
    ok: true,
    value: {
      rows,
      lastId,
      inSyncAt: inSync.at,
      inSync: inSync.count,
      newestUpdate,
      neededAt: needed.at,
      needed: needed.count,
    },
  };
}

/** Ids in the page's memory. */
class Ids {
  readonly at: number;
  count = 0;
  readonly #ids: Uint32Array;

  constructor(engine: PageEngine, most: number) {
    this.at = engine.takeRecords(Math.ceil(most / 2) * 8);
    this.#ids = engine.memory.words(this.at, most);
  }

  add(id: number): void {
    this.#ids[this.count++] = id;
  }
}

/** Triage of a light page: the pre-check by sync timestamp, before any dear field has gone over the wire. */
import { JudgedWord, Result } from '../../shared/engine/layout.js';
import { judgedWord } from '../../shared/judged.js';
import type { PageAnswer, TriageResult, TriageTask } from '../../shared/messages.js';
import { PageFacts } from '../judgement/facts.js';
import { isBeforeSince, isInSync, judgedInSync } from '../judgement/judge.js';
import type { PageEngine } from '../pages/page-engine.js';
import { readScenePage } from '../pages/scene-page.js';
import { LineWriter } from './line-writer.js';

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
  const lines = basis.lines === 'all' ? new LinesInSync(engine, count) : undefined;
  let newestUpdate = -Infinity;
  for (let scene = 0; scene < count; scene++) {
    facts.moveTo(scene);
    if (facts.updatedAt > newestUpdate) newestUpdate = facts.updatedAt;
    if (isBeforeSince(basis, facts)) continue;
    if (!isInSync(basis, facts)) needed.add(facts.id);
    else {
      lines?.add(inSync.count, scene, facts);
      inSync.add(facts.id);
    }
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
      lines: lines?.write(facts),
      judgedAt: lines?.at ?? 0,
    },
  };
}

/** The lines of scenes in sync, of which a light row tells little. */
class LinesInSync {
  readonly at: number;
  readonly #engine: PageEngine;
  readonly #words: Uint32Array;
  readonly #lines = new LineWriter();

  constructor(engine: PageEngine, most: number) {
    this.#engine = engine;
    this.at = engine.takeRecords(most * JudgedWord.Words * 4);
    this.#words = engine.memory.words(this.at, most * JudgedWord.Words);
  }

  add(record: number, scene: number, facts: PageFacts): void {
    const judgement = judgedInSync(facts);
    const at = record * JudgedWord.Words;
    this.#words[at + JudgedWord.Id] = facts.id;
    this.#words[at + JudgedWord.Verdict] = judgedWord(judgement.verdict, judgement.job, judgement.code);
    this.#lines.add({ record, scene, judgement });
  }

  write(facts: PageFacts): TriageResult['lines'] {
    return this.#lines.write(this.#engine, facts, this.#words);
  }
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

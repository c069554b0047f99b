/** Matches and classifies the scenes of one full Stash page. */
import {
  GAP_JOB,
  GAP_NONE,
  GAP_NOT_SELECTED,
  GAP_UNSAFE_NAME,
  GAP_WITHHELD,
  LEFT_OUT,
  NOTHING,
  OPEN,
  OUTCOME_EVIDENCE,
  OUTCOME_ITEM,
  OUTCOME_JOB_AT,
  OUTCOME_JOB_BYTES,
  OUTCOME_PART,
  OUTCOME_VERDICT,
  OUTCOME_WORDS,
  RESULT_LAST_ID,
  RESULT_OPEN,
  RESULT_OUTCOMES_AT,
  RESULT_ROWS,
} from '../shared/engine/layout.js';
import { openIndex } from '../shared/index/reader.js';
import { DirectoryCache } from '../shared/matcher/scene-file.js';
import type { MatchResult } from '../shared/matcher/matcher.js';
import type {
  ClassifiedGap,
  ClassifiedLine,
  ClassifyResult,
  ClassifyTask,
  PageOutcome,
  ScanContext,
  SettledMatch,
} from '../shared/messages.js';
import { VERDICTS, isGap, type GapKind } from '../shared/verdicts.js';
import { prepareGap } from './gap.js';
import type { PageEngine } from './pages/page-engine.js';
import { reportLine } from './report-line.js';
import { readScenePage, type SceneRecords } from './pages/scene-page.js';
import { SceneRecord } from './pages/scene-record.js';
import { judge, type Workbench } from './verdict.js';

let bench: Workbench | undefined;

/** The opened index and warm directory cache of the scan the task belongs to. */
function workbenchFor(context: ScanContext): Workbench {
  if (bench?.context.id === context.id) return bench;
  const opened = openIndex(context.index, true);
  if (!opened.ok) throw new Error(`Internal error: the Plex index cannot be opened: ${opened.reason}`);
  bench = { context, index: opened.index, directories: new DirectoryCache(context.mappings) };
  return bench;
}

/** Reads, judges and prepares a page. */
export function classifyPage(engine: PageEngine, task: ClassifyTask): PageOutcome<ClassifyResult> {
  const read = readScenePage(engine, task.page);
  if (!read.ok) return read;
  const rows = engine.result(RESULT_ROWS);
  const lastId = engine.result(RESULT_LAST_ID);
  return { ok: true, value: { rows, lastId, ...judgeRecords(engine, task, read.value) } };
}

/** Judges scenes that have been read. The engine does what it can; what it leaves open is done here. */
export function judgeRecords(
  engine: PageEngine,
  task: Omit<ClassifyTask, 'page'>,
  records: SceneRecords,
): Pick<ClassifyResult, 'outcomesAt' | 'lines'> {
  engine.useContext(task.context.engineContextAt);
  engine.judgeScenes(records.first, records.count, task.asOf);
  const outcomesAt = engine.result(RESULT_OUTCOMES_AT);
  const lines: ClassifiedLine[] = [];
  if (engine.result(RESULT_OPEN) > 0 || task.settled.length > 0) {
    new OpenScenes(engine, task, lines).judgeAll(records, outcomesAt);
  }
  return { outcomesAt, lines };
}

const GAP_CODES = {
  not_selected: GAP_NOT_SELECTED,
  withheld: GAP_WITHHELD,
  unsafe_name: GAP_UNSAFE_NAME,
} as const satisfies Record<NonNullable<ClassifiedGap['outcome']>, number>;

/** The scenes of a page the engine has left to the complete matcher. */
class OpenScenes {
  readonly #engine: PageEngine;
  readonly #here: Workbench;
  readonly #asOf: number;
  readonly #settled: ReadonlyMap<number, SettledMatch>;
  readonly #lines: ClassifiedLine[];

  constructor(engine: PageEngine, { context, asOf, settled }: Omit<ClassifyTask, 'page'>, lines: ClassifiedLine[]) {
    this.#engine = engine;
    this.#here = workbenchFor(context);
    this.#asOf = asOf;
    this.#settled = new Map(settled.map((match) => [match.sceneId, match]));
    this.#lines = lines;
  }

  judgeAll({ first, count }: SceneRecords, outcomesAt: number): void {
    const { memory } = this.#engine;
    const outcomes = memory.words(outcomesAt, count * OUTCOME_WORDS);
    let scene = first;
    for (let i = 0; i < count; i++) {
      const record = new SceneRecord(memory, scene);
      const outcome = outcomes.subarray(i * OUTCOME_WORDS, (i + 1) * OUTCOME_WORDS);
      const verdict = (outcome[OUTCOME_VERDICT] ?? 0) & 0xff;
      const isSettled = this.#settled.has(record.id) && verdict !== LEFT_OUT;
      if (verdict === OPEN || isSettled) this.#judge(record, outcome);
      scene = record.next;
    }
  }

  #judge(scene: SceneRecord, outcome: Uint32Array): void {
    const judgement = judge(this.#here, scene, this.#settled.get(scene.id));
    const { verdict, match } = judgement;
    outcome[OUTCOME_PART] = match.kind === 'matched' ? match.part : NOTHING;
    outcome[OUTCOME_ITEM] = match.kind === 'matched' ? this.#here.index.itemOf(match.part) : NOTHING;
    outcome[OUTCOME_EVIDENCE] = match.kind === 'matched' ? match.evidence : 0;
    const gap = isGap(verdict) ? this.#prepare(scene, verdict, match, outcome) : { code: GAP_NONE, couldHit: [] };
    outcome[OUTCOME_VERDICT] = VERDICTS.indexOf(verdict) | (gap.code << 8);
    const { lines } = this.#here.context;
    if (lines === 'all' || (lines === 'gaps' && gap.code !== GAP_NONE)) {
      this.#lines.push(reportLine(this.#here.index, scene, judgement, gap.couldHit));
    }
  }

  #prepare(scene: SceneRecord, kind: GapKind, match: MatchResult, outcome: Uint32Array) {
    const { outcome: refused, path, couldHit } = prepareGap(this.#here, scene, kind, match);
    const job = path === undefined ? { at: 0, bytes: 0 } : this.#engine.writeJob(scene.at, path, this.#asOf);
    outcome[OUTCOME_JOB_AT] = job.at;
    outcome[OUTCOME_JOB_BYTES] = job.bytes;
    return { code: refused === undefined ? GAP_JOB : GAP_CODES[refused], couldHit };
  }
}

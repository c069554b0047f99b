/** Matches and judges the scenes of one Stash page, and writes the jobs of those that are to be queued. */
import { JudgedWord, LEFT_OUT, NOTHING, Result } from '../../shared/engine/layout.js';
import { judgedWord } from '../../shared/judged.js';
import type { JudgeResult, JudgeTask, OpenScene, PageLines, PageAnswer } from '../../shared/messages.js';
import { isStrong } from '../../shared/strength.js';
import { isGap } from '../../shared/verdicts.js';
import { benchFor, type Bench } from '../judgement/bench.js';
import { PageFacts } from '../judgement/facts.js';
import { isBeforeSince, judge, needsMetadata, type Judgement } from '../judgement/judge.js';
import { completePage, matchRow } from '../pages/match-rows.js';
import type { PageEngine, Room } from '../pages/page-engine.js';
import { readScenePage, type SceneRecords } from '../pages/scene-page.js';
import { LineWriter } from './line-writer.js';
import { Partings } from './partings.js';
import { writeJob } from './write-job.js';

/** Reads, judges and prepares a page. */
export function judgePage(engine: PageEngine, task: JudgeTask): PageAnswer<JudgeResult> {
  const { page, rows: asked } = task;
  const read = asked.kind === 'metadata' ? completePage(engine, page, asked.match) : readScenePage(engine, page);
  if (!read.ok) return read;
  const rows = engine.result(Result.Rows);
  const lastId = engine.result(Result.LastId);
  return { ok: true, value: { rows, lastId, ...judgeRecords(engine, task, read.value) } };
}

/** Judges scenes that have been read. */
export function judgeRecords(
  engine: PageEngine,
  task: Omit<JudgeTask, 'page'>,
  { first, count, changed }: SceneRecords & { readonly changed?: ReadonlySet<number> },
): Omit<JudgeResult, 'rows' | 'lastId'> {
  const bench = benchFor(engine, task.context);
  const judgedAt = engine.takeRecords(count * JudgedWord.Words * 4);
  const facts = new PageFacts(engine.memory, engine.findFacts(first, count), count);
  const page = new JudgedPage(bench, facts, judgedAt, count);
  const settled = new Map(task.settled.map((match) => [match.sceneId, match]));
  for (let scene = 0; scene < count; scene++) {
    facts.moveTo(scene);
    if (changed?.has(facts.id) === true) page.leaveOpen(scene, undefined);
    else if (isBeforeSince(task.context, facts)) page.leaveOut(scene);
    else {
      const judgement = judge(bench, facts, settled);
      const isOpen = task.rows.kind === 'match' && needsMetadata(judgement);
      if (isOpen) page.leaveOpen(scene, matchRow(facts.id, facts.scene));
      else page.add(scene, judgement, task);
    }
  }
  // Of scenes that are judged again the page has told before.
  const partings = task.settled.length === 0 ? page.partings.write() : NO_PARTINGS;
  return { judgedAt, lines: page.lines(), open: page.open, partings };
}

const NO_JOB: Room = { at: 0, bytes: 0 };
const NO_PARTINGS = { at: 0, count: 0 };

/** What becomes of a page: a record of each scene, its jobs, and its report lines. */
class JudgedPage {
  readonly #bench: Bench;
  readonly #facts: PageFacts;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  readonly partings: Partings;
  readonly open: OpenScene[] = [];
  readonly #lines = new LineWriter();

  constructor(bench: Bench, facts: PageFacts, at: number, count: number) {
    this.#bench = bench;
    this.#facts = facts;
    this.partings = new Partings(bench);
    this.#words = bench.engine.memory.words(at, count * JudgedWord.Words);
    this.#doubles = bench.engine.memory.doubles(at, (count * JudgedWord.Words) / 2);
  }

  leaveOut(scene: number): void {
    const at = scene * JudgedWord.Words;
    this.#words[at + JudgedWord.Verdict] = LEFT_OUT;
    this.#words[at + JudgedWord.LineBytes] = 0;
  }

  /** Leaves a scene for later. @param row its match row, undefined where all of it has to be read again */
  leaveOpen(scene: number, row: string | undefined): void {
    this.leaveOut(scene);
    this.open.push({ sceneId: this.#facts.id, row });
  }

  add(scene: number, judgement: Judgement, { asOf, keptVerdicts }: Pick<JudgeTask, 'asOf' | 'keptVerdicts'>): void {
    const { verdict, match } = judgement;
    const word = judgedWord(verdict, judgement.job, judgement.code);
    const job = writeJob(this.#bench.engine, this.#facts, judgement.jobPath, asOf) ?? NO_JOB;
    const at = scene * JudgedWord.Words;
    const words = this.#words;
    words[at + JudgedWord.Id] = this.#facts.id;
    words[at + JudgedWord.Verdict] = word;
    words[at + JudgedWord.Part] = match.kind === 'matched' ? match.part : NOTHING;
    words[at + JudgedWord.Item] = match.kind === 'matched' ? this.#bench.index.itemOf(match.part) : NOTHING;
    words[at + JudgedWord.Strength] = match.kind === 'matched' ? match.strength : 0;
    words[at + JudgedWord.JobAt] = job.at;
    words[at + JudgedWord.JobBytes] = job.bytes;
    words[at + JudgedWord.Scene] = this.#facts.sceneAt;
    words[at + JudgedWord.LineBytes] = 0;
    this.#doubles[(at + JudgedWord.UpdatedAt) / 2] = this.#facts.updatedAt;
    if (match.kind === 'matched' && isStrong(match.strength)) this.partings.add(this.#facts, match);
    const { lines } = this.#bench.context;
    const isReported = lines === 'all' || (lines === 'gaps' && isGap(verdict));
    const isKept = ((keptVerdicts >> (word & 0xff)) & 1) === 1;
    if (isReported || isKept) this.#lines.add({ record: scene, scene, judgement });
  }

  /** Writes all lines into the page's memory. */
  lines(): PageLines | undefined {
    return this.#lines.write(this.#bench.engine, this.#facts, this.#words);
  }
}

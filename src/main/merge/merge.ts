/** Merges what workers found, page by page and in any order, into counts, claims, staged gaps and report lines. */
import { FileWord, Job, JudgedWord, LEFT_OUT, SceneWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { NONE } from '../../shared/index/format.js';
import { isLeftOut, jobOf, verdictOf } from '../../shared/judged.js';
import type { JudgeResult, ScanContext, StagedGap, TriageResult } from '../../shared/messages.js';
import { LISTED_VERDICTS, VERDICTS, zeroVerdicts, type Verdict } from '../../shared/verdicts.js';
import { BitSet } from '../collections/bit-set.js';
import type { GapStage } from '../queue/stage.js';
import { MissingScenes } from '../missing/missing-scenes.js';
import type { ReportLinks } from '../../shared/report-line.js';
import type { LineSpool } from '../report/line-spool.js';
import type { ScanWarning } from '../scan-types.js';
import { PartingCounts } from '../roots/parting-counts.js';
import type { SceneSink } from '../stash/read-scenes.js';
import { Claims, type FallenClaim } from './claims.js';
import { SceneNotes } from './scene-notes.js';

/** Why a gap has no job. */
const REFUSALS: Readonly<Partial<Record<Job, StagedGap['refusal']>>> = {
  [Job.NotSelected]: 'not_selected',
  [Job.Withheld]: 'withheld',
  [Job.UnsafeName]: 'unsafe_name',
};

/** What a merge works with. */
export interface MergeSetup {
  /** Where the workers' results lie. */
  readonly memory: EngineMemory;
  readonly stage: GapStage;
  readonly spool: LineSpool;
  readonly links: ReportLinks;
  readonly lines: ScanContext['lines'];
  /** How many findings of each verdict are kept for `list`; 0 for none. */
  readonly keptOfEach: number;
  /** Epoch seconds; a scene updated later has the clock of another machine. */
  readonly startedAt: number;
  /** Told how many rows have come so far. */
  readonly onProgress: (rows: number) => void;
}

/** The coordinator's side of the scan's results. */
export class Merge implements SceneSink {
  /** How many scenes got each verdict. */
  readonly verdicts = zeroVerdicts();
  /** Matches to be settled once everything has been read. */
  readonly claims = new Claims();
  /** Scenes no item is. */
  readonly missing = new MissingScenes();
  /** Where the paths of strong matches go apart. */
  readonly partings = new PartingCounts();
  /** Epoch seconds of the last update of any scene so far. */
  newestUpdate = -Infinity;
  readonly #setup: MergeSetup;
  readonly #notes = new SceneNotes();
  readonly #seen = new BitSet();
  readonly #judged = new BitSet();
  readonly #lost = new BitSet();
  #rows = 0;

  constructor(setup: MergeSetup) {
    this.#setup = setup;
  }

  /** Those of which there are not yet as many as are kept; pages in flight may bring a few more. */
  get keptVerdicts(): number {
    const { keptOfEach } = this.#setup;
    return LISTED_VERDICTS.reduce(
      (bits, verdict) => bits | (this.verdicts[verdict] < keptOfEach ? 1 << VERDICTS.indexOf(verdict) : 0),
      0,
    );
  }

  /** Scenes with a verdict. */
  get checked(): number {
    return VERDICTS.reduce((sum, verdict) => sum + this.verdicts[verdict], 0);
  }

  /** Whether a scene has been read in this run. */
  hasSeen(sceneId: number): boolean {
    return this.#seen.has(sceneId);
  }

  /** Whether this run has asked which item a scene is; of a scene in sync only an audit asks, and that is another matter. */
  hasJudged(sceneId: number): boolean {
    return this.#judged.has(sceneId);
  }

  /** Whether an audit has found a scene's item lost. */
  isLost(sceneId: number): boolean {
    return this.#lost.has(sceneId);
  }

  judged(result: JudgeResult): void {
    const { memory, stage, spool } = this.#setup;
    stage.addAll(this.#newGaps(result));
    this.partings.add(memory, result.partings);
    if (result.lines !== undefined) spool.add(memory, result.lines, this.#words(result));
  }

  /** Records of JudgedWord. */
  #words({ judgedAt, rows }: JudgeResult): Uint32Array {
    return this.#setup.memory.words(judgedAt, rows * JudgedWord.Words);
  }

  /** Counts the scenes not seen before and yields their gaps, whose jobs are views of the page's memory. */
  *#newGaps(result: JudgeResult): Generator<StagedGap> {
    const { memory, startedAt } = this.#setup;
    const words = this.#words(result);
    const doubles = memory.doubles(result.judgedAt, words.length / 2);
    const all = memory.allWords();
    for (let at = 0; at < words.length; at += JudgedWord.Words) {
      const word = words[at + JudgedWord.Verdict] ?? 0;
      const sceneId = words[at + JudgedWord.Id] ?? 0;
      if (isLeftOut(word)) continue;
      if (!this.#seen.add(sceneId)) {
        // A listing may repeat a scene; the line of its first verdict is the one that counts.
        words[at + JudgedWord.Verdict] = LEFT_OUT;
        continue;
      }
      const verdict = verdictOf(word);
      this.#count(sceneId, verdict);
      if (verdict === 'missing') this.#addMissing(sceneId, words[at + JudgedWord.Scene] ?? 0, all);
      const job = jobOf(word);
      const item = words[at + JudgedWord.Item] ?? NONE;
      if (item !== NONE) {
        const part = words[at + JudgedWord.Part] ?? NONE;
        const strength = words[at + JudgedWord.Strength] ?? 0;
        // What an audit only reports changes nothing for anybody else.
        const binds = verdict !== 'lost' || job === Job.Written;
        this.claims.add({ sceneId, item, part, strength, verdict: VERDICTS.indexOf(verdict), binds });
      }
      const updatedAt = doubles[(at + JudgedWord.UpdatedAt) / 2] ?? NaN;
      if (updatedAt > this.newestUpdate) this.newestUpdate = updatedAt;
      if (Number.isNaN(updatedAt)) this.#notes.unreadableTime(sceneId);
      else if (updatedAt > startedAt + CLOCK_SKEW_SECONDS) this.#notes.futureTime(sceneId);
      if (job === Job.NoGap) continue;
      const bytes = memory.bytes(words[at + JudgedWord.JobAt] ?? 0, words[at + JudgedWord.JobBytes] ?? 0);
      yield { sceneId, updatedAt, refusal: REFUSALS[job], job: job === Job.Written ? bytes : undefined };
    }
  }

  /** Keeps the files of a scene whose record is in the page's memory. @param all the whole memory */
  #addMissing(sceneId: number, at: number, all: Uint32Array<SharedArrayBuffer>): void {
    const { memory } = this.#setup;
    const scene = at / 4;
    const first = (all[scene + SceneWord.Files] ?? 0) / 4;
    const end = first + (all[scene + SceneWord.FileCount] ?? 0) * FileWord.Words;
    this.missing.add(sceneId);
    for (let file = first; file < end; file += FileWord.Words) {
      const numbers = memory.doubles(file * 4, FileWord.Words / 2);
      const path = memory.bytes(all[file + FileWord.Path] ?? 0, all[file + FileWord.PathLength] ?? 0);
      this.missing.addFile(path, numbers[FileWord.Size / 2] ?? 0, numbers[FileWord.Duration / 2] ?? 0);
    }
  }

  #count(sceneId: number, verdict: Verdict): void {
    this.verdicts[verdict]++;
    if (verdict === 'lost') this.#lost.add(sceneId);
    // A scene in sync keeps what it holds, audited or not.
    if (verdict !== 'in_sync' && verdict !== 'lost') this.#judged.add(sceneId);
  }

  triaged({ inSyncAt, inSync, newestUpdate, lines, judgedAt }: TriageResult): void {
    const { memory, spool } = this.#setup;
    this.newestUpdate = Math.max(this.newestUpdate, newestUpdate);
    const records = lines && memory.words(judgedAt, inSync * JudgedWord.Words);
    for (const [i, sceneId] of memory.words(inSyncAt, inSync).entries()) {
      if (this.#seen.add(sceneId)) this.verdicts.in_sync++;
      else if (records) records[i * JudgedWord.Words + JudgedWord.Verdict] = LEFT_OUT;
    }
    if (lines && records) spool.add(memory, lines, records);
  }

  gone(sceneId: number): void {
    this.#notes.gone(sceneId);
  }

  unreadable(sceneId: number, message: string): void {
    if (!this.#seen.add(sceneId)) return;
    this.verdicts.unreadable++;
    this.#notes.undeliverable(sceneId, message);
    const { lines, keptOfEach } = this.#setup;
    if (lines !== 'all' && this.verdicts.unreadable > keptOfEach) return;
    this.#setup.spool.addOne({
      sceneId,
      verdict: 'unreadable',
      code: 'undeliverable',
      reason: `Stash cannot deliver it: ${message}`,
      title: '',
      url: this.#setup.links.scene + String(sceneId),
      path: null,
      updatedAt: null,
      studio: null,
      date: null,
      item: null,
      evidence: null,
      candidates: [],
    });
  }

  progress(rows: number): void {
    this.#rows += rows;
    this.#setup.onProgress(this.#rows);
  }

  /** Takes back the verdicts of scenes whose match did not stand; they are about to be judged again. */
  retract(fallen: readonly FallenClaim[]): void {
    for (const { sceneId, verdict } of fallen) {
      this.verdicts[verdict]--;
      this.#seen.delete(sceneId);
      this.#lost.delete(sceneId);
      this.#setup.stage.remove(sceneId);
      this.missing.remove(sceneId);
      this.#setup.spool.remove(sceneId);
    }
  }

  /** What the person should know about the scenes themselves. */
  warnings(): ScanWarning[] {
    return this.#notes.warnings();
  }
}

/** Clocks of two machines differ a little; that is nobody's concern. */
const CLOCK_SKEW_SECONDS = 300;

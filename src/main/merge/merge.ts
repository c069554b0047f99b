/** Merges what workers found, page by page and in any order, into counts, claims and staged gaps. */
import {
  GAP_JOB,
  GAP_NONE,
  GAP_NOT_SELECTED,
  GAP_UNSAFE_NAME,
  GAP_WITHHELD,
  LEFT_OUT,
  OUTCOME_EVIDENCE,
  OUTCOME_ID,
  OUTCOME_ITEM,
  OUTCOME_JOB_AT,
  OUTCOME_JOB_BYTES,
  OUTCOME_PART,
  OUTCOME_UPDATED_DOUBLE,
  OUTCOME_VERDICT,
  OUTCOME_WORDS,
} from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { NONE } from '../../shared/index/format.js';
import type { ItemFilter } from '../plex-index/item-filter.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { ClassifiedGap, ClassifyResult, ScanContext } from '../../shared/messages.js';
import { VERDICTS, zeroVerdicts } from '../../shared/verdicts.js';
import type { GapStage } from '../queue/stage.js';
import type { ScanWarning } from '../scan-types.js';
import type { SceneSink } from '../stash/read-scenes.js';
import { BitSet } from '../collections/bit-set.js';
import { Claims, type FallenClaim } from './claims.js';

/** How many scenes a warning names. */
const MAX_NAMED = 100;

/** Why a gap has no job, by its code. */
const OUTCOMES: Readonly<Record<number, ClassifiedGap['outcome']>> = {
  [GAP_NOT_SELECTED]: 'not_selected',
  [GAP_WITHHELD]: 'withheld',
  [GAP_UNSAFE_NAME]: 'unsafe_name',
};

/** What a merge works with. */
export interface MergeSetup {
  /** Where the workers' results lie. */
  readonly memory: EngineMemory;
  readonly stage: GapStage;
  readonly lines: ScanContext['lines'];
  /** Told how many rows have come so far. */
  readonly onProgress: (rows: number) => void;
}

/** The coordinator's side of the scan's results. */
export class Merge implements SceneSink {
  /** How many scenes got each verdict. */
  readonly verdicts = zeroVerdicts();
  /** Matches to be settled once everything has been read. */
  readonly claims = new Claims();
  /**
   * Whether a job has a file name the index does not hold all owners of: then it is not known whom a job could hit, and
   * the whole index is needed. Only a match of an earlier run, by size alone, can have one.
   */
  isIndexTooSmall = false;
  #index: PlexIndex | undefined;
  #filter: ItemFilter | undefined;
  readonly #memory: EngineMemory;
  readonly #stage: GapStage;
  readonly #lines: ScanContext['lines'];
  readonly #onProgress: (rows: number) => void;
  readonly #seen = new BitSet();
  readonly #gone: number[] = [];
  readonly #unreadable: number[] = [];
  readonly #unreadableTimes: number[] = [];
  #firstProblem = '';
  #rows = 0;

  constructor({ memory, stage, lines, onProgress }: MergeSetup) {
    this.#memory = memory;
    this.#stage = stage;
    this.#lines = lines;
    this.#onProgress = onProgress;
  }

  /** From now on matches are parts of this index, which holds just the items of the filter, if there is one. */
  useIndex(index: PlexIndex, filter: ItemFilter | undefined): void {
    this.#index = index;
    this.#filter = filter;
  }

  /** Scenes with a verdict. */
  get checked(): number {
    return VERDICTS.reduce((sum, verdict) => sum + this.verdicts[verdict], 0);
  }

  /** Whether a scene has been read in this run. */
  hasSeen(sceneId: number): boolean {
    return this.#seen.has(sceneId);
  }

  classified(result: ClassifyResult): void {
    this.#stage.addAll(this.#newGaps(result));
    for (const { sceneId, head, tail } of result.lines) this.#stage.addReportLine(sceneId, head, tail);
  }

  /** Counts the scenes not seen before and yields their gaps, whose jobs are views of the page's memory. */
  *#newGaps({ outcomesAt, rows }: ClassifyResult): Generator<ClassifiedGap> {
    const words = this.#memory.words(outcomesAt, rows * OUTCOME_WORDS);
    const doubles = this.#memory.doubles(outcomesAt, words.length / 2);
    for (let at = 0; at < words.length; at += OUTCOME_WORDS) {
      const code = words[at + OUTCOME_VERDICT] ?? 0;
      const verdict = code & 0xff;
      const sceneId = words[at + OUTCOME_ID] ?? 0;
      if (verdict === LEFT_OUT || !this.#seen.add(sceneId)) continue;
      this.verdicts[VERDICTS[verdict] ?? 'unreadable']++;
      const item = words[at + OUTCOME_ITEM] ?? NONE;
      if (item !== NONE) {
        const part = words[at + OUTCOME_PART] ?? NONE;
        this.claims.add({ sceneId, item, part, evidence: words[at + OUTCOME_EVIDENCE] ?? 0, verdict });
        if (code >> 8 === GAP_JOB && this.#isBeyondFilter(part)) this.isIndexTooSmall = true;
      }
      const updatedAt = doubles[at / 2 + OUTCOME_UPDATED_DOUBLE] ?? NaN;
      if (Number.isNaN(updatedAt)) this.#unreadableTimes.push(sceneId);
      const gap = code >> 8;
      if (gap === GAP_NONE) continue;
      const job = this.#memory.bytes(words[at + OUTCOME_JOB_AT] ?? 0, words[at + OUTCOME_JOB_BYTES] ?? 0);
      yield { sceneId, updatedAt, outcome: OUTCOMES[gap], job: gap === GAP_JOB ? job : undefined };
    }
  }

  #isBeyondFilter(part: number): boolean {
    return this.#filter?.hasName(this.#index?.nameHashOf(part) ?? NONE) === false;
  }

  inSync(ids: Uint32Array): void {
    for (const sceneId of ids) if (this.#seen.add(sceneId)) this.verdicts.in_sync++;
  }

  gone(sceneId: number): void {
    this.#gone.push(sceneId);
  }

  unreadable(sceneId: number, message: string): void {
    if (!this.#seen.add(sceneId)) return;
    this.verdicts.unreadable++;
    this.#unreadable.push(sceneId);
    this.#firstProblem ||= message;
    if (this.#lines !== 'all') return;
    const head = JSON.stringify({ sceneId, verdict: 'unreadable', reason: `Stash cannot deliver it: ${message}` });
    const rest = { title: '', path: null, updatedAt: null, item: null, evidence: null, candidates: [] };
    this.#stage.addReportLine(sceneId, `${head.slice(0, -1)},"action":`, `,${JSON.stringify(rest).slice(1)}`);
  }

  progress(rows: number): void {
    this.#rows += rows;
    this.#onProgress(this.#rows);
  }

  /** Takes back the verdicts of scenes whose match did not stand; they are about to be judged again. */
  retract(fallen: readonly FallenClaim[]): void {
    for (const { sceneId, verdict } of fallen) {
      this.verdicts[verdict]--;
      this.#seen.delete(sceneId);
      this.#stage.remove(sceneId);
    }
  }

  /** What the person should know about the scenes themselves. */
  warnings(): ScanWarning[] {
    const warnings: ScanWarning[] = [];
    if (this.#gone.length > 0) {
      const message = `Stash has no scene with ${this.#gone.length === 1 ? 'this id' : 'these ids'} (any more): ${named(this.#gone).join(', ')}`;
      warnings.push({ code: 'scenes_gone', message, sceneIds: named(this.#gone) });
    }
    if (this.#unreadable.length > 0) {
      const count = this.#unreadable.length;
      const message = `Stash could not deliver ${count} scene${count === 1 ? '' : 's'} ("${this.#firstProblem}")`;
      warnings.push({ code: 'scenes_unreadable', message, sceneIds: named(this.#unreadable) });
    }
    if (this.#unreadableTimes.length > 0) {
      const message = `${this.#unreadableTimes.length} scenes have an update time that could not be read; none was taken for stale`;
      warnings.push({ code: 'update_times_unreadable', message, sceneIds: named(this.#unreadableTimes) });
    }
    return warnings;
  }
}

function named(ids: readonly number[]): number[] {
  return [...ids].sort((a, b) => a - b).slice(0, MAX_NAMED);
}

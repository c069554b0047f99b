/** Merges what workers found, page by page and in any order, into counts, claims and staged gaps. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { ClassifyResult, ScanContext } from '../../shared/messages.js';
import { readGaps } from '../../shared/gap-columns.js';
import { VERDICTS, zeroVerdicts } from '../../shared/verdicts.js';
import type { GapStage } from '../queue/stage.js';
import type { ScanWarning } from '../scan-types.js';
import type { SceneSink } from '../stash/read-scenes.js';
import { BitSet } from './bit-set.js';
import { Claims, type FallenClaim } from './claims.js';

/** How many scenes a warning names. */
const MAX_NAMED = 100;

/** The coordinator's side of the scan's results. */
export class Merge implements SceneSink {
  /** How many scenes got each verdict. */
  readonly verdicts = zeroVerdicts();
  /** Matches to be settled once everything has been read. */
  readonly claims: Claims;
  readonly #stage: GapStage;
  readonly #lines: ScanContext['lines'];
  readonly #onProgress: (rows: number) => void;
  readonly #seen = new BitSet();
  readonly #gone: number[] = [];
  readonly #unreadable: number[] = [];
  readonly #unreadableTimes: number[] = [];
  #firstProblem = '';
  #rows = 0;

  constructor(index: PlexIndex, stage: GapStage, lines: ScanContext['lines'], onProgress: (rows: number) => void) {
    this.claims = new Claims(index);
    this.#stage = stage;
    this.#lines = lines;
    this.#onProgress = onProgress;
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
    const repeated = new Set<number>();
    for (let i = 0; i < result.ids.length; i++) {
      const sceneId = result.ids[i] ?? 0;
      if (!this.#seen.add(sceneId)) {
        repeated.add(sceneId);
        continue;
      }
      const verdict = result.verdicts[i] ?? 0;
      this.verdicts[VERDICTS[verdict] ?? 'unreadable']++;
      const part = result.parts[i] ?? NONE;
      if (part !== NONE) this.claims.add(sceneId, part, result.evidence[i] ?? 0, verdict);
    }
    const isNew = ({ sceneId }: { sceneId: number }) => !repeated.has(sceneId);
    const gaps = readGaps(result.gaps);
    this.#stage.addAll(repeated.size === 0 ? gaps : [...gaps].filter(isNew));
    for (const { sceneId, head, tail } of result.lines) this.#stage.addReportLine(sceneId, head, tail);
    this.#unreadableTimes.push(...result.unreadableTimes);
  }

  inSync(ids: readonly number[]): void {
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

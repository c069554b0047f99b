/**
 * Report lines on their way to the reports: complete texts in a temporary file without a name, page by page as they come,
 * and read again in the order of scene ids once it is known what became of every gap.
 */
import { JudgedWord, LEFT_OUT } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { PageLines } from '../../shared/messages.js';
import { nextStepOf } from '../../workers/judgement/reasons.js';
import type { ReportLine } from '../../shared/report-line.js';
import { VERDICTS, type Verdict } from '../../shared/verdicts.js';
import { Growing } from '../collections/growing.js';
import type { LineChange } from './line-changes.js';
import { PageFile } from '../spool/page-file.js';
import { spoolFailure } from './errors.js';

const u32 = () => new Growing((length) => new Uint32Array(length));

/** Which lines are read. */
export interface LineChoice {
  readonly verdicts: readonly Verdict[];
  /** Of each verdict only so many, those of the lowest scene ids. Default: all. */
  readonly mostOfEach?: number;
}

/** Lines of a run. Every method throws ConfigError when the temporary file cannot be used. */
export class LineSpool {
  readonly #file = new PageFile(spoolFailure);
  /** Of each line: its scene, its page, and where in the page. */
  readonly #scene = u32();
  readonly #page = u32();
  readonly #at = u32();
  readonly #length = u32();
  /** Its verdict's index in VERDICTS. */
  readonly #verdict = new Growing((length) => new Uint8Array(length));
  /** Lines of a scene before this one no longer count. */
  readonly #validFrom = new Map<number, number>();
  /** The lines in the order of scene ids; undefined until it is asked for, and when lines come or go. */
  #order: Uint32Array | undefined;

  /** Takes the lines of a page, which lie in shared memory. @param judged records of JudgedWord, which say whose they are */
  add(memory: EngineMemory, { at, bytes }: PageLines, judged: Uint32Array): void {
    this.#file.add(memory.bytes(at, bytes));
    let start = 0;
    for (let scene = 0; scene < judged.length; scene += JudgedWord.Words) {
      const length = judged[scene + JudgedWord.LineBytes] ?? 0;
      if (length === 0) continue;
      const verdict = (judged[scene + JudgedWord.Verdict] ?? 0) & 0xff;
      if (verdict !== LEFT_OUT) this.#note(judged[scene + JudgedWord.Id] ?? 0, verdict, start, length);
      start += length;
    }
  }

  /** Takes a single line. */
  addOne(line: ReportLine): void {
    const text = Buffer.from(`${JSON.stringify(line)}\n`);
    this.#file.add(text);
    this.#note(line.sceneId, VERDICTS.indexOf(line.verdict), 0, text.length);
  }

  /** Takes back the lines of a scene that is about to be judged again. */
  remove(sceneId: number): void {
    this.#validFrom.set(sceneId, this.#scene.length);
    this.#order = undefined;
  }

  /**
   * All lines in the order of scene ids, without the line break.
   * @param changed what became of gaps beside what their line says, in the order of scene ids
   */
  *texts(changed: Iterable<LineChange>, choice?: LineChoice): Generator<string> {
    for (const { line, change } of this.#withChanges(changed, choice)) {
      yield change === undefined ? this.#text(line) : withChange(this.#text(line), change);
    }
  }

  /** The same as bytes, each line with its break: most are copied as they lie in their page, many at once. */
  *bytes(changed: Iterable<LineChange>, choice?: LineChoice): Generator<Uint8Array> {
    let [page, start, end] = [0, 0, 0];
    for (const { line, change } of this.#withChanges(changed, choice)) {
      const at = this.#at.data[line] ?? 0;
      const goesOn = change === undefined && this.#page.data[line] === page && at === end;
      if (!goesOn && end > start) yield this.#piece(page, start, end, choice);
      if (change !== undefined) {
        yield Buffer.from(`${withChange(this.#text(line), change)}\n`);
        [start, end] = [0, 0];
        continue;
      }
      if (!goesOn) [page, start] = [this.#page.data[line] ?? 0, at];
      end = at + (this.#length.data[line] ?? 0);
    }
    if (end > start) yield this.#piece(page, start, end, choice);
  }

  /** Where only the first of each verdict are wanted, the others lie far apart soon, and their pages are not worth reading. */
  #piece(page: number, start: number, end: number, choice: LineChoice | undefined): Uint8Array {
    const isSparse = choice?.mostOfEach !== undefined;
    return isSparse ? this.#file.piece(page, start, end) : this.#file.page(page).subarray(start, end);
  }

  *#withChanges(
    changed: Iterable<LineChange>,
    { verdicts, mostOfEach = Infinity }: LineChoice = { verdicts: VERDICTS },
  ): Generator<{ readonly line: number; readonly change: LineChange | undefined }> {
    const changes = changed[Symbol.iterator]();
    const room = VERDICTS.map((verdict) => (verdicts.includes(verdict) ? mostOfEach : 0));
    try {
      let next = changes.next();
      for (const line of this.#inOrder()) {
        const verdict = this.#verdict.data[line] ?? 0;
        const left = room[verdict] ?? 0;
        if (left === 0) continue;
        room[verdict] = left - 1;
        const sceneId = this.#scene.data[line] ?? 0;
        while (next.done !== true && next.value.sceneId < sceneId) next = changes.next();
        yield { line, change: next.done !== true && next.value.sceneId === sceneId ? next.value : undefined };
      }
    } finally {
      // A query that is left half-read would keep its database open.
      changes.return?.();
    }
  }

  /** Drops everything. */
  close(): void {
    this.#file.close();
  }

  #note(sceneId: number, verdict: number, at: number, length: number): void {
    this.#order = undefined;
    this.#scene.push(sceneId);
    this.#verdict.push(verdict);
    this.#page.push(this.#file.pages - 1);
    this.#at.push(at);
    this.#length.push(length);
  }

  /** Of lines of one scene the last: pages that were held are judged again as a whole. */
  #inOrder(): Uint32Array {
    return (this.#order ??= this.#sorted());
  }

  #sorted(): Uint32Array {
    const scenes = this.#scene.view();
    const count = scenes.length;
    // One number for scene and line, exact for four million lines: numbers are sorted far faster than pairs.
    const keys = Float64Array.from(scenes, (sceneId, line) => sceneId * count + line).sort();
    const lines = Uint32Array.from(keys, (key) => key % count);
    return lines.filter((line, i) => {
      const sceneId = scenes[line] ?? 0;
      const isLast = i + 1 === count || scenes[lines[i + 1] ?? 0] !== sceneId;
      return isLast && line >= (this.#validFrom.get(sceneId) ?? 0);
    });
  }

  #text(line: number): string {
    const at = this.#at.data[line] ?? 0;
    return this.#file.page(this.#page.data[line] ?? 0).toString('utf8', at, at + (this.#length.data[line] ?? 0) - 1);
  }
}

function withChange(text: string, { action, diagnosis }: LineChange): string {
  const line = JSON.parse(text) as ReportLine;
  const changed = { ...line, action: action ?? line.action };
  return JSON.stringify({ ...changed, nextStep: nextStepOf(changed), ...diagnosis?.() } satisfies ReportLine);
}

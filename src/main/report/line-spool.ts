/**
 * Report lines on their way to the reports: their heads in a temporary file without a name, page by page as they come, and
 * read again in the order of scene ids once it is known what became of every gap, which is how each line ends.
 */
import { Job, JudgedWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { isLeftOut, jobOf, judgedWord, reasonOf, verdictOf } from '../../shared/judged.js';
import type { PageLines } from '../../shared/messages.js';
import type { LineHead } from '../../shared/report-line.js';
import { GAP_ACTIONS, VERDICTS, type Verdict } from '../../shared/verdicts.js';
import { Growing } from '../collections/growing.js';
import { orderById } from '../collections/order.js';
import type { LineChange } from './line-changes.js';
import { actionOf, closeLine, lineEndOf } from './line-end.js';
import { PageFile } from '../spool/page-file.js';
import { spoolFailure } from './errors.js';

const u32 = () => new Growing((length) => new Uint32Array(length));

/** To hand a chunk to another thread for writing costs as much as putting some ten thousand bytes together. */
const CHUNK_BYTES = 1 << 18;

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
  /** What became of its scene; see shared/judged.ts. */
  readonly #judged = u32();
  /** The ends of lines of which nothing more is to be said, by what became of the scene and the action. */
  readonly #closings = new Map<number, Buffer>();
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
      const word = judged[scene + JudgedWord.Verdict] ?? 0;
      if (!isLeftOut(word)) this.#note(judged[scene + JudgedWord.Id] ?? 0, word, start, length);
      start += length;
    }
  }

  /** Takes a single line of a scene that is no gap. */
  addOne(head: LineHead): void {
    const members = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const text = Buffer.from(`{${members.join(',')}`);
    this.#file.add(text);
    this.#note(head.sceneId, judgedWord(head.verdict, Job.NoGap, head.code), 0, text.length);
  }

  /** Takes back the lines of a scene that is about to be judged again. */
  remove(sceneId: number): void {
    this.#validFrom.set(sceneId, this.#scene.length);
    this.#order = undefined;
  }

  /**
   * All lines in the order of scene ids, without the line break.
   * @param changed what became of gaps, and why scenes are missing, in the order of scene ids
   */
  *texts(changed: Iterable<LineChange>, choice?: LineChoice): Generator<string> {
    for (const { line, change } of this.#withChanges(changed, choice)) {
      const { bytes, start, end } = this.#headOf(line, choice);
      const closing = this.#closingOf(line, change);
      yield bytes.toString('utf8', start, end) + closing.toString('utf8', 0, closing.length - 1);
    }
  }

  /**
   * The same as bytes, each line with its break, in chunks that end with a line: about as large as is asked for. A chunk lasts
   * until the next but one is asked for.
   */
  *bytes(
    changed: Iterable<LineChange>,
    choice?: LineChoice,
    chunkBytes = CHUNK_BYTES,
  ): Generator<Uint8Array<ArrayBuffer>> {
    let [chunk, other] = [Buffer.allocUnsafe(chunkBytes), Buffer.allocUnsafe(chunkBytes)];
    let filled = 0;
    for (const { line, change } of this.#withChanges(changed, choice)) {
      const closing = this.#closingOf(line, change);
      const length = (this.#length.data[line] ?? 0) + closing.length;
      if (length > chunk.length - filled) {
        if (filled > 0) yield chunk.subarray(0, filled);
        [chunk, other, filled] = [other.length < length ? Buffer.allocUnsafe(length) : other, chunk, 0];
      }
      // Not before: while one report waits for its chunk to be written, another reads pages, into the same memory.
      const { bytes, start, end } = this.#headOf(line, choice);
      filled += bytes.copy(chunk, filled, start, end);
      filled += closing.copy(chunk, filled);
    }
    if (filled > 0) yield chunk.subarray(0, filled);
  }

  /** Where only the first of each verdict are wanted, the others lie far apart soon, and their pages are not worth reading. */
  #headOf(line: number, choice: LineChoice | undefined): { bytes: Buffer; start: number; end: number } {
    const [page = 0, start = 0] = [this.#page.data[line], this.#at.data[line]];
    const end = start + (this.#length.data[line] ?? 0);
    if (choice?.mostOfEach === undefined) return { bytes: this.#file.page(page), start, end };
    return { bytes: this.#file.piece(page, start, end), start: 0, end: end - start };
  }

  #closingOf(line: number, change: LineChange | undefined): Buffer {
    const word = this.#judged.data[line] ?? 0;
    const action = change?.action ?? actionOf(jobOf(word));
    const diagnosis = change?.diagnosis?.();
    // Numbers of 23 bits, and of the action a few more.
    const key = action === null ? word : word + 2 ** 24 * (GAP_ACTIONS.indexOf(action) + 1);
    const known = diagnosis === undefined ? this.#closings.get(key) : undefined;
    if (known !== undefined) return known;
    const bytes = Buffer.from(
      `${closeLine({ ...lineEndOf(verdictOf(word), reasonOf(word), action), ...diagnosis })}\n`,
    );
    if (diagnosis === undefined) this.#closings.set(key, bytes);
    return bytes;
  }

  *#withChanges(
    changed: Iterable<LineChange>,
    { verdicts, mostOfEach = Infinity }: LineChoice = { verdicts: VERDICTS },
  ): Generator<{ readonly line: number; readonly change: LineChange | undefined }> {
    const changes = changed[Symbol.iterator]();
    const room = new Map(verdicts.map((verdict) => [verdict, mostOfEach]));
    try {
      let next = changes.next();
      for (const line of this.#inOrder()) {
        const verdict = verdictOf(this.#judged.data[line] ?? 0);
        const left = room.get(verdict) ?? 0;
        if (left === 0) continue;
        room.set(verdict, left - 1);
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

  #note(sceneId: number, judged: number, at: number, length: number): void {
    this.#order = undefined;
    this.#scene.push(sceneId);
    this.#judged.push(judged);
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
    const lines = orderById(scenes);
    return lines.filter((line, i) => {
      const sceneId = scenes[line] ?? 0;
      const isLast = i + 1 === lines.length || scenes[lines[i + 1] ?? 0] !== sceneId;
      return isLast && line >= (this.#validFrom.get(sceneId) ?? 0);
    });
  }
}

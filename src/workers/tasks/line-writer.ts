/** The heads of a page's report lines, one behind the other in its memory. */
import { JudgedWord } from '../../shared/engine/layout.js';
import type { PageLines } from '../../shared/messages.js';
import type { PageFacts } from '../judgement/facts.js';
import type { Judgement } from '../judgement/judge.js';
import { writeLineHead, type LineSetting } from '../judgement/report-line.js';

/** A scene that is to have a line. */
interface LineToWrite {
  /** The number of its record of JudgedWord. */
  readonly record: number;
  /** Its number on the page. */
  readonly scene: number;
  readonly judgement: Judgement;
}

/** Collects scenes, and writes their lines together, since nothing else may come in between. */
export class LineWriter {
  readonly #lines: LineToWrite[] = [];

  /** Adds a scene. */
  add(line: LineToWrite): void {
    this.#lines.push(line);
  }

  /** Writes all lines where the coordinator looks for them, and their lengths into the records. */
  write(setting: LineSetting, facts: PageFacts, records: Uint32Array): PageLines | undefined {
    if (this.#lines.length === 0) return undefined;
    const at = setting.engine.jsonTop();
    for (const { record, scene, judgement } of this.#lines) {
      facts.moveTo(scene);
      const { bytes } = writeLineHead(setting, facts, judgement);
      records[record * JudgedWord.Words + JudgedWord.LineBytes] = bytes;
    }
    return { at, bytes: setting.engine.jsonTop() - at };
  }
}

/** The heads of a page's report lines, one behind the other in its memory. */
import { JudgedWord } from '../../shared/engine/layout.js';
import type { PageLines } from '../../shared/messages.js';
import type { PageFacts } from '../judgement/facts.js';
import type { Judgement } from '../judgement/judge.js';
import { HeadWriter } from '../judgement/report-line.js';
import type { PageEngine } from '../pages/page-engine.js';

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
  write(engine: PageEngine, facts: PageFacts, records: Uint32Array): PageLines | undefined {
    if (this.#lines.length === 0) return undefined;
    const heads = new HeadWriter(engine);
    const at = engine.lineTop();
    for (const { record, scene, judgement } of this.#lines) {
      facts.moveTo(scene);
      records[record * JudgedWord.Words + JudgedWord.LineBytes] = heads.write(facts, judgement);
    }
    return { at, bytes: engine.lineTop() - at };
  }
}

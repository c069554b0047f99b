/** Report lines of one page on their way into its memory. */
import { JudgedWord } from '../../shared/engine/layout.js';
import type { PageLines } from '../../shared/messages.js';
import type { ReportLine } from '../../shared/report-line.js';
import type { PageEngine } from '../pages/page-engine.js';

/** Collects lines, and writes them where the coordinator looks for them. */
export class LineWriter {
  readonly #lines: string[] = [];
  /** The number of the record of each line. */
  readonly #recordOf: number[] = [];

  /** Adds the line of a scene. @param record the number of its record of JudgedWord */
  add(record: number, line: ReportLine): void {
    this.#recordOf.push(record);
    this.#lines.push(`${JSON.stringify(line)}\n`);
  }

  /** Writes all lines into the page's memory, and their lengths into the records. */
  write(engine: PageEngine, records: Uint32Array): PageLines | undefined {
    if (this.#lines.length === 0) return undefined;
    const { at, bytes, lengths } = engine.putTexts(this.#lines);
    for (const [i, record] of this.#recordOf.entries()) {
      records[record * JudgedWord.Words + JudgedWord.LineBytes] = lengths[i] ?? 0;
    }
    return { at, bytes };
  }
}

/** Writes reports once the fate of every gap is known, line by line: a million lines never stand in memory. */
import type { LineChange } from './line-changes.js';
import type { LineChoice } from './line-spool.js';
import { replaceFile } from '../replace-file.js';
import type { ReportFile, ScanOptions, ScanSummary } from '../scan-types.js';
import { unreachable } from '../../shared/unreachable.js';
import { csv } from './csv.js';
import { isOnOutput } from './formats.js';
import type { PageContext } from './html/html.js';
import { markdown } from './markdown.js';
import { writeToOutput } from './standard-output.js';
import { unwritable } from './targets.js';

/** Where lines come from: as texts, or with their breaks as bytes. */
export interface LineSource {
  texts(changes: Iterable<LineChange>, choice?: LineChoice): Iterable<string>;
  bytes(changes: Iterable<LineChange>, choice?: LineChoice, chunkBytes?: number): Iterable<Uint8Array>;
}

/** What a report is made of. */
export interface ReportContent extends PageContext {
  readonly lines: LineSource;
  /** Default: all lines. */
  readonly choice?: LineChoice;
  /** What became known of the lines after they were written. */
  readonly changes: () => Iterable<LineChange>;
  readonly summary: ScanSummary;
}

/** Writes one report. @throws ConfigError */
export async function writeReport(
  report: ReportFile,
  content: ReportContent,
  options: Pick<ScanOptions, 'csvBom'> = {},
): Promise<void> {
  try {
    const pieces = await render(report.format, content, options);
    if (isOnOutput(report)) writeToOutput(pieces);
    else await replaceFile(report.path, pieces);
  } catch (cause: unknown) {
    throw unwritable(report.path, cause);
  }
}

async function render(
  format: ReportFile['format'],
  { lines, choice, changes, summary, earlierGaps }: ReportContent,
  options: Pick<ScanOptions, 'csvBom'>,
): Promise<Iterable<string | Uint8Array>> {
  switch (format) {
    case 'ndjson':
      return lines.bytes(changes(), choice);
    case 'json':
      return textsInChunks(json(lines.texts(changes(), choice), summary));
    case 'csv':
      return textsInChunks(csv(lines.texts(changes(), choice), options));
    case 'md':
      return textsInChunks(markdown(lines.texts(changes(), choice), summary));
    case 'html': {
      // Only who wants the page waits for what makes it to load.
      const { BLOCK_BYTES, html } = await import('./html/html.js');
      return html(lines.bytes(changes(), choice, BLOCK_BYTES), summary, { earlierGaps });
    }
    default:
      return unreachable(format);
  }
}

function* json(lines: Iterable<string>, summary: ScanSummary): Generator<string> {
  yield `{"schema":"gapscan.report/1","summary":${JSON.stringify(summary)},"scenes":[`;
  let separator = '\n';
  for (const line of lines) {
    yield separator + line;
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** One write call per line would cost more than the line. */
const CHUNK = 65_536;

function* textsInChunks(texts: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** Writes reports once the fate of every gap is known, line by line: a million lines never stand in memory. */
import type { LineChange } from './line-changes.js';
import { replaceFile } from '../replace-file.js';
import type { ReportFile, ScanOptions, ScanSummary } from '../scan-types.js';
import { unreachable } from '../../shared/unreachable.js';
import { csv } from './csv.js';
import { isOnOutput } from './formats.js';
import { html } from './html.js';
import { markdown } from './markdown.js';
import { writeToOutput } from './standard-output.js';
import { unwritable } from './targets.js';

/** Where lines come from: as texts, or with their breaks as bytes. */
export interface LineSource {
  texts(changes: Iterable<LineChange>): Iterable<string>;
  bytes(changes: Iterable<LineChange>): Iterable<Uint8Array>;
}

/** Writes one report. @throws ConfigError */
export function writeReport(
  report: ReportFile,
  lines: LineSource,
  changes: Iterable<LineChange>,
  summary: ScanSummary,
  options: Pick<ScanOptions, 'csvBom'> = {},
): void {
  const { path, format } = report;
  const pieces =
    format === 'ndjson'
      ? inChunks(lines.bytes(changes))
      : textsInChunks(render(format, lines.texts(changes), summary, options));
  try {
    if (isOnOutput(report)) writeToOutput(pieces);
    else replaceFile(path, pieces);
  } catch (cause: unknown) {
    throw unwritable(path, cause);
  }
}

function render(
  format: Exclude<ReportFile['format'], 'ndjson'>,
  lines: Iterable<string>,
  summary: ScanSummary,
  options: Pick<ScanOptions, 'csvBom'>,
): Iterable<string> {
  switch (format) {
    case 'json':
      return json(lines, summary);
    case 'csv':
      return csv(lines, options);
    case 'md':
      return markdown(lines, summary);
    case 'html':
      return html(lines, summary);
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

function* inChunks(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let chunk: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    chunk.push(piece);
    bytes += piece.length;
    if (bytes < CHUNK) continue;
    yield Buffer.concat(chunk);
    [chunk, bytes] = [[], 0];
  }
  yield Buffer.concat(chunk);
}

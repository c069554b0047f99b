/** Writes reports once the fate of every gap is known, line by line: a million lines never stand in memory. */
import { replaceFile } from '../replace-file.js';
import type { ReportFile, ScanSummary } from '../scan-types.js';
import { unreachable } from '../../shared/unreachable.js';
import { csv } from './csv.js';
import { html } from './html.js';
import { unwritable } from './targets.js';

/** Writes one report. @throws ConfigError */
export function writeReport({ path, format }: ReportFile, lines: Iterable<string>, summary: ScanSummary): void {
  try {
    replaceFile(path, inChunks(render(format, lines, summary)));
  } catch (cause: unknown) {
    throw unwritable(path, cause);
  }
}

function render(format: ReportFile['format'], lines: Iterable<string>, summary: ScanSummary): Iterable<string> {
  switch (format) {
    case 'ndjson':
      return ndjson(lines);
    case 'json':
      return json(lines, summary);
    case 'csv':
      return csv(lines);
    case 'html':
      return html(lines, summary);
    default:
      return unreachable(format);
  }
}

function* ndjson(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
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
function* inChunks(texts: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const text of texts) {
    chunk += text;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

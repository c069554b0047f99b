/** Reports as CSV (RFC 4180): a header, then one record per scene. */
import type { ScanOptions } from '../scan-types.js';
import { COLUMN_NAMES, flatLine } from './flat-line.js';

/** Writes lines, each given as its JSON. */
export function* csv(lines: Iterable<string>, { csvBom = false }: Pick<ScanOptions, 'csvBom'>): Generator<string> {
  if (csvBom) yield '\ufeff';
  yield record(COLUMN_NAMES);
  for (const line of lines) yield record(flatLine(line));
}

function record(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/**
 * What a spreadsheet would run as a formula: a file name can begin with "=". The wide forms are taken for the plain ones by
 * some; blanks in front are skipped by others.
 */
const FORMULA = /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

function cell(text: string): string {
  // An apostrophe makes it a text for every spreadsheet.
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Reports as CSV (RFC 4180): a header, then one record per scene. */
import { COLUMN_NAMES, flatLine } from './flat-line.js';

/** Writes lines, each given as its JSON. @param bom whether to begin with the mark by which Excel knows UTF-8 */
export function* csv(lines: Iterable<string>, bom: boolean): Generator<string> {
  if (bom) yield '\ufeff';
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

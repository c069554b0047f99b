/** The kinds of report file, told by the ending of the name. */
import { extname } from 'node:path';

/** Every format, which is also its ending. */
export const REPORT_FORMATS = ['ndjson', 'json', 'csv', 'md', 'html'] as const;

/** A kind of report file. */
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The endings in a sentence. */
export const REPORT_ENDINGS = `${REPORT_FORMATS.slice(0, -1)
  .map((format) => `.${format}`)
  .join(', ')} or .${REPORT_FORMATS.at(-1) ?? ''}`;

/** The format that a file's ending asks for; undefined for any other ending, and for an ending alone. */
export function reportFormatOf(path: string): ReportFormat | undefined {
  const ending = extname(path).slice(1).toLowerCase();
  return REPORT_FORMATS.find((format) => format === ending);
}

/** The path that means standard output. */
export const STANDARD_OUTPUT = '-';

/** What `-` and `FORMAT:-` ask for: a report on standard output, NDJSON where nothing is said; undefined for any other text. */
export function standardOutputFormat(text: string): ReportFormat | undefined {
  if (text === STANDARD_OUTPUT) return 'ndjson';
  return REPORT_FORMATS.find((format) => text.toLowerCase() === `${format}:${STANDARD_OUTPUT}`);
}

/** Whether a report goes to standard output. */
export function isOnOutput({ path }: { readonly path: string }): boolean {
  return path === STANDARD_OUTPUT;
}

/** Why a second one is refused. */
export const ONE_OUTPUT = 'only one report can go to standard output';

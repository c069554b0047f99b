/** A report line as one row of a table. */
import type { ReportItem, ReportLine } from '../scan-types.js';

/** The columns, in their order; each from one place of the line. */
const COLUMNS = {
  sceneId: (line) => String(line.sceneId),
  verdict: (line) => line.verdict,
  title: (line) => line.title,
  action: (line) => line.action ?? '',
  code: (line) => line.code,
  reason: (line) => line.reason,
  nextStep: (line) => line.nextStep ?? '',
  path: (line) => line.path ?? '',
  url: (line) => line.url,
  updatedAt: (line) => line.updatedAt ?? '',
  ratingKey: (line) => line.item?.ratingKey ?? '',
  itemTitle: (line) => line.item?.title ?? '',
  section: (line) => line.item?.section ?? '',
  itemPath: (line) => line.item?.path ?? '',
  itemUrl: (line) => line.item?.url ?? '',
  evidence: (line) => line.evidence ?? '',
  candidates: (line) => line.candidates.map(candidate).join('; '),
  missing: (line) => line.missing?.reason ?? '',
  directory: (line) => line.missing?.directory ?? '',
  suggestion: ({ missing }) => (missing?.suggestion ? suggested(missing.suggestion) : ''),
  studio: (line) => line.studio ?? '',
  date: (line) => line.date ?? '',
} as const satisfies Record<string, (line: ReportLine) => string>;

/** The names of the columns. */
export const COLUMN_NAMES: readonly string[] = Object.keys(COLUMNS);

/** The cells of a line, given as its JSON. */
export function flatLine(text: string): string[] {
  const line = JSON.parse(text) as ReportLine;
  return Object.values(COLUMNS).map((cell) => cell(line));
}

function suggested({ ratingKey, path }: { readonly ratingKey: string; readonly path: string }): string {
  return `${ratingKey}: ${path}`;
}

function candidate({ ratingKey, section, path }: ReportItem): string {
  return `${ratingKey} (${section}): ${path}`;
}

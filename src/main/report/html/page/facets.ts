/** By what findings are filtered, grouped and counted, and the columns of their table. */

/** What a finding has one value of. */
export const FACETS = ['verdict', 'action', 'change', 'library', 'root', 'directory', 'studio', 'year'] as const;

/** One of them. */
export type Facet = (typeof FACETS)[number];

/** What it is called. */
export const FACET_TITLES: Readonly<Record<Facet, string>> = {
  verdict: 'Verdict',
  action: 'What was done',
  change: 'Since the last run',
  library: 'Library',
  root: 'Root',
  directory: 'Directory',
  studio: 'Studio',
  year: 'Year',
};

const WITHOUT: Readonly<Record<Facet, string>> = {
  verdict: 'none',
  action: 'nothing',
  change: 'not compared',
  library: 'no item in a library',
  root: 'no known root',
  directory: 'no file',
  studio: 'no studio',
  year: 'no date',
};

/** The order of values in charts: the years as they go, of all else the most first. */
export const IS_BY_VALUE: ReadonlySet<Facet> = new Set(['year']);

/** A value as people read it; a finding without one has the empty text. */
export function valueText(facet: Facet, value: string): string {
  return value === '' ? WITHOUT[facet] : value.replaceAll('_', facet === 'verdict' || facet === 'action' ? ' ' : '_');
}

/** The same where there is little room: of a directory its end, which tells it from others. */
export function shortText(facet: Facet, value: string): string {
  if (facet !== 'directory') return valueText(facet, value);
  return valueText(facet, value).replace(/^.*([\\/][^\\/]+[\\/][^\\/]+)$/s, '…$1');
}

/** The columns, in their order. */
export const COLUMNS = ['scene', 'title', 'verdict', 'action', 'change', 'file', 'item'] as const;

/** One of them. */
export type Column = (typeof COLUMNS)[number];

/** Their headings. */
export const COLUMN_TITLES: Readonly<Record<Column, string>> = {
  scene: 'Scene',
  title: 'Title',
  verdict: 'Verdict',
  action: 'Done',
  change: 'Change',
  file: 'File',
  item: 'Plex item',
};

/** Narrows a word from a URL. */
export function oneOf<T extends string>(words: readonly T[], word: string): T | undefined {
  return words.find((each) => each === word);
}

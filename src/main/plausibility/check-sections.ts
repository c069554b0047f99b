/** What makes the libraries of Plex implausible. */
import type { SectionFound } from '../plex/read-plex.js';
import type { ScanWarning } from '../scan-types.js';
import type { LastRun } from '../state/last-run.js';
import type { Implausible } from './plausibility.js';

/** The libraries as they are now and as they were. */
export interface SectionsToCheck {
  readonly found: readonly SectionFound[];
  /** Keys of all movie and show libraries; undefined when only some were to be read. */
  readonly listed: readonly string[] | undefined;
  /** The last good run of the same scope. */
  readonly last: LastRun | undefined;
}

/** Below this share of items with a file, a library shows none. */
const LEAST_WITH_FILE = 0.05;

/** Every check of the libraries that trips. */
export function checkSections({ found, listed, last }: SectionsToCheck): Implausible[] {
  const before = (key: string) => last?.sections.find((section) => section.key === key)?.items ?? 0;
  const isAllEmpty = found.every(({ items }) => items === 0);
  return [
    ...found.flatMap((section) => checkSection(section, before(section.key), isAllEmpty)),
    ...(listed === undefined ? [] : checkGone(listed, last)),
  ];
}

function checkSection(
  { title, items, rows, withFile, unlisted }: SectionFound,
  before: number,
  isAllEmpty: boolean,
): Implausible[] {
  const library = `Plex library "${title}"`;
  if (unlisted > 0) {
    const message = `${library} counts ${rows + unlisted} items, but lists ${rows} however often it is read`;
    const hint = 'Optimise the database in Plex (Settings, Troubleshooting), or look for items it cannot show.';
    return [{ check: 'section_short', message, hint }];
  }
  if (items === 0) return before > 0 || isAllEmpty ? [empty(library, before)] : [];
  if (withFile < items * LEAST_WITH_FILE) {
    const message = `${library} has ${items} items, but shows a file for ${withFile} of them`;
    return [
      {
        check: 'no_paths',
        message,
        hint: 'Does the token belong to the owner of the server? Others may not see paths.',
      },
    ];
  }
  if (items * 2 >= before) return [];
  const message = `${library} shrank from ${before} to ${items} items since the last run`;
  return [{ check: 'section_shrunk', message, hint: 'Is one of its disks unmounted?', isByLastRun: true }];
}

function empty(library: string, before: number): Implausible {
  const since = before > 0 ? ` (${before} items in the last run)` : '';
  return {
    check: 'section_empty',
    message: `${library} is empty${since}, so every scene would count as missing`,
    hint: 'Is its disk mounted? Or name the libraries to scan with --library.',
    isByLastRun: before > 0,
  };
}

function checkGone(listed: readonly string[], last: LastRun | undefined): Implausible[] {
  const gone = last?.sections.filter(({ key, items }) => items > 0 && !listed.includes(key)) ?? [];
  return gone.map(({ key, title, items }) => ({
    check: 'section_gone',
    message: `Plex library "${title}" (key ${key}, ${items} items in the last run) is no longer listed as a movie or show library`,
    hint: 'Was it removed, or may the token no longer see it?',
    isByLastRun: true,
  }));
}

/** A library that never had any items, beside others that have, is worth a word only. */
export function emptySectionWarnings({ found, last }: SectionsToCheck): ScanWarning[] {
  if (found.every(({ items }) => items === 0)) return [];
  const known = new Set(last?.sections.map(({ key }) => key));
  return found
    .filter(({ key, items }) => items === 0 && !known.has(key))
    .map(({ title }) => ({ code: 'library_empty', message: `Plex library "${title}" is empty` }));
}

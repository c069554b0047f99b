/** Reads one Plex section whole, or not at all: an incomplete index would make every absent item a false `missing`. */
import pMap from 'p-map';
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { LocalEngine } from '../engine/local-engine.js';
import type { TaskRunner } from '../engine/worker-pool.js';
import type { DigestResult } from '../../shared/messages.js';
import { PLEX_PAGES_IN_FLIGHT } from './connection.js';
import { pageFacts } from './page-facts.js';
import { PLEX_PAGE_ROWS, readTotalHeader, sectionPageRequest } from './section-page.js';
import { SectionTally, type PageTally } from './section-tally.js';
import type { PlexSection } from './sections.js';

/** Collaborators of one reading of one section. */
export interface SectionReading {
  readonly plex: ServerConnection;
  readonly runner: TaskRunner;
  /** Whose memory pages are read into. */
  readonly local: LocalEngine;
  readonly section: PlexSection;
  /** Address of the filter of the items that are wanted; 0 for all of them. */
  readonly filterAt: number;
  /** Takes a page; returns how many of its items are new. */
  readonly onPage: (result: DigestResult) => number;
}

/** A page is halved down to this when the server fails on it. */
const SMALLEST_PAGE = 50;
/** Behind the rows the server counts, at least so many pages are read before it is taken for endless. */
const LEAST_TAIL_PAGES = 10;
/** No section has more rows than this. */
const MAX_ROWS = 20_000_000;

/** A page in the middle brought nothing but rows that had come before: the section moved, or the server repeats itself. */
class RepeatedPage extends Error {}

/** Reads all pages once: up to where totalSize says, then on until a page without new rows proves that this was the end. */
export async function readSectionOnce(reading: SectionReading): Promise<SectionTally> {
  const tally = new SectionTally();
  try {
    await readPages(reading, tally);
  } catch (error: unknown) {
    if (!(error instanceof RepeatedPage)) throw error;
    tally.isBroken = true;
  }
  return tally;
}

async function readPages(reading: SectionReading, tally: SectionTally): Promise<void> {
  const first = await readRows(reading, 0, PLEX_PAGE_ROWS);
  tally.add(first);
  if (first.rows === 0) return;
  const total = first.totalSize ?? 0;
  // The server decides how many rows a page has; the first page shows what it grants.
  const slices: { start: number; end: number }[] = [];
  for (let start = first.rows; start < total; start += first.rows) {
    slices.push({ start, end: Math.min(start + first.rows, total) });
  }
  const concurrency = PLEX_PAGES_IN_FLIGHT + reading.runner.threads * 2;
  await pMap(slices, ({ start, end }) => readSlice(reading, start, end, first, tally), { concurrency });
  await readTail(reading, first, tally);
}

/** Advances by rows received until the slice is covered. */
async function readSlice(
  reading: SectionReading,
  start: number,
  end: number,
  first: PageTally,
  tally: SectionTally,
): Promise<void> {
  let at = start;
  while (at < end) {
    const page = await readRows(reading, at, end - at);
    if (page.rows === 0) return;
    if (isOnlyRepeated(page)) throw repeats(reading, at, page, first);
    tally.add(page);
    at += page.rows;
  }
}

/** A totalSize that is too small must not hide items: only a page without new ones is the end. */
async function readTail(reading: SectionReading, first: PageTally, tally: SectionTally): Promise<void> {
  const total = first.totalSize;
  const pages = total === undefined ? Infinity : Math.max(LEAST_TAIL_PAGES, Math.ceil(total / first.rows));
  let at = Math.max(total ?? 0, first.rows);
  for (let page = 0; page < pages && tally.rows <= MAX_ROWS; page++) {
    const tail = await readRows(reading, at, PLEX_PAGE_ROWS);
    if (tail.rows === 0) return;
    if (isOnlyRepeated(tail)) {
      // Some servers give the last page again beyond the end. If it is as large as the first, who knows what else there is.
      if (total === undefined && tail.rows === first.rows) throw repeats(reading, at, tail, first);
      return;
    }
    tally.add(tail);
    // Rows come while they are read; the reading has to be done again anyway.
    if (tally.totals.size > 1) return;
    at += tail.rows;
  }
  throw endless(reading, total, tally);
}

const isOnlyRepeated = ({ items, repeated }: PageTally): boolean => items > 0 && repeated === items;

/** A page as large as the first cannot have slipped there by a few rows that came or went. */
function repeats({ plex, section }: SectionReading, at: number, page: PageTally, first: PageTally): Error {
  if (page.rows !== first.rows) return new RepeatedPage();
  const { path } = sectionPageRequest(section, at, page.rows);
  return new ServerError(
    `Plex at ${plex.urlOf(path)} cannot be read page by page: library "${section.title}" gives ${page.rows} rows it has given before when asked for those from ${at} on`,
    {
      code: 'plex_bad_answer',
      hint: 'A proxy may drop the query and the X-Plex-Container headers of requests; ask Plex itself.',
    },
  );
}

function endless({ plex, section }: SectionReading, total: number | undefined, { rows }: SectionTally): ServerError {
  const counted = total === undefined ? 'does not say how many items it has' : `counts ${total} items`;
  const { path } = sectionPageRequest(section, rows, PLEX_PAGE_ROWS);
  return new ServerError(
    `Plex at ${plex.urlOf(path)} does not come to an end: library "${section.title}" ${counted}, and listed ${rows} so far`,
    { code: 'plex_bad_answer', hint: 'Is this really Plex? Look at what stands between gapscan and it.' },
  );
}

async function readRows(reading: SectionReading, start: number, size: number): Promise<PageTally> {
  try {
    return await readPage(reading, start, size);
  } catch (error: unknown) {
    // Plex answers 500 to pages that are too much for it.
    if (!(error instanceof ServerError) || error.status !== 500 || size <= SMALLEST_PAGE) throw error;
    return readRows(reading, start, Math.ceil(size / 2));
  }
}

function readPage(
  { plex, runner, local, section, filterAt, onPage }: SectionReading,
  start: number,
  size: number,
): Promise<PageTally> {
  const request = sectionPageRequest(section, start, size);
  return plex.retrying(async () => {
    const { headers, body } = await plex.readOnce({ ...request, memory: local.pages });
    const answer = await runner.run({ kind: 'digest', filterAt }, body, (page) => ({
      ...pageFacts(local.memory, page),
      rows: page.rows,
      items: page.items,
      totalSize: page.totalSize ?? readTotalHeader(headers),
      repeated: page.items - onPage(page),
    }));
    if (answer.ok) {
      plex.rows += answer.value.rows;
      return answer.value;
    }
    const { problem } = answer;
    const detail =
      problem.kind === 'not_json' ? `a body that is not whole JSON (${problem.detail})` : describe(problem);
    throw plex.passing(plex.badAnswer(request.path, detail));
  });
}

function describe(
  problem: { kind: 'unexpected_shape'; detail: string } | { kind: 'graphql_error'; message: string },
): string {
  return problem.kind === 'unexpected_shape' ? problem.detail : problem.message;
}

/** Reads one Plex section whole, or not at all: an incomplete index would make every absent item a false `missing`. */
import pMap from 'p-map';
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { PageMemory } from '../engine/page-memory.js';
import type { TaskRunner } from '../engine/worker-pool.js';
import type { DigestResult } from '../../shared/messages.js';
import { PLEX_PAGES_IN_FLIGHT } from './connection.js';
import { PLEX_PAGE_ROWS, sectionPageRequest } from './section-page.js';
import type { PlexSection } from './sections.js';

/** Collaborators of one reading of one section. */
export interface SectionReading {
  readonly plex: ServerConnection;
  readonly runner: TaskRunner;
  /** Where pages are read into. */
  readonly pages: PageMemory;
  readonly section: PlexSection;
  /** Address of the filter of the items that are wanted; 0 for all of them. */
  readonly filterAt: number;
  /** Takes a page; returns how many of its items are new. */
  readonly onPage: (result: DigestResult) => number;
}

/** What one reading of a section came to. */
export interface SectionTally {
  /** Rows received, repeated ones included. */
  readonly rows: number;
  /** Rows whose rating key had come before. */
  readonly repeated: number;
  /** Every totalSize the server gave; more than one value means the section changed under the reading. */
  readonly totals: ReadonlySet<number>;
}

/** What one page came to. */
interface PageTally {
  readonly rows: number;
  readonly repeated: number;
  readonly totalSize: number | undefined;
}

/** A page is halved down to this when the server fails on it. */
const SMALLEST_PAGE = 50;

/** Reads all pages once: up to where totalSize says, then on until an empty page proves that this was the end. */
export async function readSectionOnce(reading: SectionReading): Promise<SectionTally> {
  const tally = new Tally();
  const first = await readRows(reading, 0, PLEX_PAGE_ROWS, tally);
  if (first.rows === 0) return tally;
  const total = first.totalSize ?? 0;
  // The server decides how many rows a page has; the first page shows what it grants.
  const slices: { start: number; end: number }[] = [];
  for (let start = first.rows; start < total; start += first.rows) {
    slices.push({ start, end: Math.min(start + first.rows, total) });
  }
  const concurrency = PLEX_PAGES_IN_FLIGHT + reading.runner.threads * 2;
  await pMap(slices, ({ start, end }) => readSlice(reading, start, end, tally), { concurrency });
  await readTail(reading, Math.max(total, first.rows), tally);
  return tally;
}

/** Advances by rows received until the slice is covered. */
async function readSlice(reading: SectionReading, start: number, end: number, tally: Tally): Promise<void> {
  let at = start;
  while (at < end) {
    const { rows } = await readRows(reading, at, end - at, tally);
    if (rows === 0) return;
    at += rows;
  }
}

/** A totalSize that is too small must not hide items: only an empty page is the end. */
async function readTail(reading: SectionReading, start: number, tally: Tally): Promise<void> {
  for (let at = start; ;) {
    const { rows } = await readRows(reading, at, PLEX_PAGE_ROWS, tally);
    if (rows === 0) return;
    at += rows;
  }
}

async function readRows(reading: SectionReading, start: number, size: number, tally: Tally): Promise<PageTally> {
  try {
    const page = await readPage(reading, start, size);
    tally.add(page);
    return page;
  } catch (error: unknown) {
    // Plex answers 500 to pages that are too much for it.
    if (!(error instanceof ServerError) || error.status !== 500 || size <= SMALLEST_PAGE) throw error;
    return readRows(reading, start, Math.ceil(size / 2), tally);
  }
}

function readPage(
  { plex, runner, pages, section, filterAt, onPage }: SectionReading,
  start: number,
  size: number,
): Promise<PageTally> {
  const request = sectionPageRequest(section, start, size);
  return plex.retrying(async () => {
    const { body } = await plex.readOnce({ ...request, memory: pages });
    const outcome = await runner.run({ kind: 'digest', filterAt }, body, (result) => ({
      rows: result.rows,
      totalSize: result.totalSize,
      repeated: result.items - onPage(result),
    }));
    if (outcome.ok) return outcome.value;
    const { problem } = outcome;
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

class Tally implements SectionTally {
  rows = 0;
  repeated = 0;
  readonly totals = new Set<number>();

  add({ rows, repeated, totalSize }: PageTally): void {
    this.rows += rows;
    this.repeated += repeated;
    if (totalSize !== undefined) this.totals.add(totalSize);
  }
}

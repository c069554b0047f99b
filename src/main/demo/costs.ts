/**
 * What real servers take for their answers, so that what is seen of a scan is what its user would see: Stash works on two pages
 * at once, each row at the price of the fields that are asked for; Plex lists one page at a time.
 */
import { PLEX_ITEMS_PER_SECOND } from '../plex/connection.js';
import type { Pace } from './sample-server.js';

/** Processor time of a row in microseconds, measured on a real Stash (v0.30, 200,000 scenes). */
const ROW = 27;
const TEXTS = 14;
const STUDIO = 11;
const FILES = 183;
/** `performers` and `tags`, each. */
const NAMES = 100;
/** By ids the files of every scene are loaded first, whatever is asked; then they cost less. */
const BY_IDS = 259;
const FILES_BY_IDS = 149;
/** Of any answer beside its rows. */
const REQUEST_MS = 1;

/** Pages Stash works on at once. */
export const STASH_LANES = 2;

/** What a row costs Stash in microseconds. @param body of the question */
export function stashRowCost(body: string): number {
  const asks = (field: string) => body.includes(field);
  const byIds = asks('ids:$ids');
  // With its blank, since `updated_at` holds the word too.
  const texts = ['title', 'details', 'date ', 'rating100'].some(asks) ? TEXTS : 0;
  const files = asks('files{') ? (byIds ? FILES_BY_IDS : FILES) : 0;
  const names = NAMES * ['performers{', 'tags{'].filter(asks).length;
  return ROW + (byIds ? BY_IDS : 0) + texts + (asks('studio{') ? STUDIO : 0) + files + names;
}

/** Work that is done `lanes` pieces at a time; returns in how many milliseconds a piece that takes so many will be done. */
export function lanesOf(lanes: number): (milliseconds: number) => number {
  const freeAt = Array.from({ length: lanes }, () => 0);
  return (milliseconds) => {
    const now = performance.now();
    const lane = freeAt.indexOf(Math.min(...freeAt));
    const done = Math.max(freeAt[lane] ?? 0, now) + milliseconds + REQUEST_MS;
    freeAt[lane] = done;
    return done - now;
  };
}

/** The pace of a real Stash. */
export function stashPace(): Pace {
  const lane = lanesOf(STASH_LANES);
  return ({ body }, { rows = 0 }) => lane((rows * stashRowCost(body)) / 1000);
}

/** The pace of a real Plex. */
export function plexPace(): Pace {
  const lane = lanesOf(1);
  return (_, { rows = 0 }) => lane((rows * 1000) / PLEX_ITEMS_PER_SECOND);
}

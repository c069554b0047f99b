/** What rows cost Stash, and so which of them to ask for. It decides how much is asked, and nothing else. */

/**
 * Processor time of a row in microseconds, by id range; measured on a real Stash (v0.30, 200,000 scenes, pages of 250 rows and
 * more). `files` takes one query per file, `performers` and `tags` one per scene.
 */
const BY_RANGE = { light: 27, match: 235, full: 430 } as const;

/** The same by 500 ids (full rows: 600 to 670): the files of every scene are loaded first, whatever is asked. */
const BY_IDS = { metadata: 500, full: 600 } as const;

/** Two questions about a scene are more that can change in between: they have to save at least a sixth. */
const LEAST_SAVED = 5 / 6;

/** What is known of a range before it is asked for. */
export interface RangeOutlook {
  /** Share of its scenes that have a sync timestamp: they are taken to be in sync. */
  readonly synced: number;
  /** Share of the others that will need their metadata, as far as that can be told. */
  readonly needsMetadata: number;
}

/** Which rows a range is asked for first. */
export type FirstRows = 'light' | 'match' | 'full';

/** The rows that cost least in the end; `mayMatch`: whether `match` rows will do for what is to be decided. */
export function chooseRows({ synced, needsMetadata }: RangeOutlook, mayMatch: boolean): FirstRows {
  const open = 1 - synced;
  const light = BY_RANGE.light + open * BY_IDS.full;
  const match = BY_RANGE.match + open * needsMetadata * BY_IDS.metadata;
  if (mayMatch && match < Math.min(light, BY_RANGE.full) * LEAST_SAVED) return 'match';
  return light < BY_RANGE.full ? 'light' : 'full';
}

/** Whether the full rows of a whole range cost less than those of some of its scenes by ids. */
export function isWholeRangeCheaper(needed: number, rows: number): boolean {
  return needed * BY_IDS.full > rows * BY_RANGE.full;
}

/** Seconds that full rows by ids keep Stash busy: it works on two pages at once, or hardly gains by more. */
export function secondsByIds(scenes: number): number {
  return (scenes * BY_IDS.full) / 1e6 / 2;
}

/** The address of one page of a section listing. */
import type { PlexSection } from './sections.js';

/** Rows per page. Plex warns above 1000 and has failed there; 200 to 500 is usual. */
export const PLEX_PAGE_ROWS = 500;

/** Movies, or the episodes of all shows: those are the rows that carry files. */
const ROW_TYPE = { movie: 1, show: 4 } as const;

/** Lists that say nothing about files or meaningful metadata. Requests only: rows may carry them all the same. */
const EXCLUDED = 'Collection,Country,Director,Writer,Producer,Guid,Rating,Image,UltraBlurColors';

/** Path and query of the page that begins at row `start`. */
export function sectionPagePath({ key, type }: PlexSection, start: number, size: number): string {
  const query = new URLSearchParams({
    type: String(ROW_TYPE[type]),
    // A total order, so that pages do not overlap while items come and go.
    sort: 'id',
    includeCollections: '0',
    includeMeta: '0',
    checkFiles: '0',
    excludeElements: EXCLUDED,
    'X-Plex-Container-Start': String(start),
    'X-Plex-Container-Size': String(size),
  });
  return `/library/sections/${encodeURIComponent(key)}/all?${query.toString()}`;
}

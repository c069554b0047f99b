/** The address of one page of a section listing. */
import type { PlexSection } from './sections.js';

/** Rows per page. Plex warns above 1000 and has failed there; 200 to 500 is usual. */
export const PLEX_PAGE_ROWS = 500;

/** Movies, or the episodes of all shows: those are the rows that carry files. */
const ROW_TYPE = { movie: 1, show: 4 } as const;

/** Lists that say nothing about files or meaningful metadata. Requests only: rows may carry them all the same. */
const EXCLUDED = 'Collection,Country,Director,Writer,Producer,Guid,Rating,Image,UltraBlurColors';

/** The request for the page that begins at row `start`. */
export interface SectionPageRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks for a page both ways Plex understands, by query and by header: some proxies strip the one, some the other. */
export function sectionPageRequest({ key, type }: PlexSection, start: number, size: number): SectionPageRequest {
  const paging = { 'X-Plex-Container-Start': String(start), 'X-Plex-Container-Size': String(size) };
  const query = new URLSearchParams({
    type: String(ROW_TYPE[type]),
    // A total order, so that pages do not overlap while items come and go.
    sort: 'id',
    includeCollections: '0',
    includeMeta: '0',
    checkFiles: '0',
    excludeElements: EXCLUDED,
    ...paging,
  });
  return { path: `/library/sections/${encodeURIComponent(key)}/all?${query.toString()}`, headers: paging };
}

/** The count of all rows, which Plex also gives as a header. */
export function readTotalHeader(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const text = headers['x-plex-container-total-size'];
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

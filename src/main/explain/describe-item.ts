/** An item as reports show it, where no scene is known to be it. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { ReportItem, ReportLinks } from '../../shared/report-line.js';

/** Describes it by one of its parts; NONE where Plex has lost its files. */
export function describeItem(index: PlexIndex, links: ReportLinks, item: number, part: number): ReportItem {
  const ratingKey = index.ratingKey(item);
  return {
    ratingKey,
    title: index.title(item),
    section: index.section(item).title,
    path: part === NONE ? '' : index.partPath(part),
    url: links.item === null ? null : links.item + encodeURIComponent(ratingKey),
  };
}

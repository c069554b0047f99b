/** What counts as metadata: the quality gate, one for both sides, and when a date in Plex is one. */
import { GATE, Presence } from '../../shared/engine/layout.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { Bench } from './bench.js';
import type { PageFacts } from './facts.js';

/** At least one of studio, performers, tags, details, date. A rating or a title alone is not enough. */
export function hasMeaningfulMetadata(presence: number): boolean {
  return (presence & GATE) !== 0;
}

/** Which fields of the gate a scene's item has, its date only if it counts. */
export function itemPresence({ index, context: { plexDate } }: Bench, item: number, facts: PageFacts): number {
  const presence = index.presence(item);
  if ((presence & Presence.Date) === 0 || plexDate === 'counts') return presence;
  if (plexDate === 'auto' && !isDateMadeUp(index, item)) return presence;
  const isOwn = plexDate === 'auto' && isOwnDate(index.date(item), facts.scene.date);
  return isOwn ? presence : presence & ~Presence.Date;
}

/** Plex fills the date from the file where its agent finds nothing, or could not identify the item. */
function isDateMadeUp(index: PlexIndex, item: number): boolean {
  return index.section(item).agentIsNone || (index.presence(item) & Presence.Unidentified) !== 0;
}

/**
 * Whether a date in Plex is the scene's: the same day; of a partial date (`2024`, `2024-05`) the first day of it, as Stash2Plex
 * or Plex would expand it; where Plex knows only the year, the same year.
 */
function isOwnDate(packed: number, sceneDate: string): boolean {
  const match = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(sceneDate.trim());
  if (!match) return false;
  const [, year, month = '01', day = '01'] = match;
  const isYearOnly = packed % 10_000 === 0;
  return packed === Number(isYearOnly ? `${year ?? ''}0000` : `${year ?? ''}${month}${day}`);
}

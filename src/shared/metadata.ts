/** The quality gate: what counts as meaningful metadata, on both sides and at the queue. */
import { Utf8Text } from './utf8-text.js';

/** The five fields of the gate; absent, null and blank all mean "none". */
export interface MetadataFields {
  readonly studio?: unknown;
  readonly performers?: unknown;
  readonly tags?: unknown;
  readonly details?: unknown;
  readonly date?: unknown;
}

/** At least one of studio, performers, tags, details, date. A rating or a title alone is not enough. */
export function hasMeaningfulMetadata(fields: MetadataFields): boolean {
  return (
    hasText(fields.studio) ||
    hasText(fields.details) ||
    hasText(fields.date) ||
    hasNames(fields.performers) ||
    hasNames(fields.tags)
  );
}

/** A text with something in it that is not white space. */
export function hasText(value: unknown): value is string | Utf8Text {
  return typeof value === 'string' ? value.trim() !== '' : value instanceof Utf8Text && !value.isBlank;
}

function hasNames(value: unknown): boolean {
  return Array.isArray(value) && value.some(hasText);
}

/** The names in a list of tag-like objects, read by one property; blank, missing and odd ones are left out. */
export function namesIn(list: unknown, property: 'name' | 'tag'): string[] {
  if (!Array.isArray(list)) return [];
  const names: string[] = [];
  for (const entry of list as unknown[]) {
    const name: unknown =
      typeof entry === 'object' && entry !== null ? (entry as Partial<Record<string, unknown>>)[property] : undefined;
    if (typeof name === 'string' && hasText(name)) names.push(name);
  }
  return names;
}

/**
 * When a date or year in Plex counts as metadata: `counts` always, `ignored` never, `own` only if it is the scene's.
 * `own` is for sections whose agent ends in `.none`: there Plex fills the date from the file's modification time.
 */
export type DateRule = 'counts' | 'ignored' | 'own';

/** Packs a Plex date (`YYYY-MM-DD`) or, without one, a year into YYYYMMDD or YYYY0000; 0 when there is neither. */
export function packPlexDate(date: unknown, year: unknown): number {
  const match = typeof date === 'string' ? /^(\d{4})-(\d\d)-(\d\d)/.exec(date.trim()) : null;
  if (match) return Number(`${match[1] ?? ''}${match[2] ?? ''}${match[3] ?? ''}`);
  const number = Number(year);
  return Number.isInteger(number) && number > 0 && number <= 9999 ? number * 10_000 : 0;
}

/** Whether a packed Plex date is the scene's own, compared at the coarser of the two precisions. */
export function isOwnDate(packed: number, sceneDate: unknown): boolean {
  if (packed === 0 || typeof sceneDate !== 'string') return false;
  const plex = String(packed).padStart(8, '0');
  const scene = sceneDate.trim().replaceAll('-', '');
  const known = packed % 10_000 === 0 ? 4 : 8;
  const digits = Math.min(known, scene.length);
  return digits >= 4 && plex.slice(0, digits) === scene.slice(0, digits);
}

/** The items of a Plex page as the engine's records, odd rows cleaned on the way. */
import { Kind, MAX_KEY_BYTES, OPTIMISED_VERSION } from '../../shared/engine/layout.js';
import { ITEM_FIELDS, type ItemKind } from '../../shared/fields.js';
import type { PageAnswer, PagePlace } from '../../shared/messages.js';
import { unreachable } from '../../shared/unreachable.js';
import type { PageEngine } from './page-engine.js';
import {
  isObject,
  listOf,
  namesIn,
  numberOf,
  parseJson,
  textOf,
  unexpected,
  wholeNumberOf,
  type JsonObject,
} from './parse-page.js';

/** More rows than this no section has. */
const MAX_TOTAL = 2 ** 31 - 1;

/** Longest title the index holds, in UTF-16 units: four bytes each stay within its 16 bits. */
const MAX_TITLE_LENGTH = 16_383;

/** Reads a page of a section listing, of its items those in the filter; or says why there is nothing to read. */
export function readItemPage(engine: PageEngine, { at, length }: PagePlace, filterAt: number): PageAnswer<undefined> {
  if (engine.readItems(at, at + length, filterAt, cleanItem)) return { ok: true, value: undefined };
  const clean = cleanPage(engine.memory.bytes(at, length));
  if (!clean.ok) return clean;
  // Sound, but not written as Plex writes it: written again so, without what is odd in its rows.
  const bytes = Buffer.from(clean.value);
  const cleanAt = engine.putText(bytes);
  const isRead = engine.readItems(cleanAt, cleanAt + bytes.length, filterAt, cleanItem);
  return isRead ? { ok: true, value: undefined } : unexpected('rows that cannot be read');
}

/** Anything JSON.parse understands, as Plex would have written it, or the reason why it cannot be a page. */
function cleanPage(bytes: Uint8Array): PageAnswer<string> {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return parsed;
  const container = isObject(parsed.value) ? parsed.value['MediaContainer'] : undefined;
  if (!isObject(container)) return unexpected('expected a MediaContainer object');
  const rows: unknown = container['Metadata'] ?? [];
  if (!Array.isArray(rows)) return unexpected('expected MediaContainer.Metadata to be a list');
  if (numberOf(container['size']) > rows.length) {
    return unexpected(`MediaContainer.size says ${numberOf(container['size'])} rows, but ${rows.length} came`);
  }
  const clean = rows.map(cleanItem);
  const odd = clean.indexOf(undefined);
  if (odd >= 0) return unexpected(`expected MediaContainer.Metadata[${odd}] to be an item with a ratingKey`);
  const total = container['totalSize'];
  const totalSize =
    total === undefined || total === null ? '' : `"totalSize":${Math.min(wholeNumberOf(total), MAX_TOTAL)},`;
  return { ok: true, value: `{"MediaContainer":{${totalSize}"Metadata":[${clean.join(',')}]}}` };
}

/** A row with nothing odd in it; collections are rows, but no items. Undefined for what is neither. */
function cleanItem(row: unknown): string | undefined {
  if (!isObject(row)) return undefined;
  if (row['type'] === 'collection') return '{"type":"collection"}';
  const ratingKey = idOf(row['ratingKey']);
  if (ratingKey === '' || Buffer.byteLength(ratingKey) > MAX_KEY_BYTES) return undefined;
  return JSON.stringify(Object.fromEntries(ITEM_FIELDS.map(({ name, kind }) => [name, cleanValue(kind, row[name])])));
}

function cleanValue(kind: ItemKind, value: unknown): unknown {
  switch (kind) {
    case Kind.Key:
      return idOf(value);
    case Kind.Title:
      return textOf(value).slice(0, MAX_TITLE_LENGTH);
    case Kind.Guid:
    case Kind.Type:
    case Kind.PresentText:
      return textOf(value);
    case Kind.PresentTags:
      // Rows list at most a few of each; only "none" against "some" is reliable, and enough.
      return namesIn(value, 'tag').map((tag) => ({ tag }));
    case Kind.PlexDate: {
      const date = textOf(value).trim();
      return /^\d{4}-\d\d-\d\d/.test(date) ? date : '';
    }
    case Kind.Year: {
      const year = Number(value);
      return Number.isInteger(year) && year > 0 && year <= 9999 ? year : 0;
    }
    case Kind.Media:
      return listOf(value).map(cleanMedia);
    default:
      return unreachable(kind);
  }
}

function idOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value);
}

function cleanMedia(media: JsonObject): JsonObject {
  return {
    proxyType: numberOf(media['proxyType']) === OPTIMISED_VERSION ? OPTIMISED_VERSION : 0,
    duration: wholeNumberOf(media['duration']),
    Part: listOf(media['Part']).map((part) => ({
      file: textOf(part['file']),
      size: wholeNumberOf(part['size']),
      duration: wholeNumberOf(part['duration']),
    })),
  };
}

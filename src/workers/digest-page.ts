/** Digests a Plex page: every item with its parts and directories, ready to be appended to the index. */
import {
  DATE_COUNTS,
  DATE_IGNORED,
  DATE_OWN,
  MAX_KEY_BYTES,
  OPTIMISED_VERSION,
  RESULT_DIRS,
  RESULT_DIRS_AT,
  RESULT_HEAP_AT,
  RESULT_HEAP_BYTES,
  RESULT_PARTS,
  RESULT_RECORDS,
  RESULT_RECORDS_AT,
  RESULT_ROWS,
  RESULT_TOTAL,
} from '../shared/engine/layout.js';
import { namesIn, type DateRule } from '../shared/metadata.js';
import type { DigestResult, DigestTask, PageOutcome } from '../shared/messages.js';
import type { PageEngine } from './pages/page-engine.js';
import {
  isObject,
  numberOf,
  parseJson,
  textOf,
  unexpected,
  wholeNumberOf,
  type JsonObject,
} from './pages/parse-page.js';

/** More rows than this no section has. */
const MAX_TOTAL = 2 ** 31 - 1;

/** Longest title the index holds, in UTF-16 units: four bytes each stay within its 16 bits. */
const MAX_TITLE_LENGTH = 16_383;

const DATE_RULES: Readonly<Record<DateRule, number>> = { counts: DATE_COUNTS, ignored: DATE_IGNORED, own: DATE_OWN };

/** Digests one page of a section listing. */
export function digestPage(engine: PageEngine, { page, dateRule, filterAt }: DigestTask): PageOutcome<DigestResult> {
  const rule = DATE_RULES[dateRule];
  if (engine.readItems(page.at, page.at + page.length, rule, filterAt, cleanItem)) return digest(engine);
  const clean = cleanPage(engine.memory.bytes(page.at, page.length));
  if (!clean.ok) return clean;
  // Sound, but not written as Plex writes it: written again so, without what is odd in its rows.
  const bytes = Buffer.from(clean.value);
  const at = engine.putText(bytes);
  if (!engine.readItems(at, at + bytes.length, rule, filterAt, cleanItem))
    return unexpected('rows that cannot be read');
  return digest(engine);
}

function digest(engine: PageEngine): PageOutcome<DigestResult> {
  const total = engine.result(RESULT_TOTAL) | 0;
  return {
    ok: true,
    value: {
      rows: engine.result(RESULT_ROWS),
      totalSize: total < 0 ? undefined : total,
      heapAt: engine.result(RESULT_HEAP_AT),
      heapBytes: engine.result(RESULT_HEAP_BYTES),
      itemsAt: engine.result(RESULT_RECORDS_AT),
      items: engine.result(RESULT_RECORDS),
      parts: engine.result(RESULT_PARTS),
      dirsAt: engine.result(RESULT_DIRS_AT),
      dirs: engine.result(RESULT_DIRS),
    },
  };
}

/** Anything JSON.parse understands, as Plex would have written it, or the reason why it cannot be a page. */
function cleanPage(bytes: Uint8Array): PageOutcome<string> {
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
  const year = Number(row['year']);
  const date = textOf(row['originallyAvailableAt']).trim();
  return JSON.stringify({
    ratingKey,
    title: textOf(row['title']).slice(0, MAX_TITLE_LENGTH),
    studio: textOf(row['studio']),
    summary: textOf(row['summary']),
    originallyAvailableAt: /^\d{4}-\d\d-\d\d/.test(date) ? date : '',
    year: Number.isInteger(year) && year > 0 && year <= 9999 ? year : 0,
    // Rows list at most a few of each; only "none" against "some" is reliable, and enough.
    Role: namesIn(row['Role'], 'tag').map((tag) => ({ tag })),
    Genre: namesIn(row['Genre'], 'tag').map((tag) => ({ tag })),
    Media: listOf(row['Media']).map(cleanMedia),
  });
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

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

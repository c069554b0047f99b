/** Digests a Plex page: every item with its parts as flat columns, ready to be appended to the index. */
import { DATE_IF_OWN, HAS_METADATA } from '../shared/index/format.js';
import { hasMeaningfulMetadata, hasText, namesIn, packPlexDate, type DateRule } from '../shared/metadata.js';
import type { DigestResult, DigestTask, PageOutcome } from '../shared/messages.js';
import { fileName } from '../shared/path.js';
import { DigestWriter } from './digest-writer.js';
import { JsonCursor, KeySet } from './json-cursor.js';
import { isObject, numberOf, parseJson, textOf, unexpected, type JsonObject } from './parse-page.js';
import { digestPlainItem } from './plain-item.js';

/** Optimised versions are copies Plex made for itself; their files lie outside the library. */
const OPTIMISED_VERSION = 42;

/** Rating keys are short; whatever is longer is not one. */
const MAX_KEY_LENGTH = 1000;

const writer = new DigestWriter();

const ENVELOPE = new KeySet(['MediaContainer']);
const CONTAINER = { size: 0, totalSize: 1, Metadata: 2 };
const CONTAINER_MEMBERS = new KeySet(Object.keys(CONTAINER));

/** Digests one page of a section listing. */
export function digestPage({ bytes, dateRule }: DigestTask): PageOutcome<DigestResult> {
  writer.reset();
  const plain = digestPlainPage(bytes, dateRule);
  return plain === undefined ? digestAnyPage(bytes, dateRule) : { ok: true, value: plain };
}

/** The quick road for a page as Plex writes it; undefined for anything else, also anything malformed. */
function digestPlainPage(bytes: Uint8Array, dateRule: DateRule): DigestResult | undefined {
  const cursor = new JsonCursor(bytes);
  if (!cursor.enterObject() || cursor.nextMember(true, ENVELOPE) !== 1 || cursor.key !== 0) return undefined;
  if (!cursor.enterObject()) return undefined;
  let rows = 0;
  let size = 0;
  let totalSize: number | undefined;
  for (
    let next = cursor.nextMember(true, CONTAINER_MEMBERS);
    next !== 0;
    next = cursor.nextMember(false, CONTAINER_MEMBERS)
  ) {
    if (next < 0) return undefined;
    if (cursor.key === CONTAINER.size) size = cursor.wholeNumber();
    else if (cursor.key === CONTAINER.totalSize) totalSize = cursor.wholeNumber();
    else if (cursor.key === CONTAINER.Metadata) rows = digestPlainRows(cursor, dateRule);
    else if (!cursor.skipValue()) return undefined;
    if (rows < 0 || size < 0 || (totalSize ?? 0) < 0) return undefined;
  }
  if (cursor.nextMember(false, ENVELOPE) !== 0 || cursor.peek() !== 0 || size > rows) return undefined;
  return { rows, totalSize, digest: writer.finish() };
}

/** Returns the number of rows, or -1 where they are not as expected. */
function digestPlainRows(cursor: JsonCursor, dateRule: DateRule): number {
  if (!cursor.enterList()) return -1;
  let rows = 0;
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    if (next < 0) return -1;
    cursor.peek();
    const start = cursor.at;
    if (!digestPlainItem(cursor, writer, dateRule)) {
      cursor.at = start;
      if (!cursor.skipValue() || !digestRow(parseSpan(cursor.bytes, start, cursor.at), dateRule)) return -1;
    }
    rows++;
  }
  return rows;
}

function parseSpan(bytes: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    // Not JSON after all: parsing the whole page will say where.
    return undefined;
  }
}

/** The careful road: anything JSON.parse understands, and a reason for what cannot be a page. */
function digestAnyPage(bytes: Uint8Array, dateRule: DateRule): PageOutcome<DigestResult> {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return parsed;
  const container = isObject(parsed.value) ? parsed.value['MediaContainer'] : undefined;
  if (!isObject(container)) return unexpected('expected a MediaContainer object');
  const rows: unknown = container['Metadata'] ?? [];
  if (!Array.isArray(rows)) return unexpected('expected MediaContainer.Metadata to be a list');
  if (numberOf(container['size']) > rows.length) {
    return unexpected(`MediaContainer.size says ${numberOf(container['size'])} rows, but ${rows.length} came`);
  }
  writer.reset();
  for (const [i, row] of rows.entries()) {
    if (!digestRow(row, dateRule))
      return unexpected(`expected MediaContainer.Metadata[${i}] to be an item with a ratingKey`);
  }
  const total = container['totalSize'];
  const totalSize = total === undefined || total === null ? undefined : numberOf(total);
  return { ok: true, value: { rows: rows.length, totalSize, digest: writer.finish() } };
}

/** Writes a row; collections are rows, but no items. Returns false for what is neither. */
function digestRow(row: unknown, dateRule: DateRule): boolean {
  if (!isObject(row)) return false;
  if (row['type'] === 'collection') return true;
  const ratingKey = idOf(row['ratingKey']);
  if (ratingKey === '' || ratingKey.length > MAX_KEY_LENGTH) return false;
  writeItem(row, ratingKey, dateRule);
  return true;
}

function idOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value);
}

function writeItem(row: JsonObject, ratingKey: string, dateRule: DateRule): void {
  const date = packPlexDate(row['originallyAvailableAt'], row['year']);
  writer.beginItem(ratingKey, textOf(row['title']), flagsOf(row, date, dateRule), date);
  for (const media of listOf(row['Media'])) {
    if (numberOf(media['proxyType']) === OPTIMISED_VERSION) continue;
    for (const part of listOf(media['Part'])) writePart(part, numberOf(media['duration']));
  }
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function writePart(part: JsonObject, mediaDuration: number): void {
  const path = part['file'];
  if (typeof path !== 'string' || !hasText(path) || fileName(path) === '') return;
  writer.addPart(path, Math.max(0, numberOf(part['size'])), Math.max(0, numberOf(part['duration']) || mediaDuration));
}

function flagsOf(row: JsonObject, date: number, dateRule: DateRule): number {
  if (date !== 0 && dateRule === 'counts') return HAS_METADATA;
  const fields = {
    studio: row['studio'],
    details: row['summary'],
    // Rows list at most a few of each; only "none" against "some" is reliable, and enough.
    performers: namesIn(row['Role'], 'tag'),
    tags: namesIn(row['Genre'], 'tag'),
  };
  if (hasMeaningfulMetadata(fields)) return HAS_METADATA;
  return date !== 0 && dateRule === 'own' ? DATE_IF_OWN : 0;
}

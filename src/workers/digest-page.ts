/** Digests a Plex page: every item with its parts as flat columns, ready to be appended to the index. */
import { DATE_IF_OWN, HAS_METADATA } from '../shared/index/format.js';
import { hasMeaningfulMetadata, hasText, namesIn, packPlexDate, type DateRule } from '../shared/metadata.js';
import type { DigestResult, DigestTask, PageOutcome } from '../shared/messages.js';
import { leadingSeparators, splitPath } from '../shared/path.js';
import { foldKey, hashText } from '../shared/text-key.js';
import { DigestWriter } from './digest-writer.js';
import { isObject, numberOf, parseJson, textOf, unexpected, type JsonObject } from './parse-page.js';

/** Optimised versions are copies Plex made for itself; their files lie outside the library. */
const OPTIMISED_VERSION = 42;

const writer = new DigestWriter();

/** Parses and digests one page of a section listing. */
export function digestPage({ bytes, dateRule }: DigestTask): PageOutcome<DigestResult> {
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
    if (!isObject(row)) return unexpected(`expected MediaContainer.Metadata[${i}] to be an object`);
    if (row['type'] === 'collection') continue;
    const ratingKey = idOf(row['ratingKey']);
    if (ratingKey === '') return unexpected(`expected MediaContainer.Metadata[${i}].ratingKey to be an id`);
    writeItem(row, ratingKey, dateRule);
  }
  const total = container['totalSize'];
  const totalSize = total === undefined || total === null ? undefined : numberOf(total);
  return { ok: true, value: { rows: rows.length, totalSize, digest: writer.finish() } };
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
  if (!hasText(path)) return;
  const { dir, base } = splitPath(path);
  const name = base.slice(leadingSeparators(base));
  if (name === '') return;
  const duration = numberOf(part['duration']) || mediaDuration;
  writer.addPart(dir, base, hashText(foldKey(name)), numberOf(part['size']), duration);
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

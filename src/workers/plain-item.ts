/** Digests one Plex row straight from its bytes; most rows are plain enough. See json-cursor.ts for why. */
import { DATE_IF_OWN, HAS_METADATA } from '../shared/index/format.js';
import { packPlexDate, type DateRule } from '../shared/metadata.js';
import { isSeparator } from '../shared/path.js';
import type { DigestWriter } from './digest-writer.js';
import { KeySet, type JsonCursor } from './json-cursor.js';

const ITEM = {
  ratingKey: 0,
  type: 1,
  title: 2,
  summary: 3,
  studio: 4,
  year: 5,
  originallyAvailableAt: 6,
  Genre: 7,
  Role: 8,
  Media: 9,
} as const;
const ITEM_MEMBERS = new KeySet(Object.keys(ITEM));

const MEDIA = { proxyType: 0, duration: 1, Part: 2 } as const;
const MEDIA_MEMBERS = new KeySet(Object.keys(MEDIA));

const PART = { file: 0, size: 1, duration: 2 } as const;
const PART_MEMBERS = new KeySet(Object.keys(PART));

const TAG = new KeySet(['tag']);

const SPACE = 0x20;
/** Longest text a digest holds; see digest-writer.ts. */
const MAX_TEXT_BYTES = 65_535;

/** A string of the page, by place. */
interface Span {
  start: number;
  end: number;
}

/** One part as it was found; reused from row to row. */
interface PlainPart extends Span {
  size: number;
  duration: number;
}

/** What is read of a row before anything is written: a row that turns out not to be plain must leave no trace. */
class PlainRow {
  readonly key: Span = { start: 0, end: 0 };
  readonly title: Span = { start: 0, end: 0 };
  readonly date: Span = { start: 0, end: 0 };
  year = 0;
  hasMetadata = false;
  readonly parts: PlainPart[] = [];
  partCount = 0;

  reset(): void {
    this.key.end = this.key.start = this.title.end = this.title.start = this.date.end = this.date.start = 0;
    this.year = 0;
    this.hasMetadata = false;
    this.partCount = 0;
  }

  nextPart(): PlainPart {
    const part = (this.parts[this.partCount++] ??= { start: 0, end: 0, size: 0, duration: 0 });
    part.start = part.end = part.size = part.duration = 0;
    return part;
  }
}

const row = new PlainRow();

/**
 * Reads the row the cursor stands at and writes it.
 * @returns false when the row is not plain; nothing has been written then and the cursor's place is undefined
 */
export function digestPlainItem(cursor: JsonCursor, writer: DigestWriter, dateRule: DateRule): boolean {
  row.reset();
  if (!cursor.enterObject()) return false;
  for (let next = cursor.nextMember(true, ITEM_MEMBERS); next !== 0; next = cursor.nextMember(false, ITEM_MEMBERS)) {
    if (next < 0 || !readMember(cursor)) return false;
  }
  if (row.key.end === row.key.start || row.title.end - row.title.start > MAX_TEXT_BYTES) return false;
  writeRow(cursor, writer, dateRule);
  return true;
}

function readMember(cursor: JsonCursor): boolean {
  switch (cursor.key) {
    case ITEM.ratingKey:
      return readSpan(cursor, row.key);
    case ITEM.title:
      return readSpan(cursor, row.title);
    case ITEM.originallyAvailableAt:
      return readSpan(cursor, row.date);
    case ITEM.type:
      return cursor.plainString() && !isCollection(cursor);
    case ITEM.year:
      row.year = cursor.wholeNumber();
      return row.year >= 0;
    case ITEM.studio:
    case ITEM.summary:
      return readPresence(cursor);
    case ITEM.Genre:
    case ITEM.Role:
      return readTags(cursor);
    case ITEM.Media:
      return readMediaList(cursor);
    default:
      return cursor.skipValue();
  }
}

function readSpan(cursor: JsonCursor, span: Span): boolean {
  if (!cursor.plainString()) return false;
  span.start = cursor.start;
  span.end = cursor.end;
  return true;
}

function isCollection({ bytes, start, end }: JsonCursor): boolean {
  return end - start === 10 && bytes.toString('latin1', start, end) === 'collection';
}

/** A text counts when it has a letter a trim would leave; whether an odd one does is left to the careful road. */
function readPresence(cursor: JsonCursor): boolean {
  const at = cursor.at;
  if (cursor.plainString()) {
    if (cursor.end === cursor.start) return true;
    row.hasMetadata = true;
    return (cursor.bytes[cursor.start] ?? 0) > SPACE && (cursor.bytes[cursor.start] ?? 0) < 0x80;
  }
  // Escapes (newlines in a summary) are common; one that begins with a plain letter has a text whatever follows.
  cursor.at = at;
  const first = cursor.peek() === 0x22 ? (cursor.bytes[cursor.at + 1] ?? 0) : 0;
  row.hasMetadata = true;
  return first > SPACE && first < 0x80 && first !== 0x5c && cursor.skipValue();
}

function readTags(cursor: JsonCursor): boolean {
  if (!cursor.enterList()) return false;
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    if (next < 0 || !cursor.enterObject()) return false;
    for (let member = cursor.nextMember(true, TAG); member !== 0; member = cursor.nextMember(false, TAG)) {
      if (member < 0 || !(cursor.key === 0 ? readPresence(cursor) : cursor.skipValue())) return false;
    }
  }
  return true;
}

function readMediaList(cursor: JsonCursor): boolean {
  if (!cursor.enterList()) return false;
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    if (next < 0 || !readMedia(cursor)) return false;
  }
  return true;
}

function readMedia(cursor: JsonCursor): boolean {
  if (!cursor.enterObject()) return false;
  const firstPart = row.partCount;
  let duration = 0;
  for (let next = cursor.nextMember(true, MEDIA_MEMBERS); next !== 0; next = cursor.nextMember(false, MEDIA_MEMBERS)) {
    // An optimised version is rare enough for the careful road.
    if (next < 0 || cursor.key === MEDIA.proxyType) return false;
    if (cursor.key === MEDIA.duration) {
      duration = cursor.wholeNumber();
      if (duration < 0) return false;
    } else if (!(cursor.key === MEDIA.Part ? readPartList(cursor) : cursor.skipValue())) return false;
  }
  for (let i = firstPart; i < row.partCount; i++) {
    const part = row.parts[i];
    if (part?.duration === 0) part.duration = duration;
  }
  return true;
}

function readPartList(cursor: JsonCursor): boolean {
  if (!cursor.enterList()) return false;
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    if (next < 0 || !readPart(cursor, row.nextPart())) return false;
  }
  return true;
}

function readPart(cursor: JsonCursor, part: PlainPart): boolean {
  if (!cursor.enterObject()) return false;
  for (let next = cursor.nextMember(true, PART_MEMBERS); next !== 0; next = cursor.nextMember(false, PART_MEMBERS)) {
    if (next < 0) return false;
    switch (cursor.key) {
      case PART.file:
        if (!readSpan(cursor, part)) return false;
        break;
      case PART.size:
        part.size = cursor.wholeNumber();
        break;
      case PART.duration:
        part.duration = cursor.wholeNumber();
        break;
      default:
        if (!cursor.skipValue()) return false;
    }
  }
  return part.size >= 0 && part.duration >= 0 && isPlainPath(cursor.bytes, part);
}

function isPlainPath(bytes: Buffer, { start, end }: Span): boolean {
  const first = bytes[start] ?? 0;
  const last = bytes[end - 1] ?? 0;
  const plain = first > SPACE && first < 0x80 && last > SPACE && !isSeparator(last);
  return plain && end > start && end - start < MAX_TEXT_BYTES;
}

function writeRow({ bytes }: JsonCursor, writer: DigestWriter, dateRule: DateRule): void {
  const text = ({ start, end }: Span) => (end > start ? bytes.toString('latin1', start, end) : undefined);
  const date = row.year > 0 || row.date.end > row.date.start ? packPlexDate(text(row.date), row.year) : 0;
  let flags = row.hasMetadata ? HAS_METADATA : 0;
  if (date !== 0 && dateRule === 'counts') flags = HAS_METADATA;
  if (date !== 0 && dateRule === 'own' && flags === 0) flags = DATE_IF_OWN;
  writer.beginPlainItem(bytes, row.key.start, row.key.end, row.title.start, row.title.end, flags, date);
  for (let i = 0; i < row.partCount; i++) {
    const part = row.parts[i];
    if (part) writer.addPlainPart(bytes, part.start, part.end, part.size, part.duration);
  }
}

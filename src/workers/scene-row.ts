/** The scenes of a page, read only as far as each verdict needs. */
import type { SceneFile } from '../shared/matcher/scene-file.js';
import type { PageOutcome } from '../shared/messages.js';
import { readTimestamp } from '../shared/timestamp.js';
import { EMPTY_TEXT, type Utf8Text } from '../shared/utf8-text.js';
import { JsonCursor, KeySet } from './json-cursor.js';
import { isObject } from './parse-page.js';
import { readScene, readSceneRows, type Scene } from './read-scene.js';

/** A row that was stepped over without being read closely turns out not to be JSON: the page was damaged on its way. */
export class MalformedRow extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const ENVELOPE = new KeySet(['data', 'findScenes', 'scenes']);

const MEMBER = {
  id: 0,
  updated_at: 1,
  created_at: 2,
  title: 3,
  details: 4,
  date: 5,
  studio: 6,
  performers: 7,
  tags: 8,
  files: 9,
} as const;
const MEMBERS = new KeySet(Object.keys(MEMBER));

const FILE = { path: 0, size: 1, duration: 2 } as const;
const FILE_MEMBERS = new KeySet(Object.keys(FILE));

const NAME = new KeySet(['name']);

/** The scenes of a `findScenes` answer, or why there are none. */
export function readScenes(bytes: Uint8Array): PageOutcome<readonly Scene[]> {
  const plain = readPlainPage(bytes);
  if (plain !== undefined) return { ok: true, value: plain };
  const rows = readSceneRows(bytes);
  return rows.ok ? { ok: true, value: rows.value.map(readScene) } : rows;
}

/** The rows of an answer that is nothing but data.findScenes.scenes; undefined for any other, also a malformed one. */
function readPlainPage(bytes: Uint8Array): Scene[] | undefined {
  const cursor = new JsonCursor(bytes);
  for (let depth = 0; depth < 3; depth++) {
    if (!cursor.enterObject() || cursor.nextMember(true, ENVELOPE) !== 1 || cursor.key !== depth) return undefined;
  }
  if (!cursor.enterList()) return undefined;
  const rows: Scene[] = [];
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    const row = next === 1 ? readRow(cursor) : undefined;
    if (row === undefined) return undefined;
    rows.push(row);
  }
  // The rest must be just the closing braces: errors beside data are not for this road.
  for (let depth = 0; depth < 3; depth++) if (cursor.nextMember(false, ENVELOPE) !== 0) return undefined;
  return cursor.peek() === 0 ? rows : undefined;
}

function readRow(cursor: JsonCursor): PlainScene | undefined {
  cursor.peek();
  const scene = new PlainScene(cursor.bytes, cursor.at);
  if (!cursor.enterObject()) return undefined;
  for (let next = cursor.nextMember(true, MEMBERS); next !== 0; next = cursor.nextMember(false, MEMBERS)) {
    if (next < 0 || !readMember(cursor, scene)) return undefined;
  }
  scene.end = cursor.at;
  return scene.id > 0 && scene.id < 2 ** 31 ? scene : undefined;
}

/** Reads what every verdict needs, and notes where the rest begins. */
function readMember(cursor: JsonCursor, scene: PlainScene): boolean {
  cursor.peek();
  const { at } = cursor;
  switch (cursor.key) {
    case MEMBER.id:
      if (!cursor.plainString()) return false;
      scene.id = digits(cursor);
      return true;
    case MEMBER.updated_at:
      scene.updatedAtAt = at;
      if (cursor.plainString()) {
        scene.updatedAt = readTimestamp(cursor.bytes, cursor.start, cursor.end);
        return true;
      }
      scene.updatedAt = NaN;
      break;
    case MEMBER.files:
      scene.plainFiles = readPlainFiles(cursor);
      if (scene.plainFiles !== undefined) return true;
      break;
    case MEMBER.created_at:
      scene.createdAtAt = at;
      break;
    case MEMBER.title:
      scene.titleAt = at;
      break;
    case MEMBER.details:
      scene.detailsAt = at;
      break;
    case MEMBER.date:
      scene.dateAt = at;
      break;
    case MEMBER.studio:
      scene.studioAt = at;
      break;
    case MEMBER.performers:
      scene.performersAt = at;
      break;
    case MEMBER.tags:
      scene.tagsAt = at;
      break;
  }
  cursor.at = at;
  return cursor.skipValue();
}

/** A scene on its page. What is not plain (an odd type, say) is read again by JSON.parse. */
class PlainScene implements Scene {
  id = NaN;
  updatedAt = NaN;
  plainFiles: readonly SceneFile[] | undefined;
  end = 0;
  // Where each value begins; 0 where it is absent.
  updatedAtAt = 0;
  createdAtAt = 0;
  titleAt = 0;
  detailsAt = 0;
  dateAt = 0;
  studioAt = 0;
  performersAt = 0;
  tagsAt = 0;
  readonly #bytes: Buffer;
  readonly #start: number;
  #parsed: Scene | undefined;

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#start = start;
  }

  get files(): readonly SceneFile[] {
    return this.plainFiles ?? this.#careful.files;
  }

  get createdAt(): number {
    const { bytes, start, end } = this.#text(this.createdAtAt) ?? this.#careful.createdAtText;
    return readTimestamp(bytes, start, end);
  }

  get updatedAtText(): Utf8Text {
    return this.#text(this.updatedAtAt) ?? this.#careful.updatedAtText;
  }

  get createdAtText(): Utf8Text {
    return this.#text(this.createdAtAt) ?? this.#careful.createdAtText;
  }

  get title(): Utf8Text {
    return this.#text(this.titleAt) ?? this.#careful.title;
  }

  get details(): Utf8Text {
    return this.#text(this.detailsAt) ?? this.#careful.details;
  }

  get date(): Utf8Text {
    return this.#text(this.dateAt) ?? this.#careful.date;
  }

  get studio(): Utf8Text {
    if (this.studioAt === 0) return EMPTY_TEXT;
    return readName(this.#cursor(this.studioAt)) ?? this.#careful.studio;
  }

  get performers(): readonly Utf8Text[] {
    return this.#names(this.performersAt) ?? this.#careful.performers;
  }

  get tags(): readonly Utf8Text[] {
    return this.#names(this.tagsAt) ?? this.#careful.tags;
  }

  #text(at: number): Utf8Text | undefined {
    return at === 0 ? EMPTY_TEXT : readText(this.#cursor(at));
  }

  #names(at: number): readonly Utf8Text[] | undefined {
    return at === 0 ? [] : readNames(this.#cursor(at));
  }

  #cursor(at: number): JsonCursor {
    const cursor = new JsonCursor(this.#bytes);
    cursor.at = at;
    return cursor;
  }

  get #careful(): Scene {
    this.#parsed ??= parseRow(this.#bytes.toString('utf8', this.#start, this.end));
    return this.#parsed;
  }
}

function parseRow(text: string): Scene {
  try {
    const row: unknown = JSON.parse(text);
    return readScene(isObject(row) ? row : {});
  } catch (cause: unknown) {
    throw new MalformedRow(cause);
  }
}

/** The files when all of them are plain; undefined leaves them to the careful road. */
function readPlainFiles(cursor: JsonCursor): readonly SceneFile[] | undefined {
  if (!cursor.enterList()) return undefined;
  const files: SceneFile[] = [];
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    const file = next === 1 ? readPlainFile(cursor) : undefined;
    if (file === undefined) return undefined;
    files.push(file);
  }
  return files;
}

function readPlainFile(cursor: JsonCursor): SceneFile | undefined {
  if (!cursor.enterObject()) return undefined;
  let path = EMPTY_TEXT;
  let size = 0;
  let duration = 0;
  for (let next = cursor.nextMember(true, FILE_MEMBERS); next !== 0; next = cursor.nextMember(false, FILE_MEMBERS)) {
    if (next < 0) return undefined;
    if (cursor.key === FILE.path) {
      if (!cursor.plainString()) return undefined;
      path = cursor.text();
    } else if (cursor.key === FILE.size) {
      size = cursor.wholeNumber();
    } else if (cursor.key === FILE.duration) {
      duration = cursor.decimalNumber();
    } else if (!cursor.skipValue()) return undefined;
  }
  return size >= 0 && duration >= 0 && isPlainPath(cursor.bytes, path) ? { path, size, duration } : undefined;
}

/** Paths with a claim to special treatment (archives, nothing behind the last separator) go the careful road. */
function isPlainPath(bytes: Buffer, { start, end }: Utf8Text): boolean {
  const last = bytes[end - 1] ?? 0;
  if (end === start || last <= 0x2f || last === 0x5c || last >= 0x80) return false;
  for (let dot = bytes.indexOf(DOT, start); dot >= 0 && dot < end - 4; dot = bytes.indexOf(DOT, dot + 1)) {
    if (isArchive(bytes, dot)) return false;
  }
  return true;
}

const DOT = 0x2e;

function isArchive(bytes: Uint8Array, at: number): boolean {
  const suffix = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0).toLowerCase();
  return suffix === 'zip' || suffix === 'cbz';
}

function digits({ bytes, start, end }: JsonCursor): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return end > start && end - start <= 10 ? value : NaN;
}

/** A text, or null, which reads as empty; undefined for anything else. */
function readText(cursor: JsonCursor): Utf8Text | undefined {
  return cursor.takeNull() ? EMPTY_TEXT : cursor.textValue();
}

/** The name of an object that has nothing but a name, or of null. */
function readName(cursor: JsonCursor): Utf8Text | undefined {
  if (cursor.takeNull()) return EMPTY_TEXT;
  if (!cursor.enterObject() || cursor.nextMember(true, NAME) !== 1 || cursor.key !== 0) return undefined;
  const name = cursor.textValue();
  return cursor.nextMember(false, NAME) === 0 ? name : undefined;
}

function readNames(cursor: JsonCursor): Utf8Text[] | undefined {
  if (!cursor.enterList()) return undefined;
  const names: Utf8Text[] = [];
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    const name = next === 1 ? readName(cursor) : undefined;
    if (name === undefined) return undefined;
    if (!name.isBlank) names.push(name);
  }
  return names;
}

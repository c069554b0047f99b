/** The scenes of a page, read only as far as each verdict needs. */
import type { SceneFile } from '../shared/matcher/scene-file.js';
import type { PageOutcome } from '../shared/messages.js';
import { hasText } from '../shared/metadata.js';
import { parseTimestamp } from '../shared/timestamp.js';
import { JsonCursor, keyHash } from './json-cursor.js';
import { isObject } from './parse-page.js';
import { readScene, readSceneRows, sceneId, type Scene } from './read-scene.js';

/** A row that was stepped over without being read closely turns out not to be JSON: the page was damaged on its way. */
export class MalformedRow extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A scene whose full row is read only when somebody asks for more than id, time and files. */
export class SceneRow {
  readonly id: number;
  readonly #read: () => Scene;
  #scene: Scene | undefined;
  readonly #updatedAt: number | undefined;
  readonly #files: readonly SceneFile[] | undefined;

  /** Members left undefined are taken from the full row. */
  constructor(id: number, read: () => Scene, updatedAt?: number, files?: readonly SceneFile[]) {
    this.id = id;
    this.#read = read;
    this.#updatedAt = updatedAt;
    this.#files = files;
  }

  /** Epoch seconds; NaN when it cannot be read. */
  get updatedAt(): number {
    return this.#updatedAt ?? this.full.updatedAt;
  }

  /** Epoch seconds; NaN when it cannot be read or was not asked for. */
  get createdAt(): number {
    return this.full.createdAt;
  }

  /** Usable files, the primary first. */
  get files(): readonly SceneFile[] {
    return this.#files ?? this.full.files;
  }

  get title(): string {
    return this.full.title;
  }

  /** Everything. */
  get full(): Scene {
    this.#scene ??= this.#read();
    return this.#scene;
  }
}

const KEY = {
  data: keyHash('data'),
  findScenes: keyHash('findScenes'),
  scenes: keyHash('scenes'),
  id: keyHash('id'),
  updatedAt: keyHash('updated_at'),
  files: keyHash('files'),
  name: keyHash('name'),
  path: keyHash('path'),
  size: keyHash('size'),
  duration: keyHash('duration'),
};

/** The scenes of a `findScenes` answer, or why there are none. */
export function readSceneRowsLazily(bytes: Uint8Array): PageOutcome<readonly SceneRow[]> {
  const fast = readPlainPage(bytes);
  if (fast !== undefined) return { ok: true, value: fast };
  const rows = readSceneRows(bytes);
  if (!rows.ok) return rows;
  return { ok: true, value: rows.value.map((row) => new SceneRow(sceneId(row), () => readScene(row))) };
}

/** The rows of an answer that is nothing but data.findScenes.scenes; undefined for any other, also a malformed one. */
function readPlainPage(bytes: Uint8Array): SceneRow[] | undefined {
  const cursor = new JsonCursor(bytes);
  for (const key of [KEY.data, KEY.findScenes, KEY.scenes]) {
    if (!cursor.enterObject() || cursor.nextMember(true) !== 1 || cursor.key !== key) return undefined;
  }
  if (!cursor.enterList()) return undefined;
  const rows: SceneRow[] = [];
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    const row = next === 1 ? readRow(cursor) : undefined;
    if (row === undefined) return undefined;
    rows.push(row);
  }
  // The rest must be just the closing braces: errors beside data are not for this road.
  for (let depth = 0; depth < 3; depth++) if (cursor.nextMember(false) !== 0) return undefined;
  return cursor.peek() === 0 ? rows : undefined;
}

function readRow(cursor: JsonCursor): SceneRow | undefined {
  const start = cursor.at;
  if (!cursor.enterObject()) return undefined;
  let id = NaN;
  let updatedAt: number | undefined;
  let files: readonly SceneFile[] | undefined;
  for (let next = cursor.nextMember(true); next !== 0; next = cursor.nextMember(false)) {
    if (next < 0) return undefined;
    const value = cursor.at;
    if (cursor.key === KEY.id && cursor.plainString()) id = digits(cursor);
    else if (cursor.key === KEY.updatedAt && cursor.plainString()) updatedAt = parseTimestamp(cursor.text());
    else if (cursor.key === KEY.files) files = readPlainFiles(cursor);
    else cursor.at = value;
    if (cursor.at === value || (cursor.key === KEY.files && files === undefined)) {
      cursor.at = value;
      if (!cursor.skipValue()) return undefined;
    }
  }
  if (!(id > 0 && id < 2 ** 31)) return undefined;
  const { bytes, at } = cursor;
  return new SceneRow(id, () => readPlainScene(bytes, start, files) ?? parseScene(bytes, start, at), updatedAt, files);
}

/** The files when all of them are plain; undefined leaves them to the full row. */
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
  let path = '';
  let size = 0;
  let duration = 0;
  for (let next = cursor.nextMember(true); next !== 0; next = cursor.nextMember(false)) {
    if (next < 0) return undefined;
    if (cursor.key === KEY.path) {
      if (!cursor.plainString()) return undefined;
      path = cursor.text();
    } else if (cursor.key === KEY.size) {
      size = cursor.wholeNumber();
    } else if (cursor.key === KEY.duration) {
      duration = Number(scalarText(cursor));
    } else if (!cursor.skipValue()) return undefined;
  }
  const plain = path !== '' && size >= 0 && Number.isFinite(duration) && isUsable(path);
  return plain ? { path, size, duration } : undefined;
}

/** Paths with a claim to special treatment (archives, nothing behind the last separator) go the careful road. */
function isUsable(path: string): boolean {
  const last = path.charCodeAt(path.length - 1);
  return last > 0x2f && last !== 0x5c && !/\.(?:zip|cbz)/i.test(path);
}

function scalarText(cursor: JsonCursor): string {
  cursor.peek();
  const start = cursor.at;
  return cursor.skipValue() ? cursor.bytes.toString('latin1', start, cursor.at) : 'NaN';
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

/** The full row of a scene whose members are all of the usual types; undefined leaves it to JSON.parse. */
function readPlainScene(bytes: Buffer, start: number, files: readonly SceneFile[] | undefined): Scene | undefined {
  if (files === undefined) return undefined;
  const cursor = new JsonCursor(bytes);
  cursor.at = start;
  if (!cursor.enterObject()) return undefined;
  const texts = { title: '', details: '', date: '', studio: '', updatedAt: '', createdAt: '' };
  const lists: { performers: readonly string[]; tags: readonly string[] } = { performers: [], tags: [] };
  let id = NaN;
  for (let next = cursor.nextMember(true); next !== 0; next = cursor.nextMember(false)) {
    const name = next > 0 ? MEMBERS.get(cursor.key) : undefined;
    if (name === undefined) {
      if (next < 0 || !cursor.skipValue()) return undefined;
    } else if (name === 'id') {
      if (!cursor.plainString()) return undefined;
      id = digits(cursor);
    } else if (name === 'performers' || name === 'tags') {
      const names = readNames(cursor);
      if (names === undefined) return undefined;
      lists[name] = names;
    } else {
      const text = name === 'studio' ? readName(cursor) : readText(cursor);
      if (text === undefined) return undefined;
      texts[name] = text;
    }
  }
  const { title, details, date, studio, updatedAt, createdAt } = texts;
  const times = {
    updatedAtText: updatedAt,
    updatedAt: parseTimestamp(updatedAt),
    createdAt: parseTimestamp(createdAt),
  };
  return { id, title, details, date, studio, ...lists, ...times, files };
}

const MEMBERS = new Map(
  (
    [
      ['id', 'id'],
      ['title', 'title'],
      ['details', 'details'],
      ['date', 'date'],
      ['studio', 'studio'],
      ['performers', 'performers'],
      ['tags', 'tags'],
      ['updated_at', 'updatedAt'],
      ['created_at', 'createdAt'],
    ] as const
  ).map(([key, name]) => [keyHash(key), name]),
);

/** A text, or null, which reads as empty. */
function readText(cursor: JsonCursor): string | undefined {
  return cursor.takeNull() ? '' : cursor.stringValue();
}

/** The name of an object that has nothing but a name, or of null. */
function readName(cursor: JsonCursor): string | undefined {
  if (cursor.takeNull()) return '';
  if (!cursor.enterObject() || cursor.nextMember(true) !== 1 || cursor.key !== KEY.name) return undefined;
  const name = cursor.stringValue();
  return cursor.nextMember(false) === 0 ? name : undefined;
}

function readNames(cursor: JsonCursor): string[] | undefined {
  if (!cursor.enterList()) return undefined;
  const names: string[] = [];
  for (let next = cursor.nextElement(true); next !== 0; next = cursor.nextElement(false)) {
    const name = next === 1 ? readName(cursor) : undefined;
    if (name === undefined) return undefined;
    if (hasText(name)) names.push(name);
  }
  return names;
}

function parseScene(bytes: Buffer, start: number, end: number): Scene {
  try {
    const row: unknown = JSON.parse(bytes.toString('utf8', start, end));
    return readScene(isObject(row) ? row : {});
  } catch (cause: unknown) {
    throw new MalformedRow(cause);
  }
}

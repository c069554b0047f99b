/** A Stash scene row, read defensively: what the schema promises is not always what arrives. */
import type { SceneFile } from '../shared/matcher/scene-file.js';
import { namesIn } from '../shared/metadata.js';
import type { PageOutcome, PageProblem } from '../shared/messages.js';
import { fileName } from '../shared/path.js';
import { parseTimestamp } from '../shared/timestamp.js';
import { EMPTY_TEXT, Utf8Text } from '../shared/utf8-text.js';
import { isObject, numberOf, parseJson, textOf, unexpected, type JsonObject } from './parse-page.js';

/** One scene with everything its verdict and its job need. */
export interface Scene {
  readonly id: number;
  readonly title: Utf8Text;
  readonly details: Utf8Text;
  readonly date: Utf8Text;
  readonly studio: Utf8Text;
  /** Never blank. */
  readonly performers: readonly Utf8Text[];
  readonly tags: readonly Utf8Text[];
  /** As Stash wrote them. */
  readonly updatedAtText: Utf8Text;
  readonly createdAtText: Utf8Text;
  /** Epoch seconds; NaN when it cannot be read. */
  readonly updatedAt: number;
  /** Epoch seconds; NaN when it cannot be read or was not asked for. */
  readonly createdAt: number;
  /** Every file with a path, the primary first. */
  readonly files: readonly SceneFile[];
}

/** Largest scene id that fits GraphQL's Int, in which ids are filtered. */
const MAX_ID = 2 ** 31 - 1;

/** The rows of a `findScenes` answer, or why there are none. */
export function readSceneRows(bytes: Uint8Array): PageOutcome<readonly JsonObject[]> {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return parsed;
  if (!isObject(parsed.value)) return unexpected('expected a JSON object');
  const { errors, data } = parsed.value;
  if (Array.isArray(errors) && errors.length > 0) return { ok: false, problem: graphqlProblem(errors[0]) };
  const found = isObject(data) ? data['findScenes'] : undefined;
  const rows = isObject(found) ? found['scenes'] : undefined;
  if (!Array.isArray(rows)) return unexpected('expected data.findScenes.scenes to be a list');
  for (const [i, row] of rows.entries()) {
    if (!isObject(row)) return unexpected(`expected data.findScenes.scenes[${i}] to be an object`);
    if (Number.isNaN(sceneId(row))) return unexpected(`expected data.findScenes.scenes[${i}].id to be a scene id`);
  }
  return { ok: true, value: rows as JsonObject[] };
}

function graphqlProblem(error: unknown): PageProblem {
  const fields = isObject(error) ? error : {};
  const path: unknown = fields['path'];
  const extensions = fields['extensions'];
  const code = isObject(extensions) ? extensions['code'] : undefined;
  return {
    kind: 'graphql_error',
    message: textOf(fields['message']) || 'no message',
    code: typeof code === 'string' ? code : undefined,
    aboutOneScene: Array.isArray(path) && path[1] === 'scenes' && path.length > 2,
  };
}

/** A row's scene id, or NaN. */
export function sceneId(row: JsonObject): number {
  const id = row['id'];
  const number = typeof id === 'string' && /^\d{1,10}$/.test(id) ? Number(id) : id;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= MAX_ID ? number : NaN;
}

/** Reads a full row. */
export function readScene(row: JsonObject): Scene {
  const studio = row['studio'];
  return {
    id: sceneId(row),
    title: utf8(row['title']),
    details: utf8(row['details']),
    date: utf8(row['date']),
    studio: isObject(studio) ? utf8(studio['name']) : EMPTY_TEXT,
    performers: namesIn(row['performers'], 'name').map((name) => Utf8Text.of(name)),
    tags: namesIn(row['tags'], 'name').map((name) => Utf8Text.of(name)),
    updatedAtText: utf8(row['updated_at']),
    createdAtText: utf8(row['created_at']),
    updatedAt: parseTimestamp(row['updated_at']),
    createdAt: parseTimestamp(row['created_at']),
    files: readFiles(row['files']),
  };
}

function utf8(value: unknown): Utf8Text {
  const text = textOf(value);
  return text === '' ? EMPTY_TEXT : Utf8Text.of(text);
}

function readFiles(value: unknown): SceneFile[] {
  if (!Array.isArray(value)) return [];
  const files: SceneFile[] = [];
  for (const file of value as unknown[]) {
    if (!isObject(file)) continue;
    const path = textOf(file['path']);
    if (fileName(path).trim() === '' || isInsideZip(path)) continue;
    files.push({ path: Utf8Text.of(path), size: numberOf(file['size']), duration: numberOf(file['duration']) });
  }
  return files;
}

/**
 * A member of an archive has the archive's path with its own joined on; Plex can never see it. Told by the path rather
 * than by `zip_file`, which older servers do not know and which costs one more query per file.
 */
function isInsideZip(path: string): boolean {
  return path.length > 5 && /\.(?:zip|cbz)[/\\]./i.test(path);
}

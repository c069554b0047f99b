/** The rows of a Stash answer, read with care, or why there are none. */
import { MAX_SCENE_ID } from '../../shared/engine/layout.js';
import type { PageAnswer, PageProblem } from '../../shared/messages.js';
import { isObject, parseJson, textOf, unexpected, type JsonObject } from './parse-page.js';

/** The rows of a `findScenes` answer, or why there are none. */
export function readSceneRows(bytes: Uint8Array): PageAnswer<readonly JsonObject[]> {
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
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= MAX_SCENE_ID ? number : NaN;
}

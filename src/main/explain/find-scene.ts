/** Which scene is meant: by its id, or by the path of one of its files. */
import { ConfigError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import { ask, member } from '../stash/ask.js';
import { SCENES_BY_PATH_QUERY } from '../stash/queries.js';

/** The id of a scene. @throws ConfigError when no scene has the path; ServerError */
export async function findScene(stash: ServerConnection, word: string): Promise<number> {
  if (/^\d{1,10}$/.test(word)) return Number(word);
  const question = { document: SCENES_BY_PATH_QUERY, variables: { path: word } };
  const found = await ask(stash, question, 'scenes with their files', (data) => {
    const scenes = member(member(data, 'findScenes'), 'scenes');
    return Array.isArray(scenes) ? scenes.filter((scene) => hasFile(scene, word)) : undefined;
  });
  const id = Number(member(found[0], 'id'));
  if (Number.isInteger(id) && id > 0) return id;
  throw unknownScene(`Stash has no scene with the file ${word}`);
}

/** Stash has no such scene. */
export function unknownScene(message: string): ConfigError {
  const hint = 'Give the id of a scene, as in its address in Stash, or the whole path of a file as Stash spells it.';
  return new ConfigError(message, { code: 'scene_not_found', hint });
}

function hasFile(scene: unknown, path: string): boolean {
  const files = member(scene, 'files');
  return Array.isArray(files) && files.some((file) => member(file, 'path') === path);
}

/** Whether the paths of Stash and Plex can be brought together, by a sample of each; full roots come out of a scan. */
import { foldedComponents, foldMappings, mapComponents } from '../../shared/path.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { PathMapping } from '../scan-types.js';
import { ask, member } from '../stash/ask.js';
import { SAMPLE_FILES_QUERY } from '../stash/queries.js';
import { notChecked, pass, warn, type Finding } from './check.js';
import type { ListedFile, PlexFindings } from './plex-checks.js';

/** Compares files. @throws ServerError */
export async function checkPaths(
  stash: ServerConnection,
  { sections, files }: PlexFindings,
  mappings: readonly PathMapping[],
): Promise<Finding> {
  if (sections.length === 0) return notChecked('Plex did not say where its libraries lie', 'libraries');
  const question = { document: SAMPLE_FILES_QUERY, variables: {} };
  const scenes = await ask(stash, question, 'scenes with their files', readFiles);
  if (scenes.length === 0) return pass('Stash has no files to compare');
  const locations = sections.flatMap((section) => section.locations.map(foldedComponents));
  const folded = foldMappings(mappings);
  const inside = scenes.filter(({ path }) => {
    const components = mapComponents(foldedComponents(path), folded);
    return locations.some((location) => location.every((component, i) => component === components[i]));
  }).length;
  const message = `${inside} of ${scenes.length} sampled files of Stash lie below a library of Plex`;
  if (inside * 2 >= scenes.length) return pass(message);
  const proposed = proposeMapping(scenes, files);
  if (proposed === undefined)
    return warn(message, 'Set pathMappings if Stash and Plex call a directory by different names.');
  const { stash: from, plex: to } = proposed;
  if (from === to) return pass(`${message}, but files agree in path`);
  return warn(
    message,
    `Put this into the config file: pathMappings: [{ stash: ${JSON.stringify(from)}, plex: ${JSON.stringify(to)} }]`,
  );
}

function readFiles(data: unknown): ListedFile[] | undefined {
  const scenes = member(member(data, 'findScenes'), 'scenes');
  if (!Array.isArray(scenes)) return undefined;
  return scenes.flatMap((scene: unknown) => {
    const files = member(scene, 'files');
    return Array.isArray(files) ? files.flatMap(readFile) : [];
  });
}

function readFile(file: unknown): ListedFile[] {
  const [path, size] = [member(file, 'path'), member(file, 'size')];
  return typeof path === 'string' ? [{ path, size: typeof size === 'number' ? size : undefined }] : [];
}

/** Of pairs equal in size and name, the pair of directories most of them leave when their common end is cut off. */
function proposeMapping(scenes: readonly ListedFile[], items: readonly ListedFile[]): PathMapping | undefined {
  const bySizeAndName = new Map(items.map((item) => [keyOf(item), item.path]));
  const votes = new Map<string, { readonly mapping: PathMapping; count: number }>();
  for (const scene of scenes) {
    const other = scene.size === undefined ? undefined : bySizeAndName.get(keyOf(scene));
    if (other === undefined) continue;
    const mapping = rootsOf(scene.path, other);
    const key = JSON.stringify(mapping);
    const vote = votes.get(key) ?? { mapping, count: 0 };
    vote.count++;
    votes.set(key, vote);
  }
  const [best] = [...votes.values()].sort((a, b) => b.count - a.count);
  return best?.mapping;
}

const keyOf = ({ path, size }: ListedFile): string => `${size ?? ''} ${foldedComponents(path).at(-1) ?? ''}`;

function rootsOf(stash: string, plex: string): PathMapping {
  const [a, b] = [foldedComponents(stash), foldedComponents(plex)];
  let common = 0;
  while (common < Math.min(a.length, b.length) && a.at(-1 - common) === b.at(-1 - common)) common++;
  return { stash: withoutEnd(stash, common), plex: withoutEnd(plex, common) };
}

function withoutEnd(path: string, components: number): string {
  let rest = path;
  for (let i = 0; i < components; i++) rest = rest.replace(/[/\\]*[^/\\]+[/\\]*$/, '');
  return rest === '' ? '/' : rest;
}

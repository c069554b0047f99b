/** Whether the paths of Stash and Plex can be brought together, by a sample of each; full roots come out of a scan. */
import { foldedComponents, foldMappings, isWithin, mapComponents } from '../../shared/path.js';
import type { ServerConnection } from '../http/server-connection.js';
import { mappingsAsYaml } from '../output/mappings.js';
import { inferRoots, type RootVotes } from '../roots/infer-roots.js';
import { joinPath } from '../roots/join-path.js';
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
    const mapped = mapComponents(foldedComponents(path), folded);
    return locations.some((location) => isWithin(mapped, location));
  }).length;
  const message = `${inside} of ${scenes.length} sampled files of Stash lie below a library of Plex`;
  if (inside * 2 >= scenes.length) return pass(message);
  const roots = rootsOf(scenes, files);
  const proposed = roots.filter(({ stash: from, plex: to }) => from !== to);
  if (roots.length === 0)
    return warn(message, 'Set pathMappings if Stash and Plex call a directory by different names.');
  if (proposed.length === 0) return pass(`${message}, but files agree in path`);
  return warn(message, `Put this into the config file: ${mappingsAsYaml(proposed)}`);
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

/** The pairs of directories that files equal in size and name leave when their common end is cut off. */
function rootsOf(scenes: readonly ListedFile[], items: readonly ListedFile[]): PathMapping[] {
  const bySizeAndName = new Map(items.map((item) => [keyOf(item), item.path]));
  const votes = new Map<string, Votes>();
  const matched: string[][] = [];
  for (const scene of scenes) {
    const other = scene.size === undefined ? undefined : bySizeAndName.get(keyOf(scene));
    if (other === undefined) continue;
    matched.push(foldedComponents(other));
    addVote(votes, scene.path, other);
  }
  const strongBelow = (directory: readonly string[]) => matched.filter((path) => isWithin(path, directory)).length;
  return inferRoots([...votes.values()], strongBelow).map(({ from, votes: { stash, plex, ...known } }) => {
    const more = from.slice(known.from.length);
    return { stash: joinPath(stash, more), plex: joinPath(plex, more) };
  });
}

const keyOf = ({ path, size }: ListedFile): string => `${size ?? ''} ${foldedComponents(path).at(-1) ?? ''}`;

interface Votes extends RootVotes, PathMapping {
  readonly within: Map<string, number>;
  scenes: number;
}

function addVote(votes: Map<string, Votes>, stash: string, plex: string): void {
  const [a, b] = [foldedComponents(stash), foldedComponents(plex)];
  let common = 0;
  while (common < Math.min(a.length, b.length) && a.at(-1 - common) === b.at(-1 - common)) common++;
  const mapping = { stash: withoutEnd(stash, common), plex: withoutEnd(plex, common) };
  const [from, to] = [a.slice(0, a.length - common), b.slice(0, b.length - common)];
  const key = JSON.stringify([from, to]);
  const vote = votes.get(key) ?? { ...mapping, from, to, within: new Map<string, number>(), scenes: 0 };
  votes.set(key, vote);
  vote.scenes++;
  const within = common > 1 ? a[from.length] : undefined;
  if (within !== undefined) vote.within.set(within, (vote.within.get(within) ?? 0) + 1);
}

function withoutEnd(path: string, components: number): string {
  let rest = path;
  for (let i = 0; i < components; i++) rest = rest.replace(/[/\\]*[^/\\]+[/\\]*$/, '');
  return rest === '' ? '/' : rest;
}

/** Which Plex libraries there are, and which of them to read. */
import { ConfigError, ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';

/** A library that can be read: movies (also "Other Videos") or shows. */
export interface PlexSection {
  readonly key: string;
  readonly title: string;
  readonly type: 'movie' | 'show';
  /** Its own name, which no other section ever has; undefined when the server has none. */
  readonly uuid: string | undefined;
  /** Where its metadata comes from; empty when the server does not say. */
  readonly agent: string;
  /** Its agent takes metadata from nowhere, so dates come from the files. */
  readonly agentIsNone: boolean;
  /** A counter that moves whenever the library's content does; undefined when the server has none. */
  readonly contentChangedAt: string | undefined;
  /** Its directories as Plex sees them; empty when the server does not say. */
  readonly locations: readonly string[];
}

const PATH = '/library/sections';

/** Lists the movie and show libraries. @throws ServerError */
export async function listSections(plex: ServerConnection): Promise<PlexSection[]> {
  return plex.retrying(async () => {
    const { body } = await plex.readOnce({ path: PATH });
    const directories = readDirectories(body);
    if (directories === undefined) throw plex.passing(plex.badAnswer(PATH, 'expected a list of libraries'));
    return directories.flatMap((directory) => readSection(plex, directory));
  });
}

type Directory = Readonly<Partial<Record<string, unknown>>>;

function readDirectories(body: Uint8Array): Directory[] | undefined {
  try {
    const answer = JSON.parse(Buffer.from(body).toString('utf8')) as {
      MediaContainer?: { Directory?: unknown };
    } | null;
    const container = answer?.MediaContainer;
    if (typeof container !== 'object') return undefined;
    const list = container.Directory ?? [];
    return Array.isArray(list) ? (list as Directory[]) : undefined;
  } catch {
    return undefined;
  }
}

function readSection(plex: ServerConnection, directory: Directory): PlexSection[] {
  const { key, title, type, uuid, agent, contentChangedAt, Location } = directory;
  if (type !== 'movie' && type !== 'show') return [];
  if (typeof key !== 'string' && typeof key !== 'number') throw plex.badAnswer(PATH, 'a library without a key');
  return [
    {
      // Some replies carry a path; its last segment is the key.
      key: String(key).replace(/^.*\//, ''),
      title: typeof title === 'string' ? title : String(key),
      type,
      uuid: typeof uuid === 'string' && uuid !== '' ? uuid : undefined,
      agent: typeof agent === 'string' ? agent : '',
      agentIsNone: typeof agent === 'string' && agent.endsWith('.none'),
      contentChangedAt: contentChangedAt === undefined ? undefined : JSON.stringify(contentChangedAt),
      locations: locationsIn(Location),
    },
  ];
}

function locationsIn(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((location: unknown) => {
    const path = typeof location === 'object' && location !== null && 'path' in location ? location.path : undefined;
    return typeof path === 'string' && path !== '' ? [path] : [];
  });
}

/**
 * The libraries to read: those named, by title (case-insensitive) or key, else all.
 * @throws ConfigError when a name does not exist, listing what does; ServerError when there is nothing to read
 */
export function selectSections(all: readonly PlexSection[], names: readonly string[] | undefined): PlexSection[] {
  if (all.length === 0) {
    const hint = 'Add one in Plex, or check that the token belongs to an account that may see it.';
    throw new ServerError('Plex lists no movie or show library', { code: 'plex_bad_answer', hint });
  }
  if (names === undefined || names.length === 0) return [...all];
  const chosen = names.flatMap((name) => sectionsNamed(all, name));
  return all.filter((section) => chosen.includes(section));
}

function sectionsNamed(all: readonly PlexSection[], name: string): PlexSection[] {
  const wanted = name.trim().toLowerCase();
  const byTitle = all.filter(({ title }) => title.trim().toLowerCase() === wanted);
  const found = byTitle.length > 0 ? byTitle : all.filter(({ key }) => key === wanted);
  if (found.length > 0) return found;
  const existing = all.map(({ title, key }) => `"${title}" (key ${key})`).join(', ');
  throw new ConfigError(`No Plex library is called "${name}"`, {
    code: 'library_not_found',
    hint: `Plex has these movie and show libraries: ${existing}.`,
  });
}

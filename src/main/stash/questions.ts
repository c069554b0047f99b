/** The small typed questions gapscan asks Stash. Bulk pages are read elsewhere, as raw bytes. */
import { GapscanError, ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { ScanEvent, ServerOptions, SinceFilter } from '../scan-types.js';
import { ask, member, textOrUndefined } from './ask.js';
import { connectStash } from './connection.js';
import { jobsIn, type StashJob } from './jobs.js';
import { PICTURE_QUERY, SETTINGS_QUERY, STATUS_QUERY, newestSceneQuery } from './queries.js';

/** The extent of the library: how many scenes, and the largest id. */
export interface SceneExtent {
  readonly count: number;
  /** 0 for an empty library. */
  readonly maxId: number;
}

/** What Stash knows that gapscan can use as settings; undefined where unset. */
export interface StashSettings {
  readonly plexUrl: string | undefined;
  readonly plexToken: string | undefined;
  readonly plexLibraries: readonly string[] | undefined;
  /** Directory of Stash's plugins, as Stash sees it. */
  readonly pluginsPath: string | undefined;
}

/** States in which Stash answers nothing else, and what it waits for. */
const NOT_READY: Readonly<Partial<Record<string, { readonly problem: string; readonly hint: string }>>> = {
  NEEDS_MIGRATION: {
    problem: 'waits for its database to be migrated',
    hint: 'let it migrate the database (it offers a backup)',
  },
  SETUP: { problem: 'has not been set up yet', hint: 'go through its setup' },
};

/**
 * Makes sure that Stash is one that answers questions; asked before all others. What it says of itself is believed, and
 * where it says nothing of the kind, the questions to come will tell.
 * @returns what it is doing @throws ServerError
 */
export async function assertStashReady(stash: ServerConnection): Promise<readonly StashJob[]> {
  const { status, jobs = [] } = await askStatus(stash);
  const state = status === undefined ? undefined : NOT_READY[status];
  if (state === undefined) return jobs;
  throw new ServerError(`Stash at ${stash.urlOf('')} ${state.problem} (${status})`, {
    code: 'stash_not_ready',
    hint: `Open ${stash.urlOf('')} in a browser and ${state.hint}, then run again.`,
  });
}

/** What Stash says of itself. */
interface StashStatus {
  readonly status?: string | undefined;
  readonly jobs?: readonly StashJob[] | undefined;
}

async function askStatus(stash: ServerConnection): Promise<StashStatus> {
  const question = { document: STATUS_QUERY, variables: {}, isFinal: true };
  try {
    return await ask(stash, question, 'its state', (data) => {
      const status = textOrUndefined(member(member(data, 'systemStatus'), 'status'));
      return status === undefined ? undefined : { status, jobs: jobsIn(data) };
    });
  } catch (error: unknown) {
    if (error instanceof ServerError && error.code === 'stash_bad_answer') return {};
    throw error;
  }
}

/** Asks for the number of scenes and the newest id. @throws ServerError */
export function askExtent(stash: ServerConnection, since: SinceFilter | undefined): Promise<SceneExtent> {
  return ask(stash, newestSceneQuery(since), 'the number of scenes and the newest id', (data) => {
    const found = member(data, 'findScenes');
    const count = member(found, 'count');
    const scenes = member(found, 'scenes');
    const maxId = Array.isArray(scenes) ? Number(member(scenes[0], 'id') ?? 0) : NaN;
    const sound = typeof count === 'number' && Number.isInteger(count) && Number.isInteger(maxId);
    return sound && (count === 0 || maxId > 0) ? { count, maxId } : undefined;
  });
}

/**
 * What the URLs of Stash's pictures begin with, as it gives them itself (it may be told to name another host); undefined when
 * it has no scene to ask about, or answers otherwise than it should. @throws ServerError when it cannot be reached
 */
export async function askPictureBase(stash: ServerConnection): Promise<string | undefined> {
  const question = { document: PICTURE_QUERY, variables: {} };
  try {
    const { url } = await ask(stash, question, 'the URL of a picture', (data) => {
      const scenes = member(member(data, 'findScenes'), 'scenes');
      const [newest] = Array.isArray(scenes) ? (scenes as unknown[]) : [];
      return { url: textOrUndefined(member(member(newest, 'paths'), 'screenshot')) };
    });
    return url === undefined ? undefined : /^(.+)\/scene\/\d+\/screenshot(?:\?|$)/.exec(url)?.[1];
  } catch (error: unknown) {
    // Whatever is wrong with pictures is no reason to leave a library unscanned.
    if (error instanceof GapscanError && error.code === 'stash_bad_answer') return undefined;
    throw error;
  }
}

/** Reads what Stash2Plex has stored in Stash. @throws ServerError */
export async function readStashSettings(
  options: ServerOptions,
  signal?: AbortSignal,
  onEvent?: (event: ScanEvent) => void,
): Promise<StashSettings> {
  const stash = connectStash(options, signal ?? new AbortController().signal, onEvent);
  try {
    await assertStashReady(stash);
    return await ask(stash, { document: SETTINGS_QUERY, variables: {} }, 'the configuration', readSettings);
  } finally {
    await stash.close();
  }
}

function readSettings(data: unknown): StashSettings | undefined {
  const configuration = member(data, 'configuration');
  if (typeof configuration !== 'object' || configuration === null) return undefined;
  const plugin = member(member(configuration, 'plugins'), 'Stash2Plex');
  const libraries = textOrUndefined(member(plugin, 'plex_library'));
  return {
    plexUrl: textOrUndefined(member(plugin, 'plex_url')),
    plexToken: textOrUndefined(member(plugin, 'plex_token')),
    plexLibraries: libraries
      ?.split(',')
      .map((title) => title.trim())
      .filter(Boolean),
    pluginsPath: textOrUndefined(member(member(configuration, 'general'), 'pluginsPath')),
  };
}

/** The small typed questions gapscan asks Stash. Bulk pages are read elsewhere, as raw bytes. */
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { ScanEvent, ServerOptions, SinceFilter } from '../scan-types.js';
import { ask, member, textOrUndefined, type Question } from './ask.js';
import { connectStash } from './connection.js';
import { jobsIn, type StashJob } from './jobs.js';
import {
  NEWEST_UPDATE_QUERY,
  SETTINGS_QUERY,
  STATUS_AND_JOBS_QUERY,
  STATUS_QUERY,
  newestSceneQuery,
} from './queries.js';

/** The extent of the library: how many scenes, and the largest id. */
export interface SceneExtent {
  readonly count: number;
  /** 0 for an empty library. */
  readonly maxId: number;
  /** What the URLs of Stash's pictures begin with (it may be told to name another host); undefined where it does not say. */
  readonly pictureBase: string | undefined;
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
  // A Stash that waits for its migration may fail at its job queue, and with it at the whole question.
  for (const document of [STATUS_AND_JOBS_QUERY, STATUS_QUERY]) {
    const status = await tryStatus(stash, document);
    if (status !== undefined) return status;
  }
  return {};
}

async function tryStatus(stash: ServerConnection, document: string): Promise<StashStatus | undefined> {
  try {
    return await ask(stash, { document, variables: {}, isFinal: true }, 'its state', (data) => {
      const status = textOrUndefined(member(member(data, 'systemStatus'), 'status'));
      return status === undefined ? undefined : { status, jobs: jobsIn(data) };
    });
  } catch (error: unknown) {
    if (error instanceof ServerError && error.code === 'stash_bad_answer') return undefined;
    throw error;
  }
}

/**
 * Asks for the number of scenes and the newest id, and on the way where its picture is: another question would be another
 * request. @throws ServerError
 */
export async function askExtent(stash: ServerConnection, since: SinceFilter | undefined): Promise<SceneExtent> {
  try {
    return await askNewest(stash, newestSceneQuery(since, 'id paths{screenshot}'));
  } catch (error: unknown) {
    // Whatever is wrong with pictures is no reason to leave a library unscanned.
    if (!(error instanceof ServerError) || error.code !== 'stash_bad_answer') throw error;
    return askNewest(stash, newestSceneQuery(since, 'id'));
  }
}

function askNewest(stash: ServerConnection, question: Question): Promise<SceneExtent> {
  return ask(stash, question, 'the number of scenes and the newest id', (data) => {
    const found = member(data, 'findScenes');
    const count = member(found, 'count');
    const scenes = member(found, 'scenes');
    const newest: unknown = Array.isArray(scenes) ? scenes[0] : undefined;
    const maxId = Array.isArray(scenes) ? Number(member(newest, 'id') ?? 0) : NaN;
    const sound = typeof count === 'number' && Number.isInteger(count) && Number.isInteger(maxId);
    const picture = textOrUndefined(member(member(newest, 'paths'), 'screenshot'));
    return sound && (count === 0 || maxId > 0) ? { count, maxId, pictureBase: pictureBase(picture) } : undefined;
  });
}

/** Epoch seconds of the last update of any scene; NaN where that cannot be told. @throws ServerError */
export function askNewestUpdate(stash: ServerConnection): Promise<number> {
  const question = { document: NEWEST_UPDATE_QUERY, variables: {}, isFinal: true };
  return ask(stash, question, 'the scene updated last', (data) => {
    const scenes = member(member(data, 'findScenes'), 'scenes');
    return Array.isArray(scenes) ? Date.parse(String(member(scenes[0], 'updated_at'))) / 1000 : undefined;
  });
}

/** What stands in front of the scene in the URL of a picture. */
function pictureBase(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^(.+)\/scene\/\d+\/screenshot(?:\?|$)/.exec(url)?.[1];
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

/** The small typed questions gapscan asks Stash. Bulk pages are read elsewhere, as raw bytes. */
import { ClientError, GraphQLClient } from 'graphql-request';
import { GapscanError, type ServerError } from '../errors.js';
import { PassingFailure } from '../http/retry.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { ServerOptions, SinceFilter } from '../scan-types.js';
import { connectStash } from './connection.js';
import { PICTURE_QUERY, PROCESS_QUEUE_MUTATION, SETTINGS_QUERY, newestSceneQuery } from './queries.js';

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

/** Asks Stash to run the plugin's "Process Queue" task; returns the id of the job in Stash. @throws ServerError */
export function startProcessQueue(stash: ServerConnection): Promise<string> {
  const question = { document: PROCESS_QUEUE_MUTATION, variables: {} };
  return ask(stash, question, 'the id of a job', (data) => textOrUndefined(member(data, 'runPluginTask')));
}

/** Reads what Stash2Plex has stored in Stash. @throws ServerError */
export async function readStashSettings(options: ServerOptions, signal?: AbortSignal): Promise<StashSettings> {
  const stash = connectStash(options, signal ?? new AbortController().signal);
  try {
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

/** A member of whatever arrived; undefined when it is no object or has none. */
function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Partial<Record<string, unknown>>)[name] : undefined;
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

interface Question {
  readonly document: string;
  readonly variables: object;
}

/** Asks until there is an answer that `read` can make sense of; what is typed is only what has been looked at. */
async function ask<T>(
  stash: ServerConnection,
  { document, variables }: Question,
  expected: string,
  read: (data: unknown) => T | undefined,
): Promise<T> {
  const client = new GraphQLClient(stash.fetchUrl, { fetch: stash.fetch });
  return stash.retrying(async () => {
    const data = await client.request<unknown>(document, variables).catch((failure: unknown) => {
      throw understand(stash, failure);
    });
    const answer = read(data);
    if (answer === undefined) throw new PassingFailure(stash.badAnswer('/graphql', `expected ${expected}`));
    return answer;
  });
}

/** graphql-request wraps both what the server said and what our own fetch threw. */
function understand(stash: ServerConnection, failure: unknown): Error {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (error instanceof PassingFailure || error instanceof GapscanError) return error;
  }
  if (failure instanceof ClientError) return graphqlFailure(stash, failure);
  return new PassingFailure(stash.badAnswer('/graphql', 'expected JSON with a GraphQL answer'));
}

function graphqlFailure(stash: ServerConnection, { response }: ClientError): Error {
  const [first] = response.errors ?? [];
  const error: ServerError = stash.badAnswer('/graphql', first?.message ?? `status ${response.status} without data`);
  // A refused document stays refused; anything a resolver says may pass (a locked database, a restart).
  const code = (first?.extensions as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && code.startsWith('GRAPHQL_') ? error : new PassingFailure(error);
}

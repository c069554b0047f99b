/** The small typed questions gapscan asks Stash. Bulk pages are read elsewhere, as raw bytes. */
import { ClientError, GraphQLClient } from 'graphql-request';
import { GapscanError, ServerError } from '../errors.js';
import { PassingFailure } from '../http/retry.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { ScanEvent, ServerOptions, SinceFilter } from '../scan-types.js';
import { connectStash } from './connection.js';
import { PROCESS_QUEUE_MUTATION, SETTINGS_QUERY, STATUS_QUERY, newestSceneQuery } from './queries.js';

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
 * @throws ServerError
 */
export async function assertStashReady(stash: ServerConnection): Promise<void> {
  const status = await askStatus(stash);
  const state = status === undefined ? undefined : NOT_READY[status];
  if (state === undefined) return;
  throw new ServerError(`Stash at ${stash.urlOf('')} ${state.problem} (${status})`, {
    code: 'stash_not_ready',
    hint: `Open ${stash.urlOf('')} in a browser and ${state.hint}, then run again.`,
  });
}

async function askStatus(stash: ServerConnection): Promise<string | undefined> {
  const question = { document: STATUS_QUERY, variables: {}, isFinal: true };
  try {
    return await ask(stash, question, 'its state', (data) =>
      textOrUndefined(member(member(data, 'systemStatus'), 'status')),
    );
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

/** What stands in front of the scene in the URL of a picture. */
function pictureBase(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^(.+)\/scene\/\d+\/screenshot(?:\?|$)/.exec(url)?.[1];
}

/** Asks Stash to run the plugin's "Process Queue" task; returns the id of the job in Stash. @throws ServerError */
export function startProcessQueue(stash: ServerConnection): Promise<string> {
  const question = { document: PROCESS_QUEUE_MUTATION, variables: {}, isFinal: true };
  return ask(stash, question, 'the id of a job', (data) => textOrUndefined(member(data, 'runPluginTask')));
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
  /** What it says is said for good: asked again it would say the same, or do something twice. */
  readonly isFinal?: boolean;
}

/** Asks until there is an answer that `read` can make sense of; what is typed is only what has been looked at. */
async function ask<T>(
  stash: ServerConnection,
  { document, variables, isFinal = false }: Question,
  expected: string,
  read: (data: unknown) => T | undefined,
): Promise<T> {
  const client = new GraphQLClient(stash.fetchUrl, { fetch: stash.fetch });
  return stash.retrying(async () => {
    const data = await client.request<unknown>(document, variables).catch((failure: unknown) => {
      throw understand(stash, failure, isFinal);
    });
    const answer = read(data);
    if (answer !== undefined) return answer;
    const error = stash.badAnswer('/graphql', `expected ${expected}`);
    throw isFinal ? error : stash.passing(error);
  });
}

/** graphql-request wraps both what the server said and what our own fetch threw. */
function understand(stash: ServerConnection, failure: unknown, isFinal: boolean): Error {
  for (let error = failure; error instanceof Error; error = error.cause) {
    if (error instanceof PassingFailure || error instanceof GapscanError) return error;
  }
  if (failure instanceof ClientError) return graphqlFailure(stash, failure, isFinal);
  return stash.passing(stash.badAnswer('/graphql', 'expected JSON with a GraphQL answer'));
}

function graphqlFailure(stash: ServerConnection, { response }: ClientError, isFinal: boolean): Error {
  const [first] = response.errors ?? [];
  const error: ServerError = stash.badAnswer('/graphql', first?.message ?? `status ${response.status} without data`);
  // A refused document stays refused; anything a resolver says may pass (a locked database, a restart).
  const code = (first?.extensions as { code?: unknown } | undefined)?.code;
  return isFinal || (typeof code === 'string' && code.startsWith('GRAPHQL_')) ? error : stash.passing(error);
}

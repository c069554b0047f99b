/** The small typed questions gapscan asks Stash. Bulk pages are read elsewhere, as raw bytes. */
import { ClientError, GraphQLClient } from 'graphql-request';
import { GapscanError, type ServerError } from '../errors.js';
import { PassingFailure } from '../http/retry.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { ServerOptions, SinceFilter } from '../scan-types.js';
import { connectStash } from './connection.js';
import { PROCESS_QUEUE_MUTATION, SETTINGS_QUERY, newestSceneQuery } from './queries.js';

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
export async function askExtent(stash: ServerConnection, since: SinceFilter | undefined): Promise<SceneExtent> {
  const { document, variables } = newestSceneQuery(since);
  const answer = await ask<{ findScenes: { count: number; scenes: { id: string }[] } }>(stash, document, variables);
  const { count, scenes } = answer.findScenes;
  const maxId = Number(scenes[0]?.id ?? 0);
  if (!Number.isInteger(count) || !Number.isInteger(maxId) || (count > 0 && maxId < 1)) {
    throw stash.badAnswer('/graphql', 'expected the number of scenes and the newest id');
  }
  return { count, maxId };
}

/** Asks Stash to run the plugin's "Process Queue" task; returns the id of the job in Stash. @throws ServerError */
export async function startProcessQueue(stash: ServerConnection): Promise<string> {
  const answer = await ask<{ runPluginTask: string }>(stash, PROCESS_QUEUE_MUTATION, {});
  return answer.runPluginTask;
}

/** Reads what Stash2Plex has stored in Stash. @throws ServerError */
export async function readStashSettings(options: ServerOptions, signal?: AbortSignal): Promise<StashSettings> {
  const stash = connectStash(options, signal ?? new AbortController().signal);
  try {
    const answer = await ask<SettingsAnswer>(stash, SETTINGS_QUERY, {});
    const plugin = answer.configuration.plugins?.['Stash2Plex'] ?? {};
    const libraries = textOrUndefined(plugin['plex_library'])
      ?.split(',')
      .map((title) => title.trim())
      .filter(Boolean);
    return {
      plexUrl: textOrUndefined(plugin['plex_url']),
      plexToken: textOrUndefined(plugin['plex_token']),
      plexLibraries: libraries,
      pluginsPath: textOrUndefined(answer.configuration.general?.pluginsPath),
    };
  } finally {
    await stash.close();
  }
}

interface SettingsAnswer {
  readonly configuration: {
    readonly general?: { readonly pluginsPath?: unknown } | null;
    readonly plugins?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> | null;
  };
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

async function ask<T extends object>(stash: ServerConnection, document: string, variables: object): Promise<T> {
  const client = new GraphQLClient(stash.fetchUrl, { fetch: stash.fetch });
  return stash.retrying(async () => {
    try {
      return await client.request<T>(document, variables);
    } catch (failure: unknown) {
      throw understand(stash, failure);
    }
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

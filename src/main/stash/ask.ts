/** One GraphQL question to Stash, and the making sense of what comes back. */
import { ClientError, GraphQLClient } from 'graphql-request';
import { GapscanError, type ServerError } from '../errors.js';
import { PassingFailure } from '../http/retry.js';
import type { ServerConnection } from '../http/server-connection.js';

/** A member of whatever arrived; undefined when it is no object or has none. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Partial<Record<string, unknown>>)[name] : undefined;
}

/** A text that says something. */
export function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** One question. */
export interface Question {
  readonly document: string;
  readonly variables: object;
  /** What it says is said for good: asked again it would say the same, or do something twice. */
  readonly isFinal?: boolean;
  /** It does something: it is sent once, whatever becomes of it. */
  readonly isOnce?: boolean;
}

/** Asks until there is an answer that `read` can make sense of; what is typed is only what has been looked at. */
export async function ask<T>(
  stash: ServerConnection,
  { document, variables, isFinal = false, isOnce = false }: Question,
  expected: string,
  read: (data: unknown) => T | undefined,
): Promise<T> {
  const client = new GraphQLClient(stash.fetchUrl, { fetch: stash.fetch });
  return stash.retrying(async () => {
    const data = await client.request<unknown>(document, variables).catch((failure: unknown) => {
      const understood = understand(stash, failure, isFinal);
      throw isOnce && understood instanceof PassingFailure ? understood.error : understood;
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

/** How gapscan connects to Stash. */
import type { ScanEvent, ServerOptions } from '../scan-types.js';
import { ServerConnection } from '../http/server-connection.js';

/** More than a few pages in flight only queue inside Stash, which reads through ten SQLite connections. */
export const STASH_PAGES_IN_FLIGHT = 4;

/** Opens a connection to Stash. The key is a header, never a query parameter: those end up in logs. */
export function connectStash(
  options: ServerOptions,
  signal: AbortSignal,
  onEvent: (event: ScanEvent) => void = () => undefined,
  pagesAtOnce = STASH_PAGES_IN_FLIGHT,
): ServerConnection {
  const headers = {
    // With any other Accept, Stash from 0.29 on changes its error statuses and drops compression.
    accept: 'application/json',
    ...(options.secret !== undefined && { ApiKey: options.secret }),
    ...(options.secret === undefined && options.cookie !== undefined && { cookie: options.cookie }),
  };
  const connections = STASH_PAGES_IN_FLIGHT;
  return new ServerConnection({
    name: 'stash',
    options,
    headers,
    fetchPath: '/graphql',
    connections,
    pagesAtOnce,
    onEvent,
    signal,
  });
}

/** How gapscan connects to Plex. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { ScanEvent, ServerOptions } from '../scan-types.js';
import { ServerConnection } from '../http/server-connection.js';
import { version } from '../version.js';

/** Plex lists from SQLite; beyond two or three pages in flight the gain flattens. */
export const PLEX_PAGES_IN_FLIGHT = 3;

/** Items a Plex server lists in a second, one page at a time: real ones 400 to 1,500. */
export const PLEX_ITEMS_PER_SECOND = 1100;

/** Opens a connection to Plex. */
export function connectPlex(
  options: ServerOptions,
  signal: AbortSignal,
  onEvent: (event: ScanEvent) => void = () => undefined,
  pagesAtOnce = PLEX_PAGES_IN_FLIGHT,
): ServerConnection {
  const headers = {
    accept: 'application/json',
    'X-Plex-Client-Identifier': clientIdentifier(),
    'X-Plex-Product': 'gapscan',
    'X-Plex-Version': version,
    'X-Plex-Platform': 'Node.js',
    'X-Plex-Device': 'gapscan',
    'X-Plex-Device-Name': 'gapscan',
    ...(options.secret !== undefined && { 'X-Plex-Token': options.secret }),
  };
  const connections = PLEX_PAGES_IN_FLIGHT;
  return new ServerConnection({ name: 'plex', options, headers, connections, pagesAtOnce, onEvent, signal });
}

/** Stable per host: Plex registers a device for every identifier it has not seen, and may mail the owner about it. */
function clientIdentifier(): string {
  return createHash('sha256').update(`gapscan ${hostname()}`).digest('hex').slice(0, 32);
}

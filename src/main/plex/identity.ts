/** Which Plex server it is that answers, whatever its URL: rating keys mean something on one server only. */
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';

const PATH = '/identity';

/**
 * The server's own identifier; undefined where there is none to be had (a proxy that hides it, an odd body).
 * @throws ServerError when the server cannot be reached, or is still starting after all retries
 */
export async function askMachineIdentifier(plex: ServerConnection): Promise<string | undefined> {
  try {
    const { body } = await plex.read({ path: PATH });
    return identifierIn(body);
  } catch (error: unknown) {
    if (error instanceof ServerError && error.code !== 'plex_unreachable') return undefined;
    throw error;
  }
}

function identifierIn(body: Uint8Array): string | undefined {
  try {
    const answer = JSON.parse(Buffer.from(body).toString('utf8')) as {
      MediaContainer?: { machineIdentifier?: unknown } | null;
    } | null;
    const identifier = answer?.MediaContainer?.machineIdentifier;
    return typeof identifier === 'string' && identifier !== '' ? identifier : undefined;
  } catch {
    return undefined;
  }
}

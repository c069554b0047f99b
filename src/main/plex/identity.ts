/** Which Plex server this is. */
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';

const PATH = '/identity';

/** Its machine identifier, which stays when the address changes; undefined when it does not say. @throws ServerError */
export async function askMachineIdentifier(plex: ServerConnection): Promise<string | undefined> {
  const body = await readIdentity(plex);
  try {
    const answer = JSON.parse(Buffer.from(body).toString()) as {
      MediaContainer?: { machineIdentifier?: unknown };
    } | null;
    const identifier = answer?.MediaContainer?.machineIdentifier;
    return typeof identifier === 'string' && identifier !== '' ? identifier : undefined;
  } catch {
    return undefined;
  }
}

async function readIdentity(plex: ServerConnection): Promise<Uint8Array> {
  try {
    return (await plex.read({ path: PATH })).body;
  } catch (error: unknown) {
    // Behind a proxy that passes on the library only; nothing is remembered then.
    if (error instanceof ServerError && error.status === 404) return new Uint8Array();
    throw error;
  }
}

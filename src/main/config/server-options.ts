/** What it takes to reach one server, put together from its settings. */
import type { ServerOptions } from '../scan-types.js';
import type { ValuesOf } from './setting.js';
import type { SERVER_SETTINGS } from './server-settings.js';

/** The values that concern the servers. */
export type ServerValues = ValuesOf<typeof SERVER_SETTINGS>;

/** How to reach Stash. */
export function stashOptions(url: string, values: ServerValues, secretSource: string | undefined): ServerOptions {
  return options(url, values, {
    secret: values.stashApiKey,
    secretSource,
    caFile: values.stashCaFile,
    insecure: values.stashInsecure,
  });
}

/** How to reach Plex. */
export function plexOptions(url: string, values: ServerValues, secretSource: string | undefined): ServerOptions {
  return options(url, values, {
    secret: values.plexToken,
    secretSource,
    caFile: values.plexCaFile,
    insecure: values.plexInsecure,
  });
}

interface OwnValues {
  readonly secret: string | undefined;
  readonly secretSource: string | undefined;
  readonly caFile: string | undefined;
  readonly insecure: boolean | undefined;
}

function options(url: string, { timeoutSeconds, retries }: ServerValues, own: OwnValues): ServerOptions {
  const { secret, secretSource, caFile, insecure } = own;
  return {
    url,
    ...(secret !== undefined && { secret, secretSource }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(retries !== undefined && { retries }),
    ...(caFile !== undefined && { caFile }),
    ...(insecure !== undefined && { insecure }),
  };
}

/** What to say of servers whose certificate is not checked. */
export function insecureWarnings({ stashInsecure, plexInsecure }: ServerValues): string[] {
  const warn = (title: string) =>
    `The certificate of ${title} is not checked (insecure): anybody on the network could pose as it`;
  return [...(stashInsecure === true ? [warn('Stash')] : []), ...(plexInsecure === true ? [warn('Plex')] : [])];
}

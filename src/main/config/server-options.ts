/** What it takes to reach one server, checked. */
import { ConfigError } from '../errors.js';
import type { ServerOptions } from '../scan-types.js';
import type { FileConfig } from './config-file.js';
import { checkSecret } from './secrets.js';
import type { Found } from './sources.js';

/** One server's own settings. */
export interface ServerSettings {
  readonly title: 'Stash' | 'Plex';
  readonly url: Found;
  readonly secret: Found | undefined;
  readonly tls: FileConfig['stash'];
}

/** Puts them together with the settings both servers share. @throws ConfigError */
export function serverOptions({ title, url, secret, tls }: ServerSettings, config: FileConfig): ServerOptions {
  const { timeoutSeconds, retries } = config;
  if (secret) checkSecret(title === 'Plex' ? "Plex's token" : "Stash's API key", secret);
  return {
    url: checkUrl(title, url),
    ...(secret && { secret: secret.value }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(retries !== undefined && { retries }),
    ...(tls?.caFile !== undefined && { caFile: tls.caFile }),
    ...(tls?.insecure !== undefined && { insecure: tls.insecure }),
  };
}

/** The URL itself is not shown: it may hold a password. */
function checkUrl(title: ServerSettings['title'], { value, source }: Found): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw invalid(
      `Expected an http:// or https:// URL for ${title} from ${source}`,
      `For example http://localhost:${title === 'Plex' ? 32400 : 9999}.`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw invalid(
      `The URL of ${title} from ${source} must not hold a user, password or query`,
      'Secrets belong in STASH_API_KEY and PLEX_TOKEN.',
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** What to say of servers whose certificate is not checked. */
export function insecureWarnings({ stash, plex }: FileConfig): string[] {
  const warn = (title: string) =>
    `The certificate of ${title} is not checked (insecure): anybody on the network could pose as it`;
  return [...(stash?.insecure === true ? [warn('Stash')] : []), ...(plex?.insecure === true ? [warn('Plex')] : [])];
}

function invalid(message: string, hint: string): ConfigError {
  return new ConfigError(message, { code: 'config_invalid', hint });
}

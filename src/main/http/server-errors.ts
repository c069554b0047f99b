/** Everything that can go wrong with one server, in words that name the URL that was asked and say what to do. */
import { InterruptedError, ServerError, type ErrorCode } from '../errors.js';
import type { ServerOptions } from '../scan-types.js';
import type { CollectedResponse } from './collect-body.js';
import { describeNetworkError, isNetworkError } from './network-error.js';
import { PassingFailure, type FailureScope } from './retry.js';

/** Which server, by the words of its messages. */
export type ServerName = 'stash' | 'plex';

const TITLES = { stash: 'Stash', plex: 'Plex' } as const;
/** What each server's secret is called, by people and by the environment. */
const SECRETS = {
  stash: { word: 'key', variable: 'STASH_API_KEY' },
  plex: { word: 'token', variable: 'PLEX_TOKEN' },
} as const;

/** Statuses that say something of the server's state, and those that may be about this one answer. */
const PASSING_STATUSES: Readonly<Partial<Record<number, FailureScope>>> = {
  408: 'server',
  425: 'server',
  429: 'server',
  500: 'answer',
  502: 'answer',
  503: 'server',
  504: 'answer',
};

/** Pages of both servers' web clients and APIs, which people copy from the address bar. */
const NOT_A_BASE = /^(.*?)\/(?:graphql|web|scenes?|login|settings|performers|tags|studios|library|identity)(?:\/.*)?$/i;

/** The errors of one server. */
export class ServerErrors {
  /** `Stash` or `Plex`. */
  readonly title: string;
  readonly #name: ServerName;
  readonly #options: ServerOptions;
  readonly #base: URL;

  constructor(name: ServerName, options: ServerOptions) {
    this.#name = name;
    this.#options = options;
    this.#base = new URL(options.url);
    this.title = TITLES[name];
  }

  /** The path of a reverse proxy, without a slash at its end; mostly empty. */
  get basePath(): string {
    return this.#base.pathname.replace(/\/+$/, '');
  }

  /** What was asked, whole but for its query, which says nothing to a person and can be long. */
  urlOf(path: string): string {
    return this.#base.origin + this.basePath + path.replace(/\?.*/s, '');
  }

  /** An answer that cannot be trusted: final. */
  badAnswer(path: string, detail: string): ServerError {
    return new ServerError(`${this.#asked(path)} gave an unexpected answer: ${detail}`, {
      code: this.#code('bad_answer'),
      hint:
        this.#suggestion() ??
        `Check that the URL is really ${this.title}'s and that the server is healthy, then run again.`,
    });
  }

  /** What answered is the other of the two servers. */
  stranger(path: string): ServerError {
    const other = this.#name === 'stash' ? 'plex' : 'stash';
    const hint = `Set the URL of ${this.title}; perhaps those of ${this.title} and ${TITLES[other]} were mixed up.`;
    return new ServerError(`${this.#asked(path)} is ${TITLES[other]}, not ${this.title}`, {
      code: this.#code('bad_answer'),
      hint,
    });
  }

  /** Plain HTTP was spoken where TLS is. */
  speaksTls(path: string, cause: unknown): ServerError {
    return new ServerError(`${this.#asked(path)} speaks TLS on this port, but was asked without`, {
      code: this.#code('unreachable'),
      hint: `Use https:// instead of http://.`,
      cause,
    });
  }

  /** What an exchange threw. */
  network(path: string, cause: unknown, signal: AbortSignal): Error {
    if (signal.aborted) return new InterruptedError(cause);
    if (!isNetworkError(cause)) return cause instanceof Error ? cause : new Error(String(cause));
    const { problem, hint, passing, scope } = describeNetworkError(cause, this.title);
    const error = new ServerError(`${this.#asked(path)} ${problem}`, { code: this.#code('unreachable'), hint, cause });
    return passing ? new PassingFailure(error, { scope }) : error;
  }

  /** An answer whose status is none of an answer. */
  refusal(path: string, { status, headers }: CollectedResponse): Error {
    if (status === 401 || status === 403) return this.#unauthorised(path, status);
    if (status >= 300 && status < 400) {
      const hint = `Check the URL and ${this.#secretPlace()}; redirects are not followed, so that no secret goes astray.`;
      return this.#refused(`${this.#asked(path)} redirected (${status}), as it does to a login page`, status, hint);
    }
    const detail = `${this.#asked(path)} answered ${status}`;
    const scope = PASSING_STATUSES[status];
    if (scope !== undefined) {
      return new PassingFailure(this.#busy(detail, status), { scope, retryAfterMs: retryAfterMs(headers) });
    }
    const hint = `Check that the URL is ${this.title}'s base URL, with the path of a reverse proxy if there is one.`;
    return this.#refused(detail, status, hint);
  }

  /** An answer that is something else than JSON. A page in HTML, where nothing else was ever seen, is there to stay. */
  notJson(path: string, { status, headers }: CollectedResponse, isFirst: boolean): Error {
    const type = String(headers['content-type']).replace(/;.*/s, '');
    const isPage = /html/i.test(type);
    const like = isPage ? ', as from a login page' : '';
    const error = this.badAnswer(path, `expected JSON, got ${type} (status ${status})${like}`);
    return isFirst && isPage ? error : new PassingFailure(error, { scope: 'answer' });
  }

  #unauthorised(path: string, status: number): ServerError {
    const { word, variable } = SECRETS[this.#name];
    const { secret } = this.#options;
    const detail =
      secret === undefined ? `no ${word} was sent` : `the ${word} from ${this.#secretPlace()} is not valid there`;
    const check = secret === undefined ? `Set ${variable}.` : `Check ${this.#secretPlace()}.`;
    // Stash's tripwire: open to the internet without a login, it refuses everybody.
    const tripwire =
      this.#name === 'stash' && status === 403
        ? ' Stash also refuses everybody after it was reached from the internet without a login; its log says so.'
        : '';
    return this.#refused(`${this.#asked(path)} refused the request (${status}): ${detail}`, status, check + tripwire);
  }

  #refused(message: string, status: number, hint: string): ServerError {
    return new ServerError(message, { code: this.#code('refused'), hint: this.#suggestion() ?? hint, status });
  }

  #busy(message: string, status: number): ServerError {
    const hint =
      status === 503
        ? `${this.title} may be starting or in maintenance; run again when it has finished.`
        : `Look at ${this.title}'s own log for the reason, then run again.`;
    return new ServerError(message, { code: this.#code('unreachable'), hint, status });
  }

  #asked(path: string): string {
    return `${this.title} at ${this.urlOf(path)}`;
  }

  #secretPlace(): string {
    return this.#options.secretSource ?? SECRETS[this.#name].variable;
  }

  /** A URL copied from a page of the server, less what is behind the server's own. */
  #suggestion(): string | undefined {
    const base = NOT_A_BASE.exec(this.basePath)?.[1];
    if (base === undefined) return undefined;
    const { origin } = this.#base;
    return `The URL ends in ${this.basePath.slice(base.length)}, which is a page of ${this.title}: try ${origin}${base}.`;
  }

  #code(kind: 'bad_answer' | 'unreachable' | 'refused'): ErrorCode {
    return `${this.#name}_${kind}`;
  }
}

/** What servers written in Go and most proxies say to plain HTTP on a port that speaks TLS. */
export function wantsTls({ status, body }: CollectedResponse): boolean {
  return status === 400 && /\bHTTPS (?:server|port)\b/i.test(Buffer.from(body.subarray(0, 4096)).toString('latin1'));
}

function retryAfterMs(headers: CollectedResponse['headers']): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : undefined;
}

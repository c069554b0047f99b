/** One server: a keep-alive connection pool, its headers, and the judgement of what comes back. */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { ConfigError, InterruptedError, ServerError, type ErrorCode } from '../errors.js';
import type { ScanEvent, ServerOptions } from '../scan-types.js';
import { collectResponse, type CollectedResponse } from './collect-body.js';
import type { PageMemory } from '../engine/page-memory.js';
import { describeNetworkError, isNetworkError } from './network-error.js';
import { PassingFailure, withRetries } from './retry.js';

/** Plex drops idle connections after about 20 s; reusing one it has just dropped costs a failed request. */
const KEEP_ALIVE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_RETRIES = 4;
/** A whole answer may take this many times the timeout, as long as it keeps coming. */
const SLOWNESS = 5;

/** Which server, by the words of its messages. */
export type ServerName = 'stash' | 'plex';

/** What a connection is made from. */
export interface ConnectionSetup {
  readonly name: ServerName;
  readonly options: ServerOptions;
  /** Sent with every request; holds the secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where {@link ServerConnection.fetch} posts to. */
  readonly fetchPath?: string;
  /** Requests in flight at most. */
  readonly connections: number;
  readonly onEvent: (event: ScanEvent) => void;
  readonly signal: AbortSignal;
}

/** One request. */
export interface ReadRequest {
  /** Path below the base URL, with its query string. Never holds a secret: it appears in messages. */
  readonly path: string;
  /** Headers of this request alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text to POST; without it the request is a GET. */
  readonly body?: string;
  /** Statuses whose body is an answer. Default: 200 only. */
  readonly accept?: readonly number[];
  /** Where the body's memory is taken from. Default: fresh memory. */
  readonly memory?: PageMemory;
}

const TITLES = { stash: 'Stash', plex: 'Plex' } as const;
const SECRET_NAMES = { stash: 'STASH_API_KEY', plex: 'PLEX_TOKEN' } as const;
/** GraphQL answers protocol errors with 400 or 422 and a body that says what was wrong. */
export const ANSWER_STATUSES: readonly number[] = [200, 400, 422];
const PASSING_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);

/** A connection to one server. Close it when done: open sockets keep a process alive. */
export class ServerConnection {
  /** `Stash` or `Plex`, for messages. */
  readonly title: string;
  /** Scheme, host and port, for messages. */
  readonly origin: string;
  readonly signal: AbortSignal;
  readonly #setup: ConnectionSetup;
  readonly #basePath: string;
  readonly #pool: Pool;
  readonly #timeoutMs: number;

  /** @throws ConfigError when `caFile` cannot be read, or the secret cannot be sent */
  constructor(setup: ConnectionSetup) {
    refuseUnsendable(setup);
    const url = new URL(setup.options.url);
    const timeout = (setup.options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
    this.#timeoutMs = timeout;
    this.#setup = setup;
    this.title = TITLES[setup.name];
    this.origin = url.origin;
    this.signal = setup.signal;
    this.#basePath = url.pathname.replace(/\/+$/, '');
    this.#pool = new Pool(url.origin, {
      connections: setup.connections,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeout), ...tlsOptions(setup.options) },
    });
  }

  /** Reads one answer whole, repeating passing failures. */
  async read(request: ReadRequest): Promise<CollectedResponse> {
    return this.retrying(() => this.readOnce(request));
  }

  /** Runs an attempt under this server's retry policy; the attempt reports passing failures with {@link passing}. */
  async retrying<T>(attempt: () => Promise<T>): Promise<T> {
    const { name, options, onEvent, signal } = this.#setup;
    return withRetries(
      {
        retries: options.retries ?? DEFAULT_RETRIES,
        onRetry: (error, count, delayMs) => {
          onEvent({ type: 'retry', server: name, reason: error.message, attempt: count, delayMs });
        },
        signal,
      },
      attempt,
    );
  }

  /** One attempt at one request. @throws PassingFailure, ServerError, InterruptedError */
  async readOnce(request: ReadRequest): Promise<CollectedResponse> {
    const { path, accept = [200] } = request;
    const response = await this.#exchange(request);
    if (accept.includes(response.status) && isJson(response)) return response;
    const error = accept.includes(response.status) ? this.#notJson(path, response) : this.#refusal(path, response);
    request.memory?.give(response.body);
    throw error;
  }

  /**
   * `fetch` over this connection, for clients that bring their own protocol. Statuses that carry no answer are thrown as
   * this server's errors before the client sees them.
   */
  readonly fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const body = typeof init?.body === 'string' ? init.body : '';
    const answer = await this.readOnce({ path: this.#setup.fetchPath ?? '/', body, accept: ANSWER_STATUSES });
    const headers = { 'content-type': 'application/json' };
    return new Response(new Uint8Array(answer.body), { status: answer.status, headers });
  };

  /** Full URL {@link fetch} posts to. */
  get fetchUrl(): string {
    return `${this.origin}${this.#basePath}${this.#setup.fetchPath ?? '/'}`;
  }

  /** The name of this server in event and error codes. */
  get name(): ServerName {
    return this.#setup.name;
  }

  /** An answer that cannot be trusted: an error of the server's, final. */
  badAnswer(path: string, detail: string): ServerError {
    return new ServerError(`${this.title} at ${this.origin} gave an unexpected answer to ${path}: ${detail}`, {
      code: `${this.#setup.name}_bad_answer`,
      hint: `Check that the URL is really ${this.title}'s and that the server is healthy, then run again.`,
    });
  }

  /** A failure that may pass: thrown inside {@link retrying} it is repeated. */
  passing(error: ServerError): PassingFailure {
    return new PassingFailure(error);
  }

  /** Turns what an exchange threw into this server's errors. */
  networkFailure(path: string, cause: unknown): Error {
    if (this.signal.aborted) return new InterruptedError(cause);
    if (!isNetworkError(cause)) return cause instanceof Error ? cause : new Error(String(cause));
    const { problem, hint, passing } = describeNetworkError(cause, this.title);
    const code: ErrorCode = `${this.#setup.name}_unreachable`;
    const error = new ServerError(`${this.title} at ${this.origin} ${problem} (${path})`, { code, hint, cause });
    return passing ? new PassingFailure(error) : error;
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #exchange({ path, headers, body, memory }: ReadRequest): Promise<CollectedResponse> {
    try {
      const request = {
        path: this.#basePath + path,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...this.#setup.headers,
          ...headers,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        body: body ?? null,
      } as const;
      const collecting = { limitMs: this.#timeoutMs * SLOWNESS, signal: this.signal, memory };
      return await collectResponse(this.#pool, request, collecting);
    } catch (cause: unknown) {
      throw this.networkFailure(path, cause);
    }
  }

  #refusal(path: string, { status, headers }: CollectedResponse): Error {
    const { name } = this.#setup;
    const server = `${this.title} at ${this.origin}`;
    if (status === 401 || status === 403) {
      return this.#refused(
        `${server} refused the request (${status} for ${path})`,
        status,
        `Check ${SECRET_NAMES[name]}.`,
      );
    }
    if (status >= 300 && status < 400) {
      const hint = `Check the URL and ${SECRET_NAMES[name]}; redirects are not followed, so that no secret goes astray.`;
      return this.#refused(`${server} redirected ${path} (${status}), as it does to a login page`, status, hint);
    }
    const detail = `${server} answered ${status} to ${path}`;
    if (PASSING_STATUSES.has(status)) return new PassingFailure(this.#busy(detail, status), retryAfterMs(headers));
    const hint = `Check that the URL is ${this.title}'s base URL, with the path of a reverse proxy if there is one.`;
    return this.#refused(detail, status, hint);
  }

  #notJson(path: string, { status, headers }: CollectedResponse): PassingFailure {
    const type = String(headers['content-type']).replace(/;.*/s, '');
    return new PassingFailure(
      this.badAnswer(path, `expected JSON, got ${type} (status ${status}), as from a login page`),
    );
  }

  #refused(message: string, status: number, hint: string): ServerError {
    return new ServerError(message, { code: `${this.#setup.name}_refused`, hint, status });
  }

  #busy(message: string, status: number): ServerError {
    const hint =
      status === 503
        ? `${this.title} may be starting or in maintenance; run again when it has finished.`
        : `Look at ${this.title}'s own log for the reason, then run again.`;
    return new ServerError(message, { code: `${this.#setup.name}_unreachable`, hint, status });
  }
}

/** A secret with a line break or a letter beyond ASCII would make the request hang instead of fail. */
function refuseUnsendable({ name, options }: ConnectionSetup): void {
  if (options.secret === undefined || /^[\x21-\x7e]+$/.test(options.secret)) return;
  throw new ConfigError(`${SECRET_NAMES[name]} holds characters that cannot be sent in a header`, {
    code: 'config_invalid',
    hint: 'It should be plain letters and digits; look for line breaks, quotes and spaces around it.',
  });
}

/** A missing content type is given the benefit of the doubt: the parser will tell. */
function isJson({ headers }: CollectedResponse): boolean {
  const type = headers['content-type'];
  return type === undefined || /json/i.test(String(type));
}

function retryAfterMs(headers: CollectedResponse['headers']): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : undefined;
}

function tlsOptions({ caFile, insecure }: ServerOptions): { ca?: string; rejectUnauthorized?: boolean } {
  return {
    ...(caFile !== undefined && { ca: readCa(caFile) }),
    ...(insecure === true && { rejectUnauthorized: false }),
  };
}

function readCa(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (cause: unknown) {
    const hint = 'Set caFile to a readable PEM file.';
    throw new ConfigError(`Cannot read the certificate file ${caFile}`, { code: 'config_invalid', hint, cause });
  }
}

/** One server: a keep-alive connection pool, its headers, and the judgement of what comes back. */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { ConfigError, ServerError } from '../errors.js';
import type { ScanEvent, ServerOptions } from '../scan-types.js';
import { collectResponse, type CollectedResponse } from './collect-body.js';
import type { PageMemory } from '../engine/page-memory.js';
import { isStrangersJson, speaksTls, strangerQuestion } from './recognise.js';
import { Pace } from './pace.js';
import { PassingFailure, withRetries, type FailureScope } from './retry.js';
import { ServerErrors, wantsTls, type ServerName } from './server-errors.js';
import { shorten } from './shorten.js';
import { Waits } from './waits.js';

export type { ServerName } from './server-errors.js';

/** Plex drops idle connections after about 20 s; reusing one it has just dropped costs a failed request. */
const KEEP_ALIVE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_RETRIES = 4;
const DEFAULT_RETRY_DELAY_MS = 500;
/** A whole answer may take this many times the timeout, as long as it keeps coming. */
const SLOWNESS = 5;
/** Until a server has answered once it may just as well not be there: patience is for those that are. */
const FIRST_ANSWER_MS = 10_000;
const FIRST_ANSWER_WHOLE_MS = 20_000;
const FIRST_CONTACT_MS = 100_000;
/** After this long without an answer, it is said that the wait goes on. */
const SILENCE_MS = 30_000;

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
  /** Of these, pages at most. */
  readonly pagesAtOnce: number;
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

/** GraphQL answers protocol errors with 400 or 422 and a body that says what was wrong. */
export const ANSWER_STATUSES: readonly number[] = [200, 400, 422];

/** A connection to one server. Close it when done: open sockets keep a process alive. */
export class ServerConnection {
  /** `Stash` or `Plex`, for messages. */
  readonly title: string;
  readonly signal: AbortSignal;
  /** Requests sent so far, repetitions included. */
  requests = 0;
  /** How many of them were sent again after a failure. */
  retries = 0;
  /** Rows of all pages so far; told by those who read them. */
  rows = 0;
  /** Bytes of all answers so far, as they are after decompression. */
  bytes = 0;
  readonly #pace: Pace;
  readonly #waits = new Waits();
  readonly #setup: ConnectionSetup;
  readonly #url: URL;
  readonly #errors: ServerErrors;
  readonly #pool: Pool;
  readonly #timeoutMs: number;
  /** It has given an answer of its own at least once. */
  #hasAnswered = false;
  #tlsProbe: Promise<boolean> | undefined;
  #lastWaitSaid = -Infinity;

  /** @throws ConfigError when `caFile` cannot be read, or the secret cannot be sent */
  constructor(setup: ConnectionSetup) {
    refuseUnsendable(setup);
    const { options, connections, signal } = setup;
    this.#url = new URL(options.url);
    this.#timeoutMs = (options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
    this.#setup = setup;
    this.#errors = new ServerErrors(setup.name, options);
    this.title = this.#errors.title;
    this.signal = signal;
    this.#pace = new Pace(setup.pagesAtOnce);
    this.#pool = new Pool(this.#url.origin, {
      connections,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, this.#timeoutMs), ...tlsOptions(options) },
    });
  }

  /** The name of this server in event and error codes. */
  get name(): ServerName {
    return this.#setup.name;
  }

  /** For how long at least one answer was waited for. */
  get waitSeconds(): number {
    return this.#waits.seconds;
  }

  /** Full URL {@link fetch} posts to. */
  get fetchUrl(): string {
    return this.urlOf(this.#setup.fetchPath ?? '/');
  }

  /** How often a failed read is repeated. */
  get maxRetries(): number {
    return this.#setup.options.retries ?? DEFAULT_RETRIES;
  }

  /** The URL of a path, for messages. */
  urlOf(path: string): string {
    return this.#errors.urlOf(path);
  }

  /** Reads one answer whole, repeating passing failures. */
  async read(request: ReadRequest): Promise<CollectedResponse> {
    return this.retrying(() => this.readOnce(request));
  }

  /** Asks for something to be done, of which the answer is nothing but its status. @throws ServerError, InterruptedError */
  async order(path: string): Promise<void> {
    await this.retrying(async () => {
      const response = await this.#exchange({ path });
      if (response.status !== 200) throw this.#errors.refusal(path, response);
    });
  }

  /** Runs an attempt under this server's retry policy; the attempt reports passing failures with {@link passing}. */
  async retrying<T>(attempt: () => Promise<T>): Promise<T> {
    const { name, options, onEvent, signal } = this.#setup;
    const policy = {
      retries: this.maxRetries,
      firstDelayMs: options.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS,
      isTooLate: (milliseconds: number) => !this.#hasAnswered && milliseconds > FIRST_CONTACT_MS,
      onRetry: (error: ServerError, count: number, delayMs: number) => {
        this.retries++;
        onEvent({ type: 'retry', server: name, reason: shorten(error.message), attempt: count, delayMs });
      },
      signal,
    };
    try {
      return await withRetries(policy, attempt);
    } catch (error: unknown) {
      if (!this.#hasAnswered && error instanceof ServerError && (await this.#isStranger(error))) {
        throw this.#errors.stranger('');
      }
      throw error;
    }
  }

  /** One attempt at one request. @throws PassingFailure, ServerError, InterruptedError */
  async readOnce(request: ReadRequest): Promise<CollectedResponse> {
    const { path, accept = [200] } = request;
    // Pages are many and heavy; single questions may go between them.
    const isPage = request.memory !== undefined;
    const response = await (isPage ? this.#pace.take(() => this.#exchange(request)) : this.#exchange(request));
    const isAnswer = accept.includes(response.status) && isJson(response);
    if (isAnswer && !wantsTls(response) && (this.#hasAnswered || !isStrangersJson(this.name, response.body))) {
      this.#hasAnswered = true;
      return response;
    }
    const error = this.#notAnAnswer(path, response, accept);
    request.memory?.give(response.body);
    throw error;
  }

  #notAnAnswer(path: string, response: CollectedResponse, accept: readonly number[]): Error {
    const isFirst = !this.#hasAnswered;
    if (wantsTls(response)) return this.#errors.speaksTls(path, undefined);
    if (!accept.includes(response.status)) return this.#errors.refusal(path, response);
    if (!isJson(response)) return this.#errors.notJson(path, response, isFirst);
    return this.#errors.stranger(path);
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

  /** An answer that cannot be trusted: an error of the server's, final. */
  badAnswer(path: string, detail: string): ServerError {
    return this.#errors.badAnswer(path, detail);
  }

  /** A failure that may pass: thrown inside {@link retrying} it is repeated. */
  passing(error: ServerError, scope: FailureScope = 'answer'): PassingFailure {
    return new PassingFailure(error, { scope });
  }

  /** Ends all connections at once. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #exchange(request: ReadRequest): Promise<CollectedResponse> {
    const stopWaiting = this.#sayWhileWaiting();
    this.#waits.begin();
    try {
      const response = await this.#send({ ...request, headers: { ...this.#setup.headers, ...request.headers } });
      this.bytes += response.body.length;
      return response;
    } catch (cause: unknown) {
      const failure = this.#errors.network(request.path, cause, this.signal);
      if (await this.#isTlsPort(failure)) throw this.#errors.speaksTls(request.path, cause);
      throw failure;
    } finally {
      this.#waits.end();
      stopWaiting();
    }
  }

  #send({ path, headers, body, memory }: ReadRequest): Promise<CollectedResponse> {
    this.requests++;
    const patience = this.#hasAnswered ? this.#timeoutMs : Math.min(this.#timeoutMs, FIRST_ANSWER_MS);
    const whole = this.#timeoutMs * SLOWNESS;
    const request = {
      path: this.#errors.basePath + path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body ?? null,
      headersTimeout: patience,
      bodyTimeout: patience,
    } as const;
    const limitMs = this.#hasAnswered ? whole : Math.min(whole, FIRST_ANSWER_WHOLE_MS);
    return collectResponse(this.#pool, request, { limitMs, signal: this.signal, memory });
  }

  /** A server that takes its time is no reason for silence. Returns how to end the watch. */
  #sayWhileWaiting(): () => void {
    const started = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      if (now - this.#lastWaitSaid < SILENCE_MS) return;
      this.#lastWaitSaid = now;
      this.#setup.onEvent({ type: 'waiting', server: this.name, seconds: Math.round((now - started) / 1000) });
    }, SILENCE_MS);
    return () => {
      clearInterval(timer);
    };
  }

  /** Whether plain HTTP was dropped, by a server never heard before, because its port speaks TLS. */
  async #isTlsPort(failure: Error): Promise<boolean> {
    if (this.#hasAnswered || this.#url.protocol !== 'http:') return false;
    if (!(failure instanceof PassingFailure) || failure.scope !== 'answer') return false;
    this.#tlsProbe ??= speaksTls(this.#url);
    return this.#tlsProbe;
  }

  /** Whether what refused, or gave no answer of this server's, is the other one. */
  async #isStranger({ code }: ServerError): Promise<boolean> {
    if (code !== `${this.name}_refused` && code !== `${this.name}_bad_answer`) return false;
    const { path, body, isAnsweredBy } = strangerQuestion(this.name);
    try {
      const headers = { accept: 'application/json' };
      return isAnsweredBy(await this.#send({ path, headers, ...(body !== undefined && { body }) }));
    } catch {
      // It was only asked for a better message than the one there is.
      return false;
    }
  }
}

/** A secret with a line break or a letter beyond ASCII would make the request hang instead of fail. */
function refuseUnsendable({ name, options }: ConnectionSetup): void {
  if (options.secret === undefined || /^[\x21-\x7e]+$/.test(options.secret)) return;
  const variable = name === 'stash' ? 'STASH_API_KEY' : 'PLEX_TOKEN';
  throw new ConfigError(`${options.secretSource ?? variable} holds characters that cannot be sent in a header`, {
    code: 'config_invalid',
    hint: 'It should be plain letters and digits; look for line breaks, quotes and spaces around it.',
  });
}

/** A missing content type is given the benefit of the doubt: the parser will tell. */
function isJson({ headers }: CollectedResponse): boolean {
  const type = headers['content-type'];
  return type === undefined || /json/i.test(String(type));
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

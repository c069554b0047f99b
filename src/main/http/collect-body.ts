/** Reads a response body whole. */
import { setMaxListeners } from 'node:events';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { PageMemory } from '../engine/page-memory.js';

/** A response, read whole. */
export interface CollectedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** How a response is to be read. */
export interface Collecting {
  /** The whole may take this long: an answer that drips keeps every timeout between two chunks content. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Where the body goes if its length is known. Default: memory of its own. */
  readonly memory: PageMemory | undefined;
}

/**
 * Makes a request and collects the response. With a known length each chunk is copied once, straight to its place.
 * @throws what undici, Node or the decompression throw; SlowAnswer
 */
export async function collectResponse(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  collecting: Collecting,
): Promise<CollectedResponse> {
  const { status, headers, body } = await new Promise<CollectedResponse>((resolve, reject) => {
    dispatcher.dispatch(request, new Collector(collecting, resolve, reject));
  });
  return { status, headers, body: await decompress(body, headers['content-encoding']) };
}

class SlowAnswer extends Error {
  readonly code = 'ANSWER_TOO_SLOW';
}

/** A page is half a megabyte; what claims to be a thousand times that is none. */
const MAX_BODY_BYTES = 512 * 2 ** 20;

class LargeAnswer extends Error {
  readonly code = 'ANSWER_TOO_LARGE';
}

/** A handler of undici's: streams of their own for each body cost a sixth of the time a page takes to download. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #collecting: Collecting;
  readonly #resolve: (response: CollectedResponse) => void;
  readonly #reject: (cause: Error) => void;
  readonly #deadline: number;
  #abort: (() => void) | undefined;
  #status = 0;
  #headers: CollectedResponse['headers'] = {};
  /** Where the body goes, once its length is known, and how much of it has come. */
  #place: Uint8Array | undefined;
  #length = 0;
  readonly #chunks: Buffer[] = [];

  constructor(collecting: Collecting, resolve: (response: CollectedResponse) => void, reject: (cause: Error) => void) {
    this.#collecting = collecting;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = performance.now() + collecting.limitMs;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { signal } = this.#collecting;
    const abort = () => {
      controller.abort(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) {
      abort();
      return;
    }
    this.#abort = abort;
    // One for every request in flight is no leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', abort, { once: true });
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: CollectedResponse['headers'],
  ): void {
    this.#status = status;
    this.#headers = headers;
    const length = Number(headers['content-length']);
    if (!Number.isSafeInteger(length) || length <= 0) return;
    if (length > MAX_BODY_BYTES) {
      controller.abort(new LargeAnswer());
      return;
    }
    const memory = isPage(status, length, headers) ? this.#collecting.memory : undefined;
    this.#place = memory?.take(length) ?? new Uint8Array(length);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (performance.now() > this.#deadline) controller.abort(new SlowAnswer());
    else if (this.#length + chunk.length > MAX_BODY_BYTES) controller.abort(new LargeAnswer());
    else if (this.#place === undefined) this.#chunks.push(chunk);
    else this.#place.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  onResponseEnd(): void {
    this.#done();
    const body = this.#place?.subarray(0, this.#length) ?? new Uint8Array(Buffer.concat(this.#chunks));
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    this.#done();
    if (this.#place !== undefined) this.#collecting.memory?.give(this.#place);
    this.#reject(cause);
  }

  #done(): void {
    if (this.#abort !== undefined) this.#collecting.signal.removeEventListener('abort', this.#abort);
  }
}

/** The largest body that is read straight into shared memory, which is never given back to the system. */
const MAX_PAGE_BYTES = 32 * 2 ** 20;

/** Whether a body is likely a page; what is compressed has to be unpacked elsewhere anyway. */
function isPage(status: number, length: number, headers: CollectedResponse['headers']): boolean {
  const isJson = /json/i.test(String(headers['content-type']));
  return status === 200 && length <= MAX_PAGE_BYTES && isJson && headers['content-encoding'] === undefined;
}

/** We ask for no compression, which on a local network costs more than it saves; proxies compress all the same. */
async function decompress(bytes: Uint8Array, encoding: string | string[] | undefined): Promise<Uint8Array> {
  switch (String(encoding)) {
    case 'gzip':
    case 'x-gzip':
      return new Uint8Array(await promisify(gunzip)(bytes));
    case 'deflate':
      return new Uint8Array(await promisify(inflate)(bytes));
    case 'br':
      return new Uint8Array(await promisify(brotliDecompress)(bytes));
    default:
      return bytes;
  }
}

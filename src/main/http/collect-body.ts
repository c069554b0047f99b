/** Reads a whole response body into one buffer that can be transferred to a worker. */
import type { Dispatcher } from 'undici';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** A response, read whole. */
export interface CollectedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/**
 * Collects a response into memory of its own (never a slice of a shared pool: it will be transferred). With a known
 * length each chunk is copied once, straight to its place.
 */
export async function collectResponse(response: Dispatcher.ResponseData): Promise<CollectedResponse> {
  const { statusCode, headers } = response;
  const length = Number(headers['content-length']);
  const raw = Number.isSafeInteger(length) && length > 0 ? await fill(response, length) : await gather(response);
  return { status: statusCode, headers, body: await decompress(raw, headers['content-encoding']) };
}

async function fill({ body }: Dispatcher.ResponseData, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(new ArrayBuffer(length));
  let at = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return at === length ? bytes : bytes.slice(0, at);
}

async function gather({ body }: Dispatcher.ResponseData): Promise<Uint8Array> {
  return new Uint8Array(await body.arrayBuffer());
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

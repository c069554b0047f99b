/** Reads a whole response body into one buffer that can be transferred to a worker. */
import type { Dispatcher } from 'undici';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { PageMemory } from './page-memory.js';

/** A response, read whole. */
export interface CollectedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/**
 * Collects a response into memory of its own (never a slice of a shared pool: it will be transferred). With a known
 * length each chunk is copied once, straight to its place. Throws when the whole takes longer than `limitMs`.
 */
export async function collectResponse(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  limitMs: number,
  memory: PageMemory | undefined,
): Promise<CollectedResponse> {
  const length = Number(headers['content-length']);
  const known = Number.isSafeInteger(length) && length > 0;
  const deadline = performance.now() + limitMs;
  const raw = await (known
    ? fill(body, memory?.take(length) ?? new Uint8Array(length), deadline)
    : gather(body, deadline));
  return { status: statusCode, headers, body: await decompress(raw, headers['content-encoding']) };
}

/** An answer that drips keeps every timeout between two chunks content; only the whole can be too slow. */
function checkTime(deadline: number): void {
  if (performance.now() > deadline) throw new SlowAnswer();
}

class SlowAnswer extends Error {
  readonly code = 'ANSWER_TOO_SLOW';
}

async function fill(chunks: AsyncIterable<Buffer>, bytes: Uint8Array, deadline: number): Promise<Uint8Array> {
  let at = 0;
  for await (const chunk of chunks) {
    checkTime(deadline);
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.subarray(0, at);
}

async function gather(chunks: AsyncIterable<Buffer>, deadline: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) {
    checkTime(deadline);
    parts.push(chunk);
  }
  return new Uint8Array(Buffer.concat(parts));
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

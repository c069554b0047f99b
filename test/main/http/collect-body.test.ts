import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collectResponse } from '../../../src/main/http/collect-body.js';
import { PageMemory } from '../../../src/main/engine/page-memory.js';
import { EngineMemory } from '../../../src/shared/engine/memory.js';

const BODY = Buffer.from('{"a":"\u00e9"}'.repeat(20_000));

/** Page memory that counts what is out. */
class CountedMemory extends PageMemory {
  out = 0;

  override take(length: number): Uint8Array {
    this.out++;
    return super.take(length);
  }

  override give(page: Uint8Array): void {
    this.out--;
    super.give(page);
  }
}

/** Asks a server that answers so. */
async function collect(answer: RequestListener, limitMs = 5000, signal = new AbortController().signal) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    await pool.destroy();
    server.close();
    server.closeAllConnections();
  });
  const memory = new CountedMemory(new EngineMemory());
  const collected = collectResponse(pool, { path: '/', method: 'GET' }, { limitMs, signal, memory });
  return { memory, collected: await collected.catch((cause: unknown) => cause as Error & { code?: string }) };
}

const head = (headers: Record<string, string | number> = {}) => ({ 'content-type': 'application/json', ...headers });

describe('collectResponse', () => {
  it('puts a body of known length straight into its place', async () => {
    const { memory, collected } = await collect((_, response) => {
      response.writeHead(200, head({ 'content-length': BODY.length })).end(BODY);
    });
    if (collected instanceof Error) throw collected;
    expect([collected.status, memory.out]).toEqual([200, 1]);
    expect(collected.body.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Buffer.from(collected.body).equals(BODY)).toBe(true);
  });

  it.each([
    ['in chunks', head(), BODY],
    ['compressed', head({ 'content-encoding': 'gzip', 'content-length': gzipSync(BODY).length }), gzipSync(BODY)],
  ])('reads a body that comes %s', async (_, headers, bytes) => {
    const { memory, collected } = await collect((_request, response) => {
      response.writeHead(200, headers);
      response.write(bytes.subarray(0, 100));
      response.end(bytes.subarray(100));
    });
    if (collected instanceof Error) throw collected;
    expect(memory.out).toBe(0);
    expect(Buffer.from(collected.body).equals(BODY)).toBe(true);
  });

  it.each<[string, string, RequestListener, number]>([
    [
      'claims to be enormous',
      'ANSWER_TOO_LARGE',
      (_, response) => response.writeHead(200, head({ 'content-length': 2 ** 31 })).write('{'),
      5000,
    ],
    [
      'drips',
      'ANSWER_TOO_SLOW',
      (_, response) => {
        response.writeHead(200, head({ 'content-length': 1000 }));
        setInterval(() => response.write(' '), 20).unref();
      },
      100,
    ],
    [
      'breaks off',
      'UND_ERR_SOCKET',
      (_, response) => {
        response.writeHead(200, head({ 'content-length': 1000 }));
        response.write('{', () => response.destroy());
      },
      5000,
    ],
  ])('fails with a code when a body %s, and gives its memory back', async (_, code, answer, limitMs) => {
    const { memory, collected } = await collect(answer, limitMs);
    expect([(collected as { code?: string }).code, memory.out]).toEqual([code, 0]);
  });

  it.each([0, 50])('ends at once when aborted (after %i ms)', async (milliseconds) => {
    const signal = milliseconds === 0 ? AbortSignal.abort() : AbortSignal.timeout(milliseconds);
    const { memory, collected } = await collect(
      (_, response) => response.writeHead(200, head({ 'content-length': 1000 })).write('{'),
      60_000,
      signal,
    );
    expect([collected instanceof Error, memory.out]).toEqual([true, 0]);
  });
});

/** The HTTP layer both sample servers share: a request log, faults, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Fault, FaultChooser, SampleRequest } from './faults.js';

/** What a server answers. */
export interface SampleAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request and what was sent for it. */
export interface LoggedRequest extends SampleRequest {
  /** Bytes of body sent. */
  readonly bytesOut: number;
}

/** A running sample server. */
export interface SampleServer {
  /** Base URL on loopback. */
  readonly url: string;
  /** Every request so far, in order of arrival. */
  readonly requests: LoggedRequest[];
  /** May be set at any time. */
  fault: FaultChooser | undefined;
  close(): Promise<void>;
}

/** Starts a server on an ephemeral loopback port. */
export async function startSampleServer(answer: (request: SampleRequest) => SampleAnswer): Promise<SampleServer> {
  const requests: LoggedRequest[] = [];
  const http = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing);
  });
  const server: SampleServer = {
    url: '',
    requests,
    fault: undefined,
    close: () => stop(http),
  };
  let count = 0;
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const number = ++count;
    const body = await readBody(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request = { number, method, path, headers, body };
    const bytesOut = await send(outgoing, () => answer(request), server.fault?.(request));
    requests.push({ ...request, bytesOut });
  }
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function send(outgoing: ServerResponse, answer: () => SampleAnswer, fault: Fault | undefined): Promise<number> {
  switch (fault?.kind) {
    case 'hang':
      return 0;
    case 'drop':
      outgoing.destroy();
      return 0;
    case 'delay':
      await sleep(fault.ms);
      return sendWhole(outgoing, answer());
    case 'status':
      return sendWhole(outgoing, { headers: { 'content-type': 'text/html' }, body: '', ...fault });
    case 'body':
      return sendWhole(outgoing, { status: 200, headers: { 'content-type': fault.type }, body: fault.body });
    case 'rewrite': {
      const whole = answer();
      return sendWhole(outgoing, { ...whole, body: fault.rewrite(whole.body) });
    }
    case 'half': {
      const whole = answer();
      return sendWhole(outgoing, { ...whole, body: whole.body.slice(0, whole.body.length / 2) });
    }
    case 'cut':
      return sendCut(outgoing, answer());
    case 'drip':
      return sendDripping(outgoing, answer(), fault);
    case 'gzip':
      return sendGzipped(outgoing, answer());
    case undefined:
      return sendWhole(outgoing, answer());
  }
}

function sendWhole(outgoing: ServerResponse, { status, headers, body }: SampleAnswer): number {
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.length });
  outgoing.end(bytes);
  return bytes.length;
}

function sendGzipped(outgoing: ServerResponse, { status, headers, body }: SampleAnswer): number {
  const bytes = gzipSync(body);
  outgoing.writeHead(status, { ...headers, 'content-encoding': 'gzip', 'content-length': bytes.length });
  outgoing.end(bytes);
  return bytes.length;
}

function sendCut(outgoing: ServerResponse, { status, headers, body }: SampleAnswer): number {
  const bytes = Buffer.from(body);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.length });
  outgoing.write(half, () => outgoing.destroy());
  return half.length;
}

async function sendDripping(
  outgoing: ServerResponse,
  { status, headers, body }: SampleAnswer,
  { bytes: step, ms }: Fault & { kind: 'drip' },
): Promise<number> {
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.length });
  for (let at = 0; at < bytes.length && !outgoing.destroyed; at += step) {
    outgoing.write(bytes.subarray(at, at + step));
    await sleep(ms);
  }
  outgoing.end();
  return bytes.length;
}

async function stop(http: Server): Promise<void> {
  const closed = new Promise<void>((resolve) =>
    http.close(() => {
      resolve();
    }),
  );
  http.closeAllConnections();
  await closed;
}

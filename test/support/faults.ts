/** Faults of the sample servers: everything a real server or the network between has been seen to do. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  sendWhole,
  type SampleAnswer,
  type SampleRequest,
  type SampleServer,
} from '../../src/main/demo/sample-server.js';

/** What to do to one answer, instead of or on top of giving it. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Close the connection without an answer. */
  | { readonly kind: 'drop' }
  /** Announce the whole length, send half, close. */
  | { readonly kind: 'cut' }
  /** Send half as a whole, well-formed answer. */
  | { readonly kind: 'half' }
  /** Never answer. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Send the body in small pieces with a pause between. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly ms: number }
  /** Compress, asked or not. */
  | { readonly kind: 'gzip' }
  /** Replace the body; the status stays 200. */
  | { readonly kind: 'body'; readonly body: string; readonly type: string }
  /** Rewrite the body. */
  | { readonly kind: 'rewrite'; readonly rewrite: (body: string) => string };

/** Decides for each request; undefined answers it as it should be. */
export type FaultChooser = (request: SampleRequest) => Fault | undefined;

/** A server whose answers can go wrong. */
export interface Faulty {
  /** May be set at any time. */
  fault: FaultChooser | undefined;
}

/** Makes the answers of a running server go wrong as its `fault` says; none does at first. */
export function withFaults<S extends SampleServer>(server: S): S & Faulty {
  const faulty: S & Faulty = Object.assign(server, { fault: undefined });
  faulty.send = (outgoing, answer, request) => send(outgoing, answer, faulty.fault?.(request));
  return faulty;
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

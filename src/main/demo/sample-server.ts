/** The HTTP layer both sample servers share: a request log, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** One request. */
export interface SampleRequest {
  /** 1 for the first request of this server. */
  readonly number: number;
  readonly method: string;
  /** Path with query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What a server answers. */
export interface SampleAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Rows in it, where there are any. */
  readonly rows?: number;
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
  /** How answers are sent; may be exchanged at any time. Default: {@link sendWhole}. */
  send: Send;
  close(): Promise<void>;
}

/** Answers a request; returns how many bytes of body were sent. `answer` is the one the server would give. */
export type Send = (
  outgoing: ServerResponse,
  answer: () => SampleAnswer,
  request: SampleRequest,
) => number | Promise<number>;

/** In how many milliseconds an answer is sent; those before it may hold it up. */
export type Pace = (request: SampleRequest, answer: SampleAnswer) => number;

/** Starts a server on an ephemeral loopback port. @param pace default: answers are sent at once */
export async function startSampleServer(
  answer: (request: SampleRequest) => SampleAnswer,
  pace?: Pace,
): Promise<SampleServer> {
  const requests: LoggedRequest[] = [];
  const http = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing);
  });
  const server: SampleServer = {
    url: '',
    requests,
    send: pace === undefined ? (outgoing, answerOf) => sendWhole(outgoing, answerOf()) : sendAt(pace),
    close: () => stop(http),
  };
  let count = 0;
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const number = ++count;
    const body = await readBody(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request = { number, method, path, headers, body };
    const bytesOut = await server.send(outgoing, () => answer(request), request);
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

/** Sends answers as they are, each when its time has come. */
const sendAt =
  (pace: Pace): Send =>
  async (outgoing, answerOf, request) => {
    const answer = answerOf();
    await setTimeout(pace(request, answer));
    return sendWhole(outgoing, answer);
  };

/** Sends an answer as it is. */
export function sendWhole(outgoing: ServerResponse, { status, headers, body }: SampleAnswer): number {
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.length });
  outgoing.end(bytes);
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

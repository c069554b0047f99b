/** The HTTP layer both sample servers share: a request log, and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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

/** Starts a server on an ephemeral loopback port. */
export async function startSampleServer(answer: (request: SampleRequest) => SampleAnswer): Promise<SampleServer> {
  const requests: LoggedRequest[] = [];
  const http = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing);
  });
  const server: SampleServer = {
    url: '',
    requests,
    send: (outgoing, answerOf) => sendWhole(outgoing, answerOf()),
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

/** Finds out what it is that answers, when the first answer of a server is not one of it: no secret is sent for that. */
import { connect } from 'node:tls';
import type { CollectedResponse } from './collect-body.js';
import type { ServerName } from './server-errors.js';

/** A question only one of the two servers has an answer to. */
export interface TellingQuestion {
  readonly path: string;
  readonly body?: string;
  /** Whether this is its answer. */
  readonly isAnsweredBy: (response: CollectedResponse) => boolean;
}

const isPlex: TellingQuestion = {
  path: '/identity',
  isAnsweredBy: ({ status, body }) => status === 200 && textOf(body).includes('machineIdentifier'),
};

const isStash: TellingQuestion = {
  path: '/graphql',
  body: JSON.stringify({ query: '{systemStatus{status}}' }),
  isAnsweredBy: ({ status, headers, body }) =>
    status === 401 ? headers['www-authenticate'] === 'FormBased' : textOf(body).includes('"systemStatus"'),
};

/** What to ask where `expected` was expected, to see whether it is the other server. */
export function strangerQuestion(expected: ServerName): TellingQuestion {
  return expected === 'stash' ? isPlex : isStash;
}

/** Whether JSON that was sent where `expected` was expected is the other server's. */
export function isStrangersJson(expected: ServerName, body: Uint8Array): boolean {
  const start = textOf(body.subarray(0, 64));
  return expected === 'stash' ? /^\s*\{\s*"MediaContainer"/.test(start) : /^\s*\{\s*"data"/.test(start);
}

const TLS_PROBE_MS = 3_000;

/** Whether a port speaks TLS. Certificates do not matter: nothing is sent. */
export function speaksTls({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(port || 80), rejectUnauthorized: false, timeout: TLS_PROBE_MS });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('secureConnect', () => {
      end(true);
    });
    for (const event of ['error', 'timeout', 'close']) {
      socket.once(event, () => {
        end(false);
      });
    }
  });
}

const textOf = (body: Uint8Array): string => Buffer.from(body.subarray(0, 65_536)).toString('latin1');

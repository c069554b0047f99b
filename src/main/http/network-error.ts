/** What undici, Node and TLS throw when an exchange fails, in words. */
import type { FailureScope } from './retry.js';

/** A failed exchange in words. */
export interface NetworkProblem {
  /** Completes the sentence "Plex at http://… …". */
  readonly problem: string;
  readonly hint: string;
  /** Trying again may help. */
  readonly passing: boolean;
  /** Whether it was this answer that failed, or the server could not be talked to at all. */
  readonly scope: FailureScope;
}

interface Wording {
  readonly problem: string;
  readonly hint?: string;
  readonly passing?: false;
  /** Something in the answer can be why: asked for less, the server may answer. Default: it has nothing to do with it. */
  readonly scope?: 'answer';
}

const TLS_HINT = 'Set caFile to the certificate authority, or insecure for this server if you accept any certificate.';

const WORDINGS: Readonly<Partial<Record<string, Wording>>> = {
  ECONNREFUSED: { problem: 'refused the connection', hint: 'Is it running, and are host and port right?' },
  ENOTFOUND: { problem: 'has no address: its host name is unknown', hint: 'Check the host name.', passing: false },
  EAI_AGAIN: { problem: 'has no address: name resolution failed', hint: 'Check the host name and the DNS server.' },
  ECONNRESET: { problem: 'dropped the connection', scope: 'answer' },
  EPIPE: { problem: 'dropped the connection', scope: 'answer' },
  UND_ERR_SOCKET: { problem: 'dropped the connection', scope: 'answer' },
  ETIMEDOUT: { problem: 'did not accept the connection in time' },
  EHOSTUNREACH: { problem: 'cannot be reached: no route to the host' },
  ENETUNREACH: { problem: 'cannot be reached: no route to the network' },
  UND_ERR_CONNECT_TIMEOUT: { problem: 'did not accept the connection in time' },
  UND_ERR_HEADERS_TIMEOUT: { problem: 'did not answer in time' },
  UND_ERR_BODY_TIMEOUT: { problem: 'stopped in the middle of an answer' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { problem: 'cut an answer short', scope: 'answer' },
  ANSWER_TOO_LARGE: { problem: 'sent an answer that is too large', hint: 'Is this really its URL?', scope: 'answer' },
  UND_ERR_HEADERS_OVERFLOW: { problem: 'sent headers that are too large' },
  ANSWER_TOO_SLOW: { problem: 'is too slow: an answer took more than five times the timeout' },
  ERR_STREAM_PREMATURE_CLOSE: { problem: 'cut an answer short', scope: 'answer' },
  Z_DATA_ERROR: { problem: 'sent a compressed answer that is damaged', scope: 'answer' },
  Z_BUF_ERROR: { problem: 'cut a compressed answer short', scope: 'answer' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { problem: 'has a certificate nobody vouches for', hint: TLS_HINT, passing: false },
  DEPTH_ZERO_SELF_SIGNED_CERT: { problem: 'has a self-signed certificate', hint: TLS_HINT, passing: false },
  SELF_SIGNED_CERT_IN_CHAIN: { problem: 'has a self-signed certificate', hint: TLS_HINT, passing: false },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    problem: 'has a certificate for another host name',
    hint: 'Use the host name of the certificate (for Plex its *.plex.direct name), or insecure for this server.',
    passing: false,
  },
  CERT_HAS_EXPIRED: { problem: 'has an expired certificate', hint: TLS_HINT, passing: false },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    problem: 'does not speak TLS on this port',
    hint: 'Use http:// instead of https://.',
    passing: false,
  },
};

/** Whether something thrown came from the network, TLS or HTTP layer (anything else is a bug). */
export function isNetworkError(error: unknown): error is Error & { readonly code?: string } {
  return codeOf(error) !== undefined;
}

/** Puts a failed exchange into words. `server` is `Stash` or `Plex`. */
export function describeNetworkError(error: unknown, server: string): NetworkProblem {
  const code = codeOf(error) ?? 'unknown';
  const fallback: Wording = code.startsWith('HPE_')
    ? { problem: 'answered with something that is not HTTP', scope: 'answer' }
    : { problem: `cannot be read from (${code})` };
  const { problem, hint, passing, scope } = WORDINGS[code] ?? fallback;
  return {
    problem,
    hint: hint ?? `Check that ${server} is up and the network is stable, then run again.`,
    passing: passing ?? true,
    scope: scope ?? 'server',
  };
}

/** The innermost code: fetch and connection attempts to several addresses wrap the error that says what happened. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = codeOf(error.cause) ?? (error instanceof AggregateError ? codeOf(error.errors[0]) : undefined);
  const own: unknown = 'code' in error ? error.code : undefined;
  return inner ?? (typeof own === 'string' ? own : undefined);
}

/** What one queue row says, for people: whoever wrote it, and also where the worker would stumble over it. */
import type { RowKind } from './row-words.js';
import { decodePickle, type PickleValue } from './pickle-decode.js';

/** A row's content. */
export interface RowFacts {
  readonly kind: RowKind;
  /** Null when the row does not say. */
  readonly sceneId: number | null;
  /** Epoch seconds at which its data was current; null when the row does not say. */
  readonly enqueuedAt: number | null;
  /** The file name its worker would look for; null when it has none. */
  readonly path: string | null;
  /** How often the worker has tried before. */
  readonly tries: number;
  readonly lastError: string | null;
}

const UNDECODABLE: RowFacts = {
  kind: 'undecodable',
  sceneId: null,
  enqueuedAt: null,
  path: null,
  tries: 0,
  lastError: null,
};

/** Reads a row's data column. */
export function readRowFacts(data: unknown): RowFacts {
  const read = data instanceof Uint8Array ? decodePickle(data) : undefined;
  if (read?.ok !== true || !(read.value instanceof Map)) return UNDECODABLE;
  const job = read.value;
  const payload = job.get('data');
  const sceneId = integerOf(job.get('scene_id'));
  const facts = {
    sceneId,
    enqueuedAt: numberOf(job.get('enqueued_at')),
    path: payload instanceof Map ? textOf(payload.get('path')) : null,
    tries: integerOf(job.get('retry_count')) ?? 0,
    lastError: textOf(job.get('last_error_type')),
  };
  // The worker computes with these: with None, or something that is no dict, it ends in the middle of its work.
  const poison = sceneId === null || job.get('enqueued_at') === null || !(payload instanceof Map);
  const kind = poison ? 'undecodable' : facts.tries > 0 ? 'retry' : 'job';
  return { kind, ...facts };
}

function integerOf(value: PickleValue | undefined): number | null {
  // The worker takes numeric text for a number too.
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : null;
}

function numberOf(value: PickleValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textOf(value: PickleValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

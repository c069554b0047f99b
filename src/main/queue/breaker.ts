/** The worker's circuit breaker: while it is open, a drain ends at once and everything waits. */
import { readFileSync } from 'node:fs';

/** What `circuit_breaker.json` says; `unknown` when it cannot be read. */
export interface Breaker {
  readonly state: 'closed' | 'open' | 'half_open' | 'unknown';
  /** Epoch seconds since when it is open; null unless it is. */
  readonly since: number | null;
}

/** Reads it; no file means that it never opened. Never throws: the file is replaced by others at any time. */
export function readBreaker(path: string): Breaker {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error: unknown) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { state: absent ? 'closed' : 'unknown', since: null };
  }
  const { state, opened_at: openedAt } = parse(text);
  if (state !== 'closed' && state !== 'open' && state !== 'half_open') return { state: 'unknown', since: null };
  return { state, since: state !== 'closed' && typeof openedAt === 'number' ? openedAt : null };
}

function parse(text: string): { readonly state?: unknown; readonly opened_at?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

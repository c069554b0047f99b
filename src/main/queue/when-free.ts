/** Waiting for a database that somebody else is writing to. */
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { InterruptedError } from '../errors.js';

/** How long to wait where nothing else is said. */
export const BUSY_TIMEOUT_MS = 30_000;

const PAUSE_MS = 20;

/** What waiting can end by. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Default {@link BUSY_TIMEOUT_MS}. */
  readonly busyTimeoutMs?: number | undefined;
}

/** Does something as soon as it may be done, in slices, so that an interruption is heard meanwhile. @throws InterruptedError */
export async function whenFree<T>({ signal, busyTimeoutMs }: Patience, action: () => T): Promise<T> {
  const deadline = performance.now() + (busyTimeoutMs ?? BUSY_TIMEOUT_MS);
  for (;;) {
    if (signal.aborted) throw new InterruptedError();
    try {
      return action();
    } catch (cause: unknown) {
      if (!isBusy(cause) || performance.now() > deadline) throw cause;
    }
    await sleep(PAUSE_MS);
  }
}

/** Another connection is in the way; that passes. */
function isBusy(cause: unknown): boolean {
  return cause instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(cause.code);
}

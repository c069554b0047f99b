/** Patience with a server that is not there yet, as when a machine has just started: its first answer is waited for, within a bound. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError, ServerError } from '../errors.js';
import type { ScanEvent } from '../scan-types.js';
import { shorten } from './shorten.js';

/** How long, and who is told of every try. */
export interface Patience {
  /** Seconds after which the next failure is final; undefined or 0 for none. */
  readonly waitSeconds: number | undefined;
  readonly signal: AbortSignal;
  readonly onEvent?: ((event: ScanEvent) => void) | undefined;
}

const FIRST_PAUSE_MS = 1000;
/** Short enough that no minute passes without a line. */
const LONGEST_PAUSE_MS = 30_000;

/** Asks until the server is there; every other failure is final. @throws ServerError, InterruptedError */
export async function waitForServer<T>(patience: Patience, ask: () => Promise<T>): Promise<T> {
  const { waitSeconds = 0, signal, onEvent } = patience;
  const deadline = performance.now() + waitSeconds * 1000;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error: unknown) {
      const leftMs = deadline - performance.now();
      const server = absentServer(error);
      if (server === undefined || leftMs <= 0) throw error;
      const delayMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS, leftMs);
      const reason = shorten(error instanceof Error ? error.message : '');
      onEvent?.({ type: 'retry', server, reason, attempt, delayMs });
      await pause(delayMs, signal);
    }
  }
}

function absentServer(error: unknown): 'stash' | 'plex' | undefined {
  if (!(error instanceof ServerError)) return undefined;
  return ({ stash_unreachable: 'stash', plex_unreachable: 'plex' } as const)[error.code as 'stash_unreachable'];
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (cause: unknown) {
    throw new InterruptedError(cause);
  }
}

/** Repeats reads that failed for a passing reason, with jittered back-off and within a bound. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError, type ServerError } from '../errors.js';

/** A failure that may pass. Thrown inside {@link withRetries} only; what leaves it is the {@link ServerError}. */
export class PassingFailure extends Error {
  readonly error: ServerError;
  /** Milliseconds the server asked to be left alone, from `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(error: ServerError, retryAfterMs?: number) {
    super(error.message, { cause: error });
    this.error = error;
    this.retryAfterMs = retryAfterMs;
  }
}

/** How often and how patiently to repeat. */
export interface RetryPolicy {
  /** Repetitions after the first attempt. */
  readonly retries: number;
  /** Called before each pause. */
  readonly onRetry: (error: ServerError, attempt: number, delayMs: number) => void;
  readonly signal: AbortSignal;
}

const FIRST_DELAY_MS = 500;
/** A server that asks for more is refused: nobody wants a nightly run that waits for hours. */
const MAX_DELAY_MS = 60_000;

/**
 * Runs `attempt` until it succeeds, fails for good, or has been repeated as often as the policy allows.
 * @throws ServerError the last failure; InterruptedError when the signal is aborted
 */
export async function withRetries<T>(policy: RetryPolicy, attempt: () => Promise<T>): Promise<T> {
  for (let repetition = 0; ; repetition++) {
    try {
      return await attempt();
    } catch (failure: unknown) {
      if (policy.signal.aborted) throw new InterruptedError(failure);
      if (!(failure instanceof PassingFailure)) throw failure;
      if (repetition >= policy.retries) throw failure.error;
      const delayMs = delayBefore(repetition, failure.retryAfterMs);
      policy.onRetry(failure.error, repetition + 1, delayMs);
      await pause(delayMs, policy.signal);
    }
  }
}

function delayBefore(repetition: number, retryAfterMs: number | undefined): number {
  // Jittered, also after what the server asked for: pages refused together that come back together are refused together.
  const jitter = Math.random() / 2;
  const backOff = Math.min(FIRST_DELAY_MS * 2 ** repetition, MAX_DELAY_MS) * (0.5 + jitter);
  const asked = retryAfterMs === undefined ? 0 : Math.min(retryAfterMs, MAX_DELAY_MS) + FIRST_DELAY_MS * jitter;
  return Math.round(Math.max(backOff, asked));
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (cause: unknown) {
    throw new InterruptedError(cause);
  }
}

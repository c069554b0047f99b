/** Repeats reads that failed for a passing reason, with jittered back-off and within a bound. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError, type ServerError } from '../errors.js';

/** What a failure is about: this one answer, or whether the server can be talked to at all. */
export type FailureScope = 'answer' | 'server';

/** How a failure may pass. */
export interface Passing {
  /** Default `server`. */
  readonly scope?: FailureScope;
  /** Milliseconds the server asked to be left alone, from `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
}

/** A failure that may pass. Thrown inside {@link withRetries} only; what leaves it is the {@link ServerError}. */
export class PassingFailure extends Error {
  readonly error: ServerError;
  readonly scope: FailureScope;
  readonly retryAfterMs: number | undefined;

  constructor(error: ServerError, { scope = 'server', retryAfterMs }: Passing = {}) {
    super(error.message, { cause: error });
    this.error = error;
    this.scope = scope;
    this.retryAfterMs = retryAfterMs;
  }
}

/** How often and how patiently to repeat. */
export interface RetryPolicy {
  /** Repetitions after the first attempt. */
  readonly retries: number;
  /** Milliseconds before the first repetition; each further one waits twice as long. */
  readonly firstDelayMs: number;
  /** Whether a pause that ends this many milliseconds after the first attempt is one too many. */
  readonly isTooLate: (milliseconds: number) => boolean;
  /** Called before each pause. */
  readonly onRetry: (error: ServerError, attempt: number, delayMs: number) => void;
  readonly signal: AbortSignal;
}

/** A server that asks for more is refused: nobody wants a nightly run that waits for hours. */
const MAX_DELAY_MS = 60_000;
/** What is added at random to a pause the server asked for. */
const MAX_JITTER_MS = 250;

/**
 * Runs `attempt` until it succeeds, fails for good, or has been repeated as often as the policy allows.
 * @throws ServerError the last failure; InterruptedError when the signal is aborted
 */
export async function withRetries<T>(policy: RetryPolicy, attempt: () => Promise<T>): Promise<T> {
  const started = performance.now();
  for (let repetition = 0; ; repetition++) {
    try {
      return await attempt();
    } catch (failure: unknown) {
      if (policy.signal.aborted) throw new InterruptedError(failure);
      if (!(failure instanceof PassingFailure)) throw failure;
      const delayMs = delayBefore(repetition, policy.firstDelayMs, failure.retryAfterMs);
      const isTooLate = policy.isTooLate(performance.now() - started + delayMs);
      if (repetition >= policy.retries || isTooLate) throw failure.error;
      policy.onRetry(failure.error, repetition + 1, delayMs);
      await pause(delayMs, policy.signal);
    }
  }
}

function delayBefore(repetition: number, firstDelayMs: number, retryAfterMs: number | undefined): number {
  // Jittered, also after what the server asked for: pages refused together that come back together are refused together.
  const jitter = Math.random();
  const backOff = Math.min(firstDelayMs * 2 ** repetition, MAX_DELAY_MS) * (0.5 + jitter / 2);
  const asked = retryAfterMs === undefined ? 0 : Math.min(retryAfterMs, MAX_DELAY_MS) + MAX_JITTER_MS * jitter;
  return Math.round(Math.max(backOff, asked));
}

async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (cause: unknown) {
    throw new InterruptedError(cause);
  }
}

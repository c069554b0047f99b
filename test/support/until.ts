/** Waiting for a condition, not for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the condition holds; a test that waits in vain ends by its own timeout. */
export async function until(condition: () => boolean, everyMs = 1): Promise<void> {
  while (!condition()) await sleep(everyMs);
}

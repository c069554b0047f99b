/** Asks Stash for what it has stored, for commands that work without the answer too: a short while, and once. */
import { GapscanError } from '../errors.js';
import type { StashSettings } from '../stash/questions.js';
import { stashOptions, type ServerValues } from './server-options.js';
import { askStashSettings } from './stored-settings.js';

/** Nobody waits longer for a list of settings. */
const TIMEOUT_SECONDS = 10;

/** What Stash knows, or why it did not say. */
export type BriefAnswer = { readonly settings: StashSettings } | { readonly failure: GapscanError };

/** Asks once. */
export async function askStashBriefly(url: string, values: ServerValues, signal: AbortSignal): Promise<BriefAnswer> {
  const timeoutSeconds = Math.min(TIMEOUT_SECONDS, values.timeoutSeconds ?? TIMEOUT_SECONDS);
  try {
    const options = { ...stashOptions(url, values, undefined), timeoutSeconds, retries: 0 };
    return { settings: await askStashSettings(options, signal) };
  } catch (error: unknown) {
    if (error instanceof GapscanError && error.code !== 'interrupted') return { failure: error };
    throw error;
  }
}

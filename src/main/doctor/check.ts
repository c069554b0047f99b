/** What a check is, and how each comes to its end whatever goes wrong. */
import { GapscanError, InterruptedError } from '../errors.js';

/** Every check, in the order they are shown. */
export const CHECK_IDS = [
  'settings',
  'runtime',
  'disk',
  'stash',
  'stash_state',
  'stash_jobs',
  'plex',
  'plex_token',
  'plex_paths',
  'libraries',
  'paths',
  'data_dir',
  'sync_timestamps',
  'queue',
  'breaker',
  'blocked',
  'plugin',
  'plugin_settings',
  'worker',
] as const;

/** The name of a check. */
export type CheckId = (typeof CHECK_IDS)[number];

/** How a check ended. */
export interface Finding {
  readonly status: 'pass' | 'warn' | 'fail';
  /** One sentence. */
  readonly message: string;
  /** What to do, in one line; null where nothing is to be done. */
  readonly fix: string | null;
}

/** All is well. */
export const pass = (message: string): Finding => ({ status: 'pass', message, fix: null });

/** It works, but not as one would wish. */
export const warn = (message: string, fix: string): Finding => ({ status: 'warn', message, fix });

/** It does not work. */
export const fail = (message: string, fix: string): Finding => ({ status: 'fail', message, fix });

/** Cannot be looked at for a reason that another check tells. */
export const notChecked = (reason: string, other: CheckId): Finding =>
  warn(`Not checked: ${reason}`, `See what is wrong with ${other} first.`);

/** A failure in the words of its error: whatever it is, the other checks go on. @throws InterruptedError */
export function failed(error: unknown): Finding {
  if (error instanceof InterruptedError) throw error;
  const hint = error instanceof GapscanError ? error.hint : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return fail(oneLine(message), oneLine(hint ?? 'Check what the message names, and its permissions.'));
}

/** Runs a check to its end. */
export async function ended(check: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error: unknown) {
    return failed(error);
  }
}

const oneLine = (text: string): string => text.split('\n').join('; ');

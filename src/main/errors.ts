/**
 * Expected failures. Each class carries a stable code, the exit code of the command line, and a hint that says what to
 * do. Anything else that is thrown is a bug (exit 70).
 */

/** Stable, machine-readable names of everything that can stop a run. */
export type ErrorCode =
  | 'usage'
  | 'config_invalid'
  | 'input_file_invalid'
  | 'node_too_old'
  | 'native_module_unusable'
  | 'out_of_memory'
  | 'data_dir_not_found'
  | 'library_not_found'
  | 'scene_not_found'
  | 'item_not_found'
  | 'no_findings'
  | 'stash_unreachable'
  | 'stash_refused'
  | 'stash_bad_answer'
  | 'stash_not_ready'
  | 'plex_unreachable'
  | 'plex_refused'
  | 'plex_bad_answer'
  | 'plex_changing'
  | 'guard_tripped'
  | 'locked'
  | 'queue_unusable'
  | 'queue_busy'
  | 'report_unwritable'
  | 'state_unwritable'
  | 'interrupted'
  | 'internal';

/** What an error needs beside its message. */
export interface ErrorDetails {
  readonly code: ErrorCode;
  /** One sentence: what the person can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The base of every expected failure. */
export abstract class GapscanError extends Error {
  /** Stable name of the failure. */
  readonly code: ErrorCode;
  /** What to do about it; undefined when there is nothing to add to the message. */
  readonly hint: string | undefined;
  /** The exit code of the command line for this failure. */
  abstract readonly exitCode: number;

  constructor(message: string, { code, hint, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
  }
}

/** Wrong usage, a wrong setting, or an input file that cannot be used. */
export class ConfigError extends GapscanError {
  readonly exitCode = 2;
}

/** A server could not be reached, refused, or did not answer in a way that can be trusted. */
export class ServerError extends GapscanError {
  readonly exitCode = 4;
  /** HTTP status of the answer; undefined when there was none or it was not the status that was wrong. */
  readonly status: number | undefined;

  constructor(message: string, details: ErrorDetails & { readonly status?: number | undefined }) {
    super(message, details);
    this.status = details.status;
  }
}

/** Everything that can make what was read implausible, see main/plausibility. */
export type PlausibilityCheck =
  | 'data_dir'
  | 'section_empty'
  | 'section_shrunk'
  | 'section_gone'
  | 'section_short'
  | 'no_paths'
  | 'stash_shrunk'
  | 'missing_leap'
  | 'nothing_matched';

/** What was read is implausible; nothing was written. `--force` passes it. */
export class GuardError extends GapscanError {
  readonly exitCode = 5;
  /** The check that tripped. */
  readonly check: PlausibilityCheck;
  /** All that tripped, {@link check} first. */
  readonly checks: readonly PlausibilityCheck[];

  constructor(message: string, hint: string, checks: readonly [PlausibilityCheck, ...PlausibilityCheck[]]) {
    super(message, { code: 'guard_tripped', hint });
    this.check = checks[0];
    this.checks = checks;
  }
}

/** Another run holds the lock. */
export class LockError extends GapscanError {
  readonly exitCode = 6;

  constructor(message: string, hint: string) {
    super(message, { code: 'locked', hint });
  }
}

/** The queue file, the state or a report could not be used; nothing was queued. */
export class QueueError extends GapscanError {
  readonly exitCode = 2;
}

/** The run was interrupted (Ctrl-C, SIGTERM, an aborted signal); the queue is untouched. */
export class InterruptedError extends GapscanError {
  readonly exitCode = 130;

  constructor(cause?: unknown) {
    super('Interrupted; the queue is untouched', { code: 'interrupted', cause });
  }
}

/** Whether the file system threw it; its message says what was tried, and where. */
export function isFileError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause;
}

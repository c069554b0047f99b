/** Everything that can be wrong with the queue file, in words. */
import Database from 'better-sqlite3';
import { QueueError, isFileError } from '../errors.js';

/** The queue file cannot be used. */
export function queueUnusable(queueFile: string, problem: string, cause?: unknown): QueueError {
  const hint = 'Nothing was queued. Check the file, its permissions and free space, then run again.';
  return new QueueError(`The queue ${queueFile} cannot be used: ${problem}`, { code: 'queue_unusable', hint, cause });
}

/** Turns what SQLite or the file system threw into an error with a sentence; anything else is passed on. */
export function queueFailure(queueFile: string, waitedMs: number, cause: unknown): unknown {
  if (isFileError(cause)) return queueUnusable(queueFile, cause.message, cause);
  if (!(cause instanceof Database.SqliteError)) return cause;
  if (cause.code.startsWith('SQLITE_BUSY') || cause.code.startsWith('SQLITE_LOCKED')) {
    return new QueueError(`The queue ${queueFile} stayed locked by another program for ${waitedMs / 1000} s`, {
      code: 'queue_busy',
      hint: 'Nothing was queued. Run again when Stash2Plex is less busy.',
      cause,
    });
  }
  return queueUnusable(queueFile, describe(cause), cause);
}

/** Turns what SQLite or the file system threw while staging into an error with a sentence; anything else is passed on. */
export function stageFailure(cause: unknown): unknown {
  const problem = isFileError(cause)
    ? cause.message
    : cause instanceof Database.SqliteError
      ? describe(cause)
      : undefined;
  if (problem === undefined) return cause;
  return new QueueError(`The jobs of this run cannot be kept until they are written: ${problem}`, {
    code: 'queue_unusable',
    hint: 'Nothing was queued. Free space in the directory for temporary files, or name another with SQLITE_TMPDIR.',
    cause,
  });
}

function describe({ code, message }: InstanceType<typeof Database.SqliteError>): string {
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return `the database is damaged (${message})`;
  if (code === 'SQLITE_FULL') return 'the disk is full';
  if (code.startsWith('SQLITE_READONLY')) return 'it is read-only';
  return message;
}

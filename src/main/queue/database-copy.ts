/**
 * Reads a SQLite database that others may be using without leaving a trace: no file beside it appears, disappears or changes.
 *
 * Opening it where it lies cannot do that. A read-only connection to a database with a write-ahead log makes `-shm` where
 * there is none, writes its read marks into the one that is there, and closing the last connection folds the log into the
 * file; `immutable=1` would ignore the log, and the driver takes no URIs. So the files are copied and the copy is opened.
 * Measured: a queue of 200,000 rows (410 MB) is copied in 0.7 s; where the file system can share blocks, in no time.
 */
import { constants, openSync, readSync, closeSync, rmSync, statSync, type BigIntStats } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { InterruptedError, QueueError } from '../errors.js';
import { makeTempDirectory } from '../temp-directory.js';

/** A writer in the way passes; each checkpoint, at most every thousand pages, can spoil one attempt. */
const ATTEMPTS = 100;
const PAUSE_MS = 20;

/** Lends a copy of a database, which goes away afterwards. @throws QueueError, InterruptedError, and as `fs` and SQLite do */
export async function withDatabaseCopy<T>(
  path: string,
  signal: AbortSignal,
  use: (copy: Database.Database) => T | Promise<T>,
): Promise<T> {
  const directory = makeTempDirectory();
  try {
    const database = new Database(await copyWhole(path, directory, signal));
    try {
      return await use(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function copyWhole(path: string, directory: string, signal: AbortSignal): Promise<string> {
  const copy = join(directory, basename(path));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (signal.aborted) throw new InterruptedError();
    if (await copyOnce(path, copy)) return copy;
    await sleep(PAUSE_MS);
  }
  throw new QueueError(`${path} kept changing while it was read`, {
    code: 'queue_busy',
    hint: 'Run again when Stash2Plex is less busy.',
  });
}

/**
 * The database first, its log after it. Every page that a checkpoint may put into the database meanwhile is then in the log
 * too, as long as that is still the same log; half-copied pages are thus made whole by it.
 */
async function copyOnce(path: string, copy: string): Promise<boolean> {
  const before = lookAt(path);
  await copyOver(path, copy);
  for (const suffix of ['-wal', '-journal']) {
    rmSync(copy + suffix, { force: true });
    if (statSync(path + suffix, { throwIfNoEntry: false }) === undefined) continue;
    try {
      await copyOver(path + suffix, copy + suffix);
    } catch (cause: unknown) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false;
      throw cause;
    }
  }
  const after = lookAt(path);
  if (before.log !== after.log || before.hasJournal !== after.hasJournal) return false;
  return before.log !== '' || before.main === after.main;
}

async function copyOver(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  // The copy has the mode of the original, which may be read-only.
  await chmod(to, 0o600);
}

/** What tells whether somebody wrote. */
interface Sight {
  readonly main: string;
  /** The header of the write-ahead log, with its salt; empty without one. */
  readonly log: string;
  readonly hasJournal: boolean;
}

const LOG_HEADER_BYTES = 32;
/** Up to and including the change counter. */
const MAIN_HEADER_BYTES = 28;

function lookAt(path: string): Sight {
  const stats: BigIntStats = statSync(path, { bigint: true });
  return {
    main: `${stats.ino} ${stats.size} ${stats.mtimeNs} ${headOf(path, MAIN_HEADER_BYTES)}`,
    log: headOf(`${path}-wal`, LOG_HEADER_BYTES),
    hasJournal: statSync(`${path}-journal`, { throwIfNoEntry: false }) !== undefined,
  };
}

function headOf(path: string, length: number): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause: unknown) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw cause;
  }
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString('hex', 0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

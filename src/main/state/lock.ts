/**
 * The run lock. SQLite's own file lock on a tiny database: the kernel releases it when its holder dies, however it dies,
 * so there is no such thing as a stale lock that has to be recognised, and no process id that could be another's.
 */
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { LockError, QueueError } from '../errors.js';
import { makeDirectory } from '../make-directory.js';

/** Held until released. */
export interface RunLock {
  release(): void;
}

/**
 * Takes the lock without waiting.
 * @throws LockError naming the process that holds it and for how long; QueueError when the file cannot be used
 */
export function takeLock(path: string, now = Date.now()): RunLock {
  const database = open(path);
  try {
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, since INTEGER NOT NULL)');
    database.exec('BEGIN IMMEDIATE');
    database.exec('DELETE FROM holder');
    database.prepare('INSERT INTO holder VALUES (?, ?)').run(process.pid, now);
    database.exec('COMMIT');
    // Reserved, not exclusive: the next run must be able to read who holds it.
    database.exec('BEGIN IMMEDIATE');
  } catch (cause: unknown) {
    const error = isBusy(cause) ? heldBy(database, path, now) : unusable(path, cause);
    database.close();
    throw error;
  }
  return { release: () => database.close() };
}

function open(path: string): Database.Database {
  try {
    makeDirectory(dirname(path));
    return new Database(path, { timeout: 0 });
  } catch (cause: unknown) {
    throw unusable(path, cause);
  }
}

function heldBy(database: Database.Database, path: string, now: number): LockError {
  const holder = readHolder(database);
  const who = holder ? `process ${holder.pid}, for ${Math.round((now - holder.since) / 1000)} s` : 'another process';
  const hint = 'Wait for it to finish, or stop it; a lock of a process that has died is released by itself.';
  return new LockError(`Another gapscan run holds the lock ${path} (${who})`, hint);
}

function readHolder(database: Database.Database): { pid: number; since: number } | undefined {
  try {
    return database.prepare<[], { pid: number; since: number }>('SELECT pid, since FROM holder').get();
  } catch {
    // At the very moment of the holder's commit even reading is refused; who it is does not matter then.
    return undefined;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function unusable(path: string, cause: unknown): QueueError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Check permissions and free space, or name another place with --state-dir.';
  return new QueueError(`Cannot use the lock file ${path}: ${reason}`, { code: 'state_unwritable', hint, cause });
}

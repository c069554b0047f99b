/**
 * Takes waiting rows out of the queue and keeps them in a file, from which restore.ts puts them back. The file is whole on the
 * disk before the rows are gone: killed in between, both have them, and putting them back changes nothing.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeDirectory } from '../make-directory.js';
import { stateUnwritable } from '../state/state-file.js';
import { queueFailure } from './errors.js';
import { QUEUE_TABLE, STATUS } from './old-rows.js';
import { hasQueueTable } from './queue-table.js';
import { BUSY_TIMEOUT_MS, whenFree, type Patience } from './when-free.js';

/** What is to be dropped, and where it is kept. */
export interface DropOptions extends Patience {
  readonly queueFile: string;
  readonly stateDir: string;
  /** Row ids. Of these, rows that are no longer waiting stay. */
  readonly ids: ReadonlySet<number>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What was dropped. */
export interface Dropped {
  readonly rows: number;
  /** Where they are kept; null when there were none. */
  readonly file: string | null;
}

/** The names of these files are in the order in which they were made. */
export const DROP_FILE = /^dropped-\d{4}-\d\d-\d\dT[\d-]+Z\.db$/;

const dropFileName = (now: number) => `dropped-${new Date(now).toISOString().replace(/[:.]/g, '-')}.db`;

/** Takes rows out, all or none. @throws QueueError (nothing was then taken out), InterruptedError */
export async function dropRows(options: DropOptions): Promise<Dropped> {
  const { queueFile, stateDir, now, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  if (options.ids.size === 0 || !existsSync(queueFile)) return { rows: 0, file: null };
  const file = join(stateDir, dropFileName(now));
  try {
    const queue = new Database(queueFile, { timeout: 0 });
    try {
      const rows = await take(queue, file, options);
      return { rows, file: rows === 0 ? null : file };
    } finally {
      queue.close();
    }
  } catch (cause: unknown) {
    throw queueFailure(queueFile, busyTimeoutMs, cause);
  }
}

async function take(queue: Database.Database, file: string, options: DropOptions): Promise<number> {
  if (!(await whenFree(options, () => hasQueueTable(queue, 'main', options.queueFile)))) return 0;
  await whenFree(options, () => queue.exec('BEGIN IMMEDIATE'));
  try {
    const waiting = queue.prepare<[number], KeptRow>(
      `SELECT _id AS id, data, timestamp, status FROM ${QUEUE_TABLE} WHERE _id = ? AND status BETWEEN ${STATUS.fresh} AND ${STATUS.taken - 1}`,
    );
    const kept = keep(file, options.stateDir, rowsOf(waiting, options.ids));
    const remove = queue.prepare(`DELETE FROM ${QUEUE_TABLE} WHERE _id = ?`);
    for (const id of kept) remove.run(id);
    await whenFree(options, () => queue.exec('COMMIT'));
    return kept.length;
  } catch (cause: unknown) {
    if (queue.inTransaction) queue.exec('ROLLBACK');
    forget(file);
    throw cause;
  }
}

/** A row as it was. */
export interface KeptRow {
  readonly id: number;
  readonly data: unknown;
  readonly timestamp: unknown;
  readonly status: number;
}

function* rowsOf(statement: Database.Statement<[number], KeptRow>, ids: ReadonlySet<number>): Generator<KeptRow> {
  for (const id of [...ids].sort((a, b) => a - b)) {
    const row = statement.get(id);
    if (row !== undefined) yield row;
  }
}

/** Writes the rows to their file; returns their ids. Without rows no file remains. */
function keep(file: string, stateDir: string, rows: Iterable<KeptRow>): number[] {
  const ids: number[] = [];
  try {
    makeDirectory(stateDir);
    const database = new Database(file);
    try {
      database.exec('CREATE TABLE dropped (id INTEGER PRIMARY KEY, data, timestamp, status INTEGER NOT NULL)');
      const insert = database.prepare('INSERT INTO dropped VALUES (@id, @data, @timestamp, @status)');
      database.transaction(() => {
        for (const row of rows) {
          insert.run(row);
          ids.push(row.id);
        }
      })();
    } finally {
      database.close();
    }
  } catch (cause: unknown) {
    throw stateUnwritable(file, cause);
  }
  if (ids.length === 0) forget(file);
  return ids;
}

/** A file of rows that are still in the queue may stay, if it must: putting them back would change nothing. */
function forget(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where the file could not be made, it cannot be removed either; what went wrong is being said.
  }
}

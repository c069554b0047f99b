/** Whether a database is a queue. */
import type Database from 'better-sqlite3';
import { queueUnusable } from './errors.js';
import { QUEUE_TABLE } from './old-rows.js';

/** Whether it has persist-queue's table; false where it has none at all. @throws QueueError when it is another program's */
export function hasQueueTable(database: Database.Database, schema: string, queueFile: string): boolean {
  const tables = database
    .prepare<[], string>(
      `SELECT name FROM ${schema}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .pluck()
    .all();
  if (tables.includes(QUEUE_TABLE)) return true;
  if (tables.length === 0) return false;
  throw queueUnusable(queueFile, `it has no table ${QUEUE_TABLE}, but ${tables.join(', ')}`);
}

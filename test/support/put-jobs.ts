/** Puts jobs into the queue of a scan's rig, as the plugin or an earlier run would have. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { encodeJob } from './job.js';

/** A row. */
export interface PutJob {
  readonly sceneId?: number;
  readonly path?: string;
  readonly status?: number;
  /** Epoch seconds. */
  readonly timestamp?: number;
  /** Instead of a job. */
  readonly data?: unknown;
}

/** Puts them in, in this order. */
export function putJobs(queueFile: string, ...jobs: readonly PutJob[]): void {
  mkdirSync(dirname(queueFile), { recursive: true });
  const database = new Database(queueFile);
  database.pragma('journal_mode = WAL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS `ack_queue_default` (_id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB, timestamp FLOAT, status INTEGER)',
  );
  const insert = database.prepare('INSERT INTO ack_queue_default (data, timestamp, status) VALUES (?, ?, ?)');
  for (const { sceneId = 1, path = `/s/${sceneId}.mp4`, status = 0, timestamp = 1_780_000_000, data } of jobs) {
    insert.run(data ?? Buffer.from(encodeJob(sceneId, { path }, timestamp)), timestamp, status);
  }
  database.close();
}

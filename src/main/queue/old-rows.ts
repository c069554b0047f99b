/** Reads the rows the queue already holds for the staged scenes, before any lock is taken. */
import type Database from 'better-sqlite3';
import { readQueuedJob } from '../../shared/queued-job.js';
import { BitSet } from '../merge/bit-set.js';

/** persist-queue's table. */
export const QUEUE_TABLE = 'ack_queue_default';

/** persist-queue's states. Waiting rows (0 and 1) are below `taken`. */
export const STATUS = { fresh: 0, taken: 2, done: 5, givenUp: 9 } as const;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS main.old_row (
    row_id INTEGER PRIMARY KEY,
    scene_id INTEGER NOT NULL,
    status INTEGER NOT NULL,
    enqueued_at REAL NOT NULL,
    touched_at REAL NOT NULL,
    changed INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS main.old_row_scene ON old_row (scene_id);
`;

interface QueueRow {
  readonly id: number;
  readonly data: unknown;
  readonly timestamp: unknown;
  readonly status: number;
}

/** What a reading of the queue came to. */
export interface OldRowsRead {
  /** The largest row id seen, relevant or not. */
  readonly lastId: number;
  /** Rows that are not data pickles of a scene; they are left alone. */
  readonly unreadable: number;
}

/** Copies the relevant facts of the queue's rows into the stage's database. */
export class OldRows {
  readonly #stage: Database.Database;
  readonly #staged = new BitSet();
  /** Done and given-up rows from before this epoch second no longer matter. */
  readonly #cutoff: number;

  constructor(stage: Database.Database, cutoff: number) {
    this.#stage = stage;
    this.#cutoff = cutoff;
    stage.exec(SCHEMA);
    const ids = stage.prepare<[], number>('SELECT scene_id FROM main.gap WHERE job IS NOT NULL').pluck().iterate();
    for (const sceneId of ids) this.#staged.add(sceneId);
  }

  /**
   * Reads rows with an id above `afterId`.
   * @param source the connection and schema the queue is open in; may be the stage's own
   * @param changed marks the rows as news since the decision was made
   */
  read(source: Database.Database, schema: string, afterId: number, changed: boolean): OldRowsRead {
    const select = source.prepare<[number, number], QueueRow>(
      `SELECT _id AS id, data, timestamp, status FROM ${schema}.${QUEUE_TABLE}
       WHERE _id > ? AND (status < ${STATUS.done} OR timestamp >= ?) ORDER BY _id`,
    );
    const insert = this.#stage.prepare('INSERT INTO main.old_row VALUES (?, ?, ?, ?, ?, ?)');
    const found: unknown[][] = [];
    let lastId = afterId;
    let unreadable = 0;
    // The connection is busy while it iterates, so what is to be kept is written afterwards.
    for (const { id, data, timestamp, status } of select.iterate(afterId, this.#cutoff)) {
      lastId = id;
      const job = data instanceof Uint8Array ? readQueuedJob(data) : undefined;
      if (job === undefined) unreadable++;
      if (job === undefined || job.sceneId < 0 || !this.#staged.has(job.sceneId)) continue;
      const inserted = typeof timestamp === 'number' ? timestamp : 0;
      // A retried copy has a new row time but old data: what the row knows is as old as its payload says.
      const enqueuedAt = job.enqueuedAt ?? inserted;
      found.push([id, job.sceneId, status, enqueuedAt, Math.max(inserted, enqueuedAt), changed ? 1 : 0]);
    }
    for (const row of found) insert.run(row);
    return { lastId, unreadable };
  }

  /** Brings the states of rows the decisions rest on up to date, inside the transaction. */
  refresh(schema: string): void {
    this.#stage.exec(`
      UPDATE main.old_row SET changed = 1, status = coalesce(
        (SELECT q.status FROM ${schema}.${QUEUE_TABLE} AS q WHERE q._id = old_row.row_id), -1)
      WHERE status < ${STATUS.done} AND status IS NOT
        (SELECT q.status FROM ${schema}.${QUEUE_TABLE} AS q WHERE q._id = old_row.row_id)`);
  }
}

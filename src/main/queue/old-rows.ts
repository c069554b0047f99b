/** Reads the rows the queue already holds for the staged scenes, before any lock is taken. */
import type Database from 'better-sqlite3';
import { readQueuedJob, type QueuedJob } from './queued-job.js';
import { BitSet } from '../collections/bit-set.js';

/** persist-queue's table. */
export const QUEUE_TABLE = 'ack_queue_default';

/** persist-queue's states. Waiting rows (0 and 1) are below `taken`. */
export const STATUS = { fresh: 0, taken: 2, done: 5, givenUp: 9 } as const;

/** Ours, for a row that is no longer there. */
const GONE = -1;

/** Rows read at a time: they are in memory at once, and nothing else happens on this thread meanwhile. */
const CHUNK_ROWS = 10_000;

/** The bytes that say how old a payload is: the key and its value. Comparing them spares decoding under the lock. */
const ageBytes = (column: string) => `substr(${column}, instr(${column}, CAST('enqueued_at' AS BLOB)), 24)`;

/** As much of a row's end as the keys behind the payload take: far cheaper to search than the row. */
const TAIL = 'substr(data, -128)';
const AGE_KEY = "CAST('enqueued_at' AS BLOB)";

/**
 * Whether a row's `enqueued_at` may be at or after a moment, in SQL: a refreshed row is younger than the time it was inserted
 * at, and finished rows are never purged, so there are too many to decode them all. Doubles of a pickle are big-endian, so
 * positive ones are ordered as their bytes are; a key that is not where it is expected counts as "may be". Nested selects,
 * since SQLite would search the row anew for every mention of an expression.
 */
const mayBeEnqueuedSince = (moment: string) =>
  `(SELECT CASE WHEN at = 0 THEN 1
      WHEN substr(age, 1, 1) = X'47' THEN substr(age, 2, 8) >= ${moment}
      WHEN substr(age, 1, 2) = X'9447' THEN substr(age, 3, 8) >= ${moment}
      ELSE 1 END
    FROM (SELECT at, substr(tail, at + 11, 10) AS age
          FROM (SELECT instr(tail, ${AGE_KEY}) AS at, tail FROM (SELECT ${TAIL} AS tail))))`;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS main.old_row (
    scene_id INTEGER NOT NULL,
    row_id INTEGER NOT NULL,
    status INTEGER NOT NULL,
    enqueued_at REAL NOT NULL,
    touched_at REAL NOT NULL,
    age_bytes BLOB,
    changed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (scene_id, row_id)
  ) WITHOUT ROWID;
`;

interface QueueRow {
  readonly id: number;
  readonly data: unknown;
  readonly timestamp: unknown;
  readonly status: number;
  readonly age: unknown;
}

interface RefreshRow {
  readonly id: number;
  readonly sceneId: number;
  readonly data: unknown;
}

/** Copies the relevant facts of the queue's rows into the stage's database. */
export class OldRows {
  /** Unfinished rows met that are not data pickles of a scene; they are left alone. */
  unreadable = 0;
  readonly #stage: Database.Database;
  #staged: BitSet | undefined;
  /** Done and given-up rows inserted and refreshed before this epoch second no longer matter. */
  readonly #cutoff: number;
  /** Rows that matter, by id: a list in JSON; null for all. */
  readonly #only: string | null;
  /** The largest row id seen, relevant or not. */
  #lastId = 0;

  /** @param rowIds those that are looked at; undefined for all */
  constructor(stage: Database.Database, cutoff: number, rowIds?: readonly number[]) {
    this.#stage = stage;
    this.#cutoff = cutoff;
    this.#only = rowIds === undefined ? null : JSON.stringify(rowIds);
    stage.exec(SCHEMA);
  }

  /** Whether any row matters to a staged job. */
  get isEmpty(): boolean {
    return this.#stage.prepare('SELECT 1 FROM main.old_row LIMIT 1').get() === undefined;
  }

  /**
   * Reads the next rows; returns whether there may be more.
   * @param source the connection and schema the queue is open in; may be the stage's own
   * @param changed marks the rows as news since the decision was made
   */
  readChunk(source: Database.Database, schema: string, changed: boolean): boolean {
    const rows = source
      .prepare<[{ lastId: number; only: string | null; cutoff: number; cutoffBytes: Buffer }], QueueRow>(
        `SELECT _id AS id, data, timestamp, status, ${ageBytes('data')} AS age FROM ${schema}.${QUEUE_TABLE}
         WHERE _id > @lastId AND (@only IS NULL OR _id IN (SELECT value FROM json_each(@only)))
           AND (status BETWEEN ${STATUS.fresh} AND ${STATUS.taken} OR status IN (${STATUS.done}, ${STATUS.givenUp})
             AND (timestamp >= @cutoff OR ${mayBeEnqueuedSince('@cutoffBytes')}))
         ORDER BY _id LIMIT ${CHUNK_ROWS}`,
      )
      .all({ lastId: this.#lastId, only: this.#only, cutoff: this.#cutoff, cutoffBytes: doubleBytes(this.#cutoff) });
    const insert = this.#stage.prepare('INSERT INTO main.old_row VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#stage.transaction(() => {
      for (const row of rows) this.#keep(insert, row, changed);
    })();
    this.#lastId = rows.at(-1)?.id ?? this.#lastId;
    return rows.length === CHUNK_ROWS;
  }

  /** The scenes with a staged job; put together when the first old row comes. */
  #stagedScenes(): BitSet {
    if (this.#staged === undefined) {
      this.#staged = new BitSet();
      const ids = this.#stage
        .prepare<[], number>('SELECT scene_id FROM main.gap WHERE job IS NOT NULL')
        .pluck()
        .iterate();
      for (const sceneId of ids) this.#staged.add(sceneId);
    }
    return this.#staged;
  }

  #keep(insert: Database.Statement, { id, data, timestamp, status, age }: QueueRow, changed: boolean): void {
    const job = readRow(data);
    // A finished row is never looked at again, by nobody.
    if (job === undefined && status <= STATUS.taken) this.unreadable++;
    if (job === undefined || job.sceneId < 0 || !this.#stagedScenes().has(job.sceneId)) return;
    const inserted = typeof timestamp === 'number' ? timestamp : 0;
    // A retried copy has a new row time but old data: what the row knows is as old as its payload says.
    const enqueuedAt = job.enqueuedAt ?? inserted;
    insert.run(job.sceneId, id, status, enqueuedAt, Math.max(inserted, enqueuedAt), age, changed ? 1 : 0);
  }

  /** Brings the rows the decisions rest on up to date, inside the transaction. */
  refresh(schema: string): void {
    const statusNow = `(SELECT q.status FROM ${schema}.${QUEUE_TABLE} AS q WHERE q._id = old_row.row_id)`;
    this.#stage.exec(`
      UPDATE main.old_row SET changed = 1, status = coalesce(${statusNow}, ${GONE})
      WHERE status IS NOT coalesce(${statusNow}, ${GONE})`);
    this.#recheckPayloads(schema);
  }

  /** A payload about to be replaced may have been replaced by newer data meanwhile, which must not be undone. */
  #recheckPayloads(schema: string): void {
    const rows = this.#stage
      .prepare<[], RefreshRow>(
        `SELECT q._id AS id, scene_id AS sceneId, q.data AS data
         FROM main.gap JOIN main.old_row AS o USING (scene_id) JOIN ${schema}.${QUEUE_TABLE} AS q ON q._id = o.row_id
         WHERE gap.action = 'refreshed' AND o.status < ${STATUS.taken} AND o.enqueued_at <= gap.updated_at
           AND ${ageBytes('q.data')} IS NOT o.age_bytes`,
      )
      .all();
    const update = this.#stage.prepare(
      `UPDATE main.old_row SET changed = 1, enqueued_at = @enqueuedAt, touched_at = max(touched_at, @enqueuedAt)
       WHERE scene_id = @sceneId AND row_id = @id`,
    );
    for (const { id, sceneId, data } of rows) {
      const enqueuedAt = readRow(data)?.enqueuedAt;
      if (enqueuedAt !== undefined) update.run({ enqueuedAt, sceneId, id });
    }
  }
}

/** A time as it stands in a pickle. */
function doubleBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  // A negative one, as before 1970, would be ordered above all others.
  bytes.writeDoubleBE(Math.max(value, 0));
  return bytes;
}

function readRow(data: unknown): QueuedJob | undefined {
  return data instanceof Uint8Array ? readQueuedJob(data) : undefined;
}

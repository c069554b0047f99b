/** A look into the queue that leaves no trace: what waits, what is done, and for how long. See database-copy.ts for how. */
import { existsSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { withDatabaseCopy } from './database-copy.js';
import { queueFailure } from './errors.js';
import { QUEUE_TABLE, STATUS } from './old-rows.js';
import { hasQueueTable } from './queue-table.js';
import { readRowFacts, type RowFacts } from './row-facts.js';
import { ROW_STATES, type RowState } from './row-words.js';

/** One row of the queue. */
export interface QueueRow extends RowFacts {
  readonly id: number;
  readonly state: RowState;
  /** Epoch seconds; null when the column holds no time. */
  readonly insertedAt: number | null;
}

/** How many rows are in a state. */
export interface StateCount {
  readonly rows: number;
  /** Epoch seconds at which the oldest was inserted; null when there is none. */
  readonly oldest: number | null;
}

/** Which rows to list. Default: all. */
export interface RowFilter {
  readonly states?: readonly RowState[];
  readonly sceneId?: number;
}

/** An open queue; of a file that does not exist, an empty one. */
export interface QueueView {
  counts(): Record<RowState, StateCount>;
  /** Rows in the order they were inserted, one at a time: a queue can hold hundreds of thousands. */
  rows(filter?: RowFilter): IterableIterator<QueueRow>;
  /** The row inserted last of those in a state. */
  newest(state: RowState): QueueRow | undefined;
}

/** Lends a view of the queue. @throws QueueError, InterruptedError */
export async function inspectQueue<T>(
  queueFile: string,
  signal: AbortSignal,
  use: (queue: QueueView) => T | Promise<T>,
): Promise<T> {
  try {
    if (!existsSync(queueFile) || statSync(queueFile).size === 0) return await use(EMPTY);
    return await withDatabaseCopy(queueFile, signal, (copy) =>
      use(hasQueueTable(copy, 'main', queueFile) ? new OpenQueue(copy) : EMPTY),
    );
  } catch (cause: unknown) {
    throw queueFailure(queueFile, 0, cause);
  }
}

/** Rows in a state that persist-queue does not have belong to nobody and are left out. */
const STATE_SQL = `CASE WHEN status BETWEEN ${STATUS.fresh} AND ${STATUS.taken - 1} THEN 'waiting'
  WHEN status = ${STATUS.taken} THEN 'taken' WHEN status = ${STATUS.done} THEN 'done'
  WHEN status = ${STATUS.givenUp} THEN 'given_up' END`;

const TIME_SQL = `CASE WHEN typeof(timestamp) IN ('real', 'integer') THEN timestamp END`;

const SELECT_ROWS = `SELECT _id AS id, data, ${STATE_SQL} AS state, ${TIME_SQL} AS insertedAt FROM ${QUEUE_TABLE}`;

interface FoundRow {
  readonly id: number;
  readonly data: unknown;
  readonly state: RowState | null;
  readonly insertedAt: number | null;
}

class OpenQueue implements QueueView {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  counts(): Record<RowState, StateCount> {
    const counts = noRows();
    const found = this.#database
      .prepare<[], StateCount & { state: RowState | null }>(
        `SELECT ${STATE_SQL} AS state, count(*) AS rows, min(${TIME_SQL}) AS oldest FROM ${QUEUE_TABLE} GROUP BY 1`,
      )
      .all();
    for (const { state, rows, oldest } of found) if (state !== null) counts[state] = { rows, oldest };
    return counts;
  }

  *rows({ states = ROW_STATES, sceneId }: RowFilter = {}): IterableIterator<QueueRow> {
    for (const { id, data, state, insertedAt } of this.#found(sceneId)) {
      if (state === null || !states.includes(state)) continue;
      const facts = readRowFacts(data);
      if (sceneId === undefined || facts.sceneId === sceneId) yield { id, state, insertedAt, ...facts };
    }
  }

  /** Those of a scene, and a few that only look like it: decoding each row of a long queue takes seconds. */
  #found(sceneId: number | undefined): IterableIterator<FoundRow> {
    if (sceneId === undefined) return this.#database.prepare<[], FoundRow>(`${SELECT_ROWS} ORDER BY _id`).iterate();
    return this.#database
      .prepare<[Buffer, Buffer], FoundRow>(`${SELECT_ROWS} WHERE instr(data, ?) > 0 OR instr(data, ?) > 0 ORDER BY _id`)
      .iterate(littleEndian(sceneId), Buffer.from(String(sceneId)));
  }

  newest(state: RowState): QueueRow | undefined {
    const found = this.#database
      .prepare<[RowState], FoundRow>(`SELECT * FROM (${SELECT_ROWS}) WHERE state = ? ORDER BY id DESC LIMIT 1`)
      .get(state);
    return found && { id: found.id, state, insertedAt: found.insertedAt, ...readRowFacts(found.data) };
  }
}

/** A positive number in as few bytes as it takes: however long a pickle writes an integer, it begins with these, or has its digits. */
function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.subarray(0, Math.max(1, Math.ceil(value.toString(16).length / 2)));
}

const EMPTY: QueueView = {
  counts: noRows,
  *rows() {
    // There is none.
  },
  newest: () => undefined,
};

function noRows(): Record<RowState, StateCount> {
  const none: StateCount = { rows: 0, oldest: null };
  return { waiting: none, taken: none, done: none, given_up: none };
}

/**
 * The commit: old rows are read and everything is decided before the lock is taken; then one short transaction brings the
 * decisions up to date and writes all jobs or none. The plugin waits 10 s at most for the lock.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { GapAction } from '../../shared/verdicts.js';
import { makeDirectory } from '../make-directory.js';
import type { ScanWarning } from '../scan-types.js';
import { applyLimit, decideActions, type DedupeRules } from './decide.js';
import { queueFailure } from './errors.js';
import { OldRows, QUEUE_TABLE, STATUS } from './old-rows.js';
import { withDatabaseCopy } from './database-copy.js';
import { hasQueueTable } from './queue-table.js';
import type { GapStage } from './stage.js';
import { BUSY_TIMEOUT_MS, whenFree } from './when-free.js';

/** How a commit is to be done. */
export interface CommitOptions {
  readonly queueFile: string;
  /** Decide only; nothing is written, no file is made. */
  readonly dryRun: boolean;
  readonly retryFailed: boolean;
  readonly retryAfterSeconds: number;
  /** Epoch seconds. */
  readonly now: number;
  /** At most so many jobs are newly queued, by ascending scene id; the other gaps are `not_selected`. Default: all. */
  readonly limit?: number | undefined;
  /** The rows that are known to be of the staged scenes; no others are looked at. Default: all rows. */
  readonly rowIds?: readonly number[] | undefined;
  readonly signal: AbortSignal;
  /** How long to wait for another writer. Default 30,000 ms. */
  readonly busyTimeoutMs?: number;
  /** Called once the old rows have been read and before the lock is asked for: the moment others may still write. */
  readonly onDecided?: () => void | Promise<void>;
}

/** What a commit came to. */
export interface CommitResult {
  readonly counts: Record<GapAction, number>;
  readonly warnings: readonly ScanWarning[];
  /** Seconds during which the write lock was held; 0 when nothing had to be written. */
  readonly lockHeldSeconds: number;
  /** The ids of the new rows, both ends included; null when there are none. */
  readonly inserted: RowRange | null;
}

/** Rows that were inserted together: their ids follow on one another. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

const CREATE_TABLE =
  `CREATE TABLE IF NOT EXISTS queue.\`${QUEUE_TABLE}\` (_id INTEGER PRIMARY KEY AUTOINCREMENT, ` +
  `data BLOB, timestamp FLOAT, status INTEGER)`;

/**
 * Decides about every staged gap and writes the jobs.
 * @throws QueueError (the queue is then as it was), InterruptedError
 */
export async function commitGaps(stage: GapStage, options: CommitOptions): Promise<CommitResult> {
  const commit = new Commit(stage, options);
  try {
    return await commit.run();
  } catch (cause: unknown) {
    throw queueFailure(options.queueFile, options.busyTimeoutMs ?? BUSY_TIMEOUT_MS, cause);
  } finally {
    commit.detach();
  }
}

class Commit {
  readonly #stage: GapStage;
  readonly #database: Database.Database;
  readonly #options: CommitOptions;
  readonly #rules: DedupeRules;
  readonly #oldRows: OldRows;
  #attached = false;
  #inserted: RowRange | null = null;
  /** The queue's data version when reading began; undefined when it was not read through this connection. */
  #version: unknown;

  constructor(stage: GapStage, options: CommitOptions) {
    stage.seal();
    stage.clampUpdateTimes(options.now);
    this.#stage = stage;
    this.#database = stage.database;
    this.#options = options;
    const { retryFailed, now, retryAfterSeconds, rowIds } = options;
    this.#rules = { retryFailed, cutoff: now - retryAfterSeconds };
    this.#oldRows = new OldRows(stage.database, this.#rules.cutoff, rowIds);
  }

  async run(): Promise<CommitResult> {
    const { dryRun, onDecided } = this.#options;
    await this.#readOldRows();
    if (!this.#oldRows.isEmpty) decideActions(this.#database, this.#rules, false);
    this.#applyLimit();
    await onDecided?.();
    let lockHeldSeconds = 0;
    if (!dryRun && this.#jobsToWrite()) lockHeldSeconds = await this.#write();
    const counts = this.#stage.actionCounts();
    return { counts, warnings: this.#warnings(), lockHeldSeconds, inserted: this.#inserted };
  }

  detach(): void {
    if (this.#attached) this.#database.exec('DETACH queue');
    this.#attached = false;
  }

  async #readOldRows(): Promise<void> {
    const { queueFile, dryRun } = this.#options;
    if (!existsSync(queueFile) || statSync(queueFile).size === 0) return;
    if (dryRun) {
      await withDatabaseCopy(queueFile, this.#options.signal, (copy) => this.#readRows(copy, 'main'));
      return;
    }
    await this.#whenFree(() => {
      this.#attach();
      // Before the first row: what is committed while the rows are read must count as a change, not go unseen.
      this.#version = this.#dataVersion();
    });
    await this.#readRows(this.#database, 'queue');
  }

  /** Each chunk is a snapshot of its own; what changes in between is caught up with in the transaction. */
  async #readRows(source: Database.Database, schema: string): Promise<void> {
    let more = await this.#whenFree(() => hasQueueTable(source, schema, this.#options.queueFile));
    while (more) more = await this.#whenFree(() => this.#oldRows.readChunk(source, schema, false));
  }

  #attach(): void {
    if (this.#attached) return;
    this.#database.prepare('ATTACH ? AS queue').run(this.#options.queueFile);
    this.#attached = true;
    this.#database.pragma('queue.synchronous = FULL');
  }

  #dataVersion(): unknown {
    return this.#attached ? this.#database.pragma('queue.data_version', { simple: true }) : undefined;
  }

  #jobsToWrite(): boolean {
    return (
      this.#database.prepare("SELECT 1 FROM main.gap WHERE action IN ('enqueued', 'refreshed') LIMIT 1").get() !==
      undefined
    );
  }

  /** Returns the seconds for which the lock was held. */
  async #write(): Promise<number> {
    makeDirectory(dirname(this.#options.queueFile));
    const isNew = await this.#whenFree(() => {
      this.#attach();
      return this.#database.pragma('queue.page_count', { simple: true }) === 0;
    });
    await this.#whenFree(() => this.#database.exec('BEGIN IMMEDIATE'));
    const since = performance.now();
    try {
      this.#database.exec(CREATE_TABLE);
      if (this.#dataVersion() !== this.#version) this.#catchUp();
      this.#writeRows();
      // Without WAL a reader can hold up even the commit; the transaction stays open and may be committed again.
      await this.#whenFree(() => this.#database.exec('COMMIT'));
    } catch (cause: unknown) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw cause;
    }
    const held = (performance.now() - since) / 1000;
    if (isNew) this.#useLog();
    return held;
  }

  /**
   * Makes a new queue file what persist-queue would have made it; an existing one keeps its journal mode. Only once the jobs
   * are in it: through a write-ahead log they would be written twice. The jobs are safe by now, and the plugin does the same
   * whenever it opens the file: that it could not be done here is no failure.
   */
  #useLog(): void {
    try {
      this.#database.pragma('queue.journal_mode = WAL');
    } catch (cause: unknown) {
      if (!(cause instanceof Database.SqliteError)) throw cause;
    }
  }

  /** Somebody wrote after the decisions were made: look again at what they rest on. */
  #catchUp(): void {
    this.#oldRows.refresh('queue');
    while (this.#oldRows.readChunk(this.#database, 'queue', true));
    decideActions(this.#database, this.#rules, true);
    this.#applyLimit();
  }

  #applyLimit(): void {
    if (this.#options.limit !== undefined) applyLimit(this.#database, this.#options.limit);
  }

  #writeRows(): void {
    this.#database.exec(
      `UPDATE queue.${QUEUE_TABLE} SET data = staged_job(gap.job)
       FROM main.gap JOIN main.old_row USING (scene_id)
       WHERE old_row.row_id = ${QUEUE_TABLE}._id AND gap.action = 'refreshed'
         AND ${QUEUE_TABLE}.status < ${STATUS.taken} AND old_row.enqueued_at <= gap.updated_at`,
    );
    const { changes, lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO queue.${QUEUE_TABLE} (data, timestamp, status)
         SELECT staged_job(job), ?, ${STATUS.fresh} FROM main.gap WHERE action = 'enqueued' ORDER BY scene_id`,
      )
      .run(this.#options.now);
    const last = Number(lastInsertRowid);
    this.#inserted = changes === 0 ? null : { first: last - changes + 1, last };
  }

  #whenFree<T>(action: () => T): Promise<T> {
    return whenFree(this.#options, action);
  }

  #warnings(): ScanWarning[] {
    const { unreadable } = this.#oldRows;
    if (unreadable === 0) return [];
    const message = `${unreadable} rows of the queue are not readable jobs and were left alone; Stash2Plex may stop at them`;
    return [{ code: 'queue_rows_unreadable', message }];
  }
}

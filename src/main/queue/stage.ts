/**
 * The stage: every gap the workers found, on disk until all has been read, so memory does not grow with the number of
 * gaps. A private temporary SQLite database; it has no name and vanishes with its connection.
 */
import Database from 'better-sqlite3';
import { zeroActions, type GapAction } from '../../shared/verdicts.js';
import type { StagedGap } from '../../shared/messages.js';
import { stageFailure } from './errors.js';

/** A gap that did not become what it was staged as. */
export interface ChangedGap {
  readonly sceneId: number;
  readonly action: GapAction;
}

/** Jobs are a table of their own: deciding rewrites every row of `gap`, and must not rewrite half a kilobyte each time. */
const SCHEMA = `
  PRAGMA main.journal_mode = MEMORY;
  PRAGMA main.synchronous = OFF;
  PRAGMA main.cache_size = -16000;
  CREATE TABLE gap (
    scene_id INTEGER PRIMARY KEY,
    updated_at REAL,
    action TEXT,
    has_job INTEGER NOT NULL,
    from_future INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE job (scene_id INTEGER PRIMARY KEY, data BLOB NOT NULL);
  BEGIN;
`;

/** SQLite waits on this thread; longer slices would leave Ctrl-C unheard. */
const BUSY_SLICE_MS = 200;

/** Collects gaps. Every method throws QueueError when the disk for temporary files is full. */
export class GapStage {
  /** For the commit, which attaches the queue to it: both must be one connection to be one transaction. */
  readonly database: Database.Database;
  readonly #insertGap: Database.Statement;
  readonly #insertJob: Database.Statement;
  readonly #deleteFrom: readonly Database.Statement[];

  constructor() {
    this.database = new Database('', { timeout: BUSY_SLICE_MS });
    this.database.exec(SCHEMA);
    this.#insertGap = this.database.prepare(
      'INSERT OR REPLACE INTO gap (scene_id, updated_at, action, has_job) VALUES (?, ?, ?, ?)',
    );
    this.#insertJob = this.database.prepare('INSERT OR REPLACE INTO job VALUES (?, ?)');
    this.#deleteFrom = ['gap', 'job'].map((table) => this.database.prepare(`DELETE FROM ${table} WHERE scene_id = ?`));
  }

  /** Stages gaps; one of the same scene is replaced. */
  addAll(gaps: Iterable<StagedGap>): void {
    this.#guarded(() => {
      for (const { sceneId, updatedAt, refusal, job } of gaps) {
        // SQLite has no NaN: a time that could not be read becomes NULL. A job is enqueued unless an old row speaks against it.
        this.#insertGap.run(sceneId, updatedAt, refusal ?? 'enqueued', job ? 1 : 0);
        if (job) this.#insertJob.run(sceneId, job);
      }
    });
  }

  /** Takes back all that was staged for a scene. */
  remove(sceneId: number): void {
    this.#guarded(() => {
      for (const statement of this.#deleteFrom) statement.run(sceneId);
    });
  }

  /** Ends staging. Called by the commit, before it opens a transaction of its own. */
  seal(): void {
    this.#guarded(() => {
      if (this.database.inTransaction) this.database.exec('COMMIT');
    });
  }

  /** Lets update times after `now` (epoch seconds), from the clock of another machine, count as now. */
  clampUpdateTimes(now: number): void {
    this.#guarded(() =>
      this.database.prepare('UPDATE gap SET updated_at = @now, from_future = 1 WHERE updated_at > @now').run({ now }),
    );
  }

  /** How many gaps have each action, once the commit has decided. */
  actionCounts(): Record<GapAction, number> {
    const counts = zeroActions();
    const rows = this.database
      .prepare<[], { action: GapAction; gaps: number }>(
        'SELECT action, count(*) AS gaps FROM gap WHERE action IS NOT NULL GROUP BY action',
      )
      .all();
    for (const { action, gaps } of rows) counts[action] = gaps;
    return counts;
  }

  /** The scenes of all gaps, ascending; once staging has ended. */
  sceneIds(): IterableIterator<number> {
    return this.database.prepare<[], number>('SELECT scene_id FROM gap ORDER BY scene_id').pluck().iterate();
  }

  /** The jobs that are in the queue now, of this run or an earlier one; once the commit has decided. */
  jobsAtWork(): IterableIterator<Uint8Array> {
    return this.database
      .prepare<[], Uint8Array>(
        "SELECT data FROM gap JOIN job USING (scene_id) WHERE action IN ('enqueued', 'refreshed', 'already_queued')",
      )
      .pluck()
      .iterate();
  }

  /** The gaps with a job that was not enqueued, in the order of scene ids; once the commit has decided. */
  *changedGaps(): Generator<ChangedGap> {
    // Begun only when asked for: a statement that is open keeps the database from being closed.
    yield* this.database
      .prepare<[], ChangedGap>(
        "SELECT scene_id AS sceneId, action FROM gap WHERE has_job AND action <> 'enqueued' ORDER BY scene_id",
      )
      .iterate();
  }

  /** Drops everything staged. */
  close(): void {
    this.database.close();
  }

  #guarded(action: () => unknown): void {
    try {
      action();
    } catch (cause: unknown) {
      throw stageFailure(cause);
    }
  }
}

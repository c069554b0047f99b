/**
 * The stage: every gap the workers found, and the files of those that are missing, on disk until all has been read, so
 * memory does not grow with the number of gaps. A private temporary SQLite database; it has no name and vanishes with its
 * connection.
 */
import Database from 'better-sqlite3';
import { zeroActions, type GapAction } from '../../shared/verdicts.js';
import type { StagedGap } from '../../shared/messages.js';
import type { MissingScene } from '../../shared/report-line.js';
import type { Diagnosed, SceneFiles } from '../missing/diagnose.js';
import type { MissingFile } from '../missing/unmatched-items.js';
import { stageFailure } from './errors.js';

/** What is told of a gap's report line once everything is known. */
export interface LineChange {
  readonly sceneId: number;
  /** Undefined where it became what it was staged as. */
  readonly action: GapAction | undefined;
  /** Undefined where it is not missing. */
  readonly missing: MissingScene | undefined;
}

interface ChangedRow {
  readonly sceneId: number;
  readonly action: GapAction | null;
  readonly reason: MissingScene['reason'] | null;
  readonly directory: string;
  readonly ratingKey: string | null;
  readonly path: string;
}

interface FileRow extends MissingFile {
  readonly sceneId: number;
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
  CREATE TABLE missing_file (
    scene_id INTEGER, number INTEGER, path TEXT NOT NULL, size REAL NOT NULL, duration REAL NOT NULL,
    PRIMARY KEY (scene_id, number)
  ) WITHOUT ROWID;
  CREATE TABLE missing (
    scene_id INTEGER PRIMARY KEY, reason TEXT NOT NULL, directory TEXT NOT NULL, rating_key TEXT, path TEXT
  );
  BEGIN;
`;

/** Missing scenes that are looked at between two writes. */
const SCENES_AT_ONCE = 1000;

/** SQLite waits on this thread; longer slices would leave Ctrl-C unheard. */
const BUSY_SLICE_MS = 200;

/** Collects gaps. Every method throws QueueError when the disk for temporary files is full. */
export class GapStage {
  /** For the commit, which attaches the queue to it: both must be one connection to be one transaction. */
  readonly database: Database.Database;
  readonly #insertGap: Database.Statement;
  readonly #insertJob: Database.Statement;
  readonly #insertFile: Database.Statement;
  readonly #deleteFrom: readonly Database.Statement[];

  constructor() {
    this.database = new Database('', { timeout: BUSY_SLICE_MS });
    this.database.exec(SCHEMA);
    this.#insertGap = this.database.prepare(
      'INSERT OR REPLACE INTO gap (scene_id, updated_at, action, has_job) VALUES (?, ?, ?, ?)',
    );
    this.#insertJob = this.database.prepare('INSERT OR REPLACE INTO job VALUES (?, ?)');
    this.#insertFile = this.database.prepare('INSERT OR REPLACE INTO missing_file VALUES (?, ?, ?, ?, ?)');
    this.#deleteFrom = ['gap', 'job', 'missing_file'].map((table) =>
      this.database.prepare(`DELETE FROM ${table} WHERE scene_id = ?`),
    );
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

  /** Stages the files of a missing scene. */
  addMissing({ sceneId, files }: SceneFiles): void {
    this.#guarded(() => {
      for (const [number, { path, size, duration }] of files.entries()) {
        this.#insertFile.run(sceneId, number, path, size, duration);
      }
    });
  }

  /** The missing scenes with their files, in the order of scene ids. */
  *missingScenes(): Generator<SceneFiles> {
    for (
      let scenes = this.#missingAfter(0);
      scenes.length > 0;
      scenes = this.#missingAfter(scenes.at(-1)?.sceneId ?? 0)
    ) {
      yield* scenes;
    }
  }

  #missingAfter(sceneId: number): SceneFiles[] {
    // Read in pieces: as long as a statement is being walked through, nothing else can be done with the database.
    const rows = this.database
      .prepare<[number, number], FileRow>(
        `SELECT scene_id AS sceneId, path, size, duration FROM missing_file
         WHERE scene_id IN (SELECT DISTINCT scene_id FROM missing_file WHERE scene_id > ? ORDER BY scene_id LIMIT ?)
         ORDER BY scene_id, number`,
      )
      .all(sceneId, SCENES_AT_ONCE);
    const scenes = new Map<number, MissingFile[]>();
    for (const { sceneId: id, ...file } of rows) {
      const files = scenes.get(id);
      if (files) files.push(file);
      else scenes.set(id, [file]);
    }
    return [...scenes].map(([id, files]) => ({ sceneId: id, files }));
  }

  /** Notes why scenes are missing. */
  noteMissing(scenes: Iterable<Diagnosed>): void {
    const insert = this.database.prepare('INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?, ?)');
    this.#guarded(() => {
      for (const { sceneId, reason, directory, suggestion } of scenes) {
        insert.run(sceneId, reason, directory, suggestion?.ratingKey ?? null, suggestion?.path ?? null);
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

  /** The gaps of whose line something is to be told, in the order of scene ids; once the commit has decided. */
  *lineChanges(): Generator<LineChange> {
    // Begun only when asked for: a statement that is open keeps the database from being closed.
    const rows = this.database
      .prepare<[], ChangedRow>(
        `SELECT scene_id AS sceneId, CASE WHEN has_job AND action <> 'enqueued' THEN action END AS action,
           reason, directory, rating_key AS ratingKey, path
         FROM gap LEFT JOIN missing USING (scene_id)
         WHERE reason IS NOT NULL OR (has_job AND action <> 'enqueued') ORDER BY scene_id`,
      )
      .iterate();
    for (const { sceneId, action, reason, directory, ratingKey, path } of rows) {
      const suggestion = ratingKey === null ? null : { ratingKey, path };
      const missing = reason === null ? undefined : { reason, directory, suggestion };
      yield { sceneId, action: action ?? undefined, missing };
    }
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

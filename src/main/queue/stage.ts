/**
 * The stage: every gap the workers found until all has been read. What is decided about a gap stands in a private temporary
 * SQLite database, which has no name and vanishes with its connection; the jobs lie in a temporary file where they
 * are many, so that memory does not grow with them, and are fetched from there when they are written.
 */
import Database from 'better-sqlite3';
import { zeroActions, type GapAction } from '../../shared/verdicts.js';
import type { StagedGap } from '../../shared/messages.js';
import { Growing } from '../collections/growing.js';
import { PageFile } from '../spool/page-file.js';
import { stageFailure } from './errors.js';

/** A gap that did not become what it was staged as. */
export interface ChangedGap {
  readonly sceneId: number;
  readonly action: GapAction;
}

/** `job` is the number under which a gap was staged, NULL where it has no job; see the function `staged_job`. */
const SCHEMA = `
  PRAGMA main.journal_mode = MEMORY;
  PRAGMA main.synchronous = OFF;
  PRAGMA main.cache_size = -16000;
  CREATE TABLE gap (
    scene_id INTEGER PRIMARY KEY,
    updated_at REAL,
    action TEXT,
    job INTEGER,
    from_future INTEGER NOT NULL DEFAULT 0
  );
`;

/** As what a gap can be staged: `enqueued`, unless an old row speaks against it, or why there is no job. */
const STAGED_AS = ['enqueued', 'not_selected', 'withheld', 'unsafe_name'] as const satisfies readonly GapAction[];

/** Jobs that may lie in memory: some thirty thousand. */
const JOB_MEMORY_BYTES = 16 * 1024 * 1024;

/** SQLite waits on this thread; longer slices would leave Ctrl-C unheard. */
const BUSY_SLICE_MS = 200;

const u32 = () => new Growing((length) => new Uint32Array(length));

/** Collects gaps. Every method throws QueueError when the disk for temporary files is full. */
export class GapStage {
  /** For the commit, which attaches the queue to it: both must be one connection to be one transaction. */
  readonly database: Database.Database;
  readonly #file = new PageFile(stageFailure, { memoryBytes: JOB_MEMORY_BYTES });
  /** Of each gap, in the order they came; they get into the database together, which takes a third of the time. */
  readonly #scene = u32();
  readonly #updatedAt = new Growing((length) => new Float64Array(length));
  readonly #stagedAs = new Growing((length) => new Uint8Array(length));
  /** Where its job lies: in which page of the file, and where in it. */
  readonly #page = u32();
  readonly #at = u32();
  readonly #bytes = u32();
  /** Gaps of a scene before this one no longer count. */
  readonly #validFrom = new Map<number, number>();

  constructor() {
    this.database = new Database('', { timeout: BUSY_SLICE_MS });
    this.database.exec(SCHEMA);
    this.database.table('staged', {
      columns: ['scene_id', 'updated_at', 'action', 'job'],
      rows: this.#rows.bind(this),
    });
    this.database.function('staged_job', (job: unknown) => this.#job(Number(job)));
  }

  /** Stages gaps; one of the same scene is replaced. */
  addAll(gaps: Iterable<StagedGap>): void {
    const jobs: Uint8Array[] = [];
    let bytes = 0;
    for (const { sceneId, updatedAt, refusal, job } of gaps) {
      this.#scene.push(sceneId);
      this.#updatedAt.push(updatedAt);
      this.#stagedAs.push(STAGED_AS.indexOf(refusal ?? 'enqueued'));
      this.#page.push(this.#file.pages);
      this.#at.push(bytes);
      this.#bytes.push(job?.length ?? 0);
      if (job === undefined) continue;
      jobs.push(job);
      bytes += job.length;
    }
    if (bytes > 0) this.#file.add(...jobs);
  }

  /** Takes back all that was staged for a scene. */
  remove(sceneId: number): void {
    this.#validFrom.set(sceneId, this.#scene.length);
  }

  /** Ends staging: what was staged is in the database from now on. Called once, by the commit. */
  seal(): void {
    this.#guarded(() =>
      this.database.exec('INSERT OR REPLACE INTO gap (scene_id, updated_at, action, job) SELECT * FROM staged'),
    );
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

  /** The scenes of all gaps, ascending. */
  sceneIds(): Uint32Array {
    const staged = this.#scene.view();
    const ids =
      this.#validFrom.size === 0
        ? staged.slice()
        : staged.filter((sceneId, gap) => gap >= (this.#validFrom.get(sceneId) ?? 0));
    return ids.sort().filter((sceneId, i) => sceneId !== ids[i - 1]);
  }

  /** The jobs that are in the queue now, of this run or an earlier one; once the commit has decided. */
  jobsAtWork(): IterableIterator<Uint8Array> {
    return this.database
      .prepare<[], Uint8Array>(
        "SELECT staged_job(job) FROM gap WHERE job IS NOT NULL AND action IN ('enqueued', 'refreshed', 'already_queued')",
      )
      .pluck()
      .iterate();
  }

  /** The gaps with a job that was not enqueued, in the order of scene ids; once the commit has decided. */
  *changedGaps(): Generator<ChangedGap> {
    // Begun only when asked for: a statement that is open keeps the database from being closed.
    yield* this.database
      .prepare<[], ChangedGap>(
        "SELECT scene_id AS sceneId, action FROM gap WHERE job IS NOT NULL AND action <> 'enqueued' ORDER BY scene_id",
      )
      .iterate();
  }

  /** Drops everything staged. */
  close(): void {
    this.database.close();
    this.#file.close();
  }

  /** Rows of the table `staged`. SQLite has no NaN: a time that could not be read becomes NULL. */
  *#rows(): Generator<[number, number, GapAction, number | null]> {
    for (let gap = 0; gap < this.#scene.length; gap++) {
      const sceneId = this.#scene.data[gap] ?? 0;
      if (gap < (this.#validFrom.get(sceneId) ?? 0)) continue;
      const action = STAGED_AS[this.#stagedAs.data[gap] ?? 0] ?? 'enqueued';
      yield [sceneId, this.#updatedAt.data[gap] ?? NaN, action, this.#bytes.data[gap] === 0 ? null : gap];
    }
  }

  #job(gap: number): Uint8Array {
    const at = this.#at.data[gap] ?? 0;
    return this.#file.page(this.#page.data[gap] ?? 0).subarray(at, at + (this.#bytes.data[gap] ?? 0));
  }

  #guarded(action: () => unknown): void {
    try {
      action();
    } catch (cause: unknown) {
      throw stageFailure(cause);
    }
  }
}

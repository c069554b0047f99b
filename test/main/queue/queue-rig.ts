/** A real queue file in a temporary directory, and commits into it. */
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { commitGaps, type CommitOptions, type CommitResult } from '../../../src/main/queue/commit.js';
import { GapStage } from '../../../src/main/queue/stage.js';
import type { StagedGap } from '../../../src/shared/messages.js';
import { decodePickle } from '../../../src/main/queue/pickle-decode.js';
import { readQueuedJob } from '../../../src/main/queue/queued-job.js';
import type { GapAction } from '../../../src/shared/verdicts.js';
import { encodeJob } from '../../support/job.js';
import { tempDir } from '../../support/temp-dir.js';

/** Epoch seconds at which every commit takes place. */
export const NOW = 1_800_000_000;
/** When the scenes were last updated. */
export const UPDATED = NOW - 3600;
/** When gapscan read them. */
export const AS_OF = NOW - 60;
export const DAY = 24 * 3600;

export const CREATE_TABLE =
  'CREATE TABLE `ack_queue_default` (_id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB, timestamp FLOAT, status INTEGER)';

/** A row as a test puts it into the queue. */
export interface OldRow {
  readonly sceneId?: number;
  /** Default: one minute after the update. */
  readonly enqueuedAt?: number;
  readonly status?: number | null | string;
  /** Default: `enqueuedAt`. */
  readonly timestamp?: number | string;
  /** Instead of a job of the scene. */
  readonly data?: unknown;
}

export interface SeenRow {
  readonly id: number;
  readonly sceneId: number | undefined;
  readonly enqueuedAt: number | undefined;
  /** Of what is not a job: the column as it is. */
  readonly path: unknown;
  readonly timestamp: number;
  readonly status: number;
}

/** What a gap became: its action in the report, and all counts. */
export interface Committed extends CommitResult {
  readonly actions: Record<number, GapAction>;
}

export const jobOf = (sceneId: number, enqueuedAt: number, path = `/old/${sceneId}.mp4`) =>
  encodeJob(sceneId, { path }, enqueuedAt);

/** A gap whose job is to be queued. */
export const gapOf = (sceneId: number, updatedAt = UPDATED): StagedGap => ({
  sceneId,
  updatedAt,
  refusal: undefined,
  job: jobOf(sceneId, AS_OF, `/new/${sceneId}.mp4`),
});

/** The queue of one test; call inside it. */
export class QueueRig {
  readonly dataDir = tempDir();
  readonly file = join(this.dataDir, 'queue', 'data.db');

  /** Opens the file as another program would; closed with the test. */
  open(): Database.Database {
    mkdirSync(dirname(this.file), { recursive: true });
    const database = new Database(this.file);
    onTestFinished(() => {
      database.close();
    });
    return database;
  }

  /** Puts rows in with a connection of its own. */
  put(...rows: readonly OldRow[]): void {
    const isNew = !existsSync(this.file);
    mkdirSync(dirname(this.file), { recursive: true });
    const database = new Database(this.file);
    if (isNew) {
      database.pragma('journal_mode = WAL');
      database.exec(CREATE_TABLE);
    }
    database.transaction(() => {
      for (const row of rows) putRow(database, row);
    })();
    database.close();
  }

  rows(): SeenRow[] {
    const database = new Database(this.file, { readonly: true });
    const rows = database.prepare('SELECT * FROM ack_queue_default ORDER BY _id').all() as {
      _id: number;
      data: unknown;
      timestamp: number;
      status: number;
    }[];
    database.close();
    return rows.map(({ _id: id, data, timestamp, status }) => ({
      id,
      ...contentOf(data),
      timestamp,
      status,
    }));
  }

  /** The files of the queue's directory. */
  files(): string[] {
    return existsSync(dirname(this.file)) ? readdirSync(dirname(this.file)).sort() : [];
  }

  bytes(): string {
    return readFileSync(this.file, 'latin1');
  }

  async commit(gaps: readonly StagedGap[], options: Partial<CommitOptions> = {}): Promise<Committed> {
    const stage = this.stage(gaps);
    const result = await commitGaps(stage, this.options(options));
    return { ...result, actions: actionsOf(stage) };
  }

  stage(gaps: readonly StagedGap[]): GapStage {
    const stage = new GapStage();
    onTestFinished(() => {
      stage.close();
    });
    stage.addAll(gaps);
    return stage;
  }

  options(options: Partial<CommitOptions> = {}): CommitOptions {
    return {
      queueFile: this.file,
      dryRun: false,
      retryFailed: false,
      retryAfterSeconds: 7 * DAY,
      now: NOW,
      signal: new AbortController().signal,
      ...options,
    };
  }
}

/** Puts one row in through a connection that is open already. */
export function putRow(database: Database.Database, row: OldRow): void {
  const { sceneId = 1, enqueuedAt = UPDATED + 60, status = 0, timestamp = enqueuedAt } = row;
  database
    .prepare('INSERT INTO ack_queue_default (data, timestamp, status) VALUES (?, ?, ?)')
    .run(row.data ?? jobOf(sceneId, enqueuedAt), timestamp, status);
}

/** What a job says; of anything else, the bytes themselves. */
function contentOf(data: unknown): Pick<SeenRow, 'sceneId' | 'enqueuedAt' | 'path'> {
  const job = data instanceof Uint8Array ? readQueuedJob(data) : undefined;
  const read = data instanceof Uint8Array ? decodePickle(data) : undefined;
  const fields = read?.ok && read.value instanceof Map ? read.value.get('data') : undefined;
  const path = fields instanceof Map ? fields.get('path') : data;
  return { sceneId: job?.sceneId, enqueuedAt: job?.enqueuedAt, path };
}

function actionsOf({ database }: GapStage): Record<number, GapAction> {
  const rows = database.prepare<[], [number, GapAction]>('SELECT scene_id, action FROM main.gap').raw().all();
  return Object.fromEntries(rows);
}

/** Stash2Plex's dead letters: jobs its worker gave up, in `dlq.db`. Read without a trace, like the queue. */
import { existsSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { withDatabaseCopy } from './database-copy.js';
import { queueFailure } from './errors.js';

/** Dead letters that ended for one reason. */
export interface DeadLetterGroup {
  /** The kind of error, as the plugin calls it. */
  readonly error: string;
  readonly rows: number;
}

/** The last dead letter of a scene. */
export interface DeadLetter {
  readonly sceneId: number;
  readonly error: string;
  readonly message: string;
  readonly tries: number;
  /** UTC, as the plugin writes it: `YYYY-MM-DD HH:MM:SS`. */
  readonly failedAt: string;
}

/** All of them, by error and by scene. */
export interface DeadLetters {
  /** The most frequent first. */
  readonly byError: readonly DeadLetterGroup[];
  readonly byScene: ReadonlyMap<number, DeadLetter>;
}

/** Reads the dead letters; no file means none. @throws QueueError, InterruptedError */
export async function readDeadLetters(path: string, signal: AbortSignal): Promise<DeadLetters> {
  try {
    if (!existsSync(path) || statSync(path).size === 0) return NONE;
    return await withDatabaseCopy(path, signal, (copy) => (hasTable(copy) ? read(copy) : NONE));
  } catch (cause: unknown) {
    throw queueFailure(path, 0, cause);
  }
}

const NONE: DeadLetters = { byError: [], byScene: new Map() };

function hasTable(database: Database.Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'dead_letters'").get() !== undefined;
}

function read(database: Database.Database): DeadLetters {
  const byError = database
    .prepare<[], DeadLetterGroup>(
      `SELECT coalesce(error_type, '') AS error, count(*) AS rows FROM dead_letters GROUP BY 1 ORDER BY rows DESC, error`,
    )
    .all();
  const byScene = new Map<number, DeadLetter>();
  const letters = database
    .prepare<[], DeadLetter>(
      `SELECT scene_id AS sceneId, coalesce(error_type, '') AS error, coalesce(error_message, '') AS message,
         coalesce(retry_count, 0) AS tries, coalesce(failed_at, '') AS failedAt
       FROM dead_letters WHERE typeof(scene_id) = 'integer' ORDER BY id`,
    )
    .iterate();
  for (const letter of letters) byScene.set(letter.sceneId, letter);
  return { byError, byScene };
}

/**
 * Puts dropped rows back, once. They get the ids they had, which the queue never gives to other rows: so a row that is there
 * already, whatever has become of it since, is seen.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ConfigError } from '../errors.js';
import { DROP_FILE, type KeptRow } from './drop.js';
import { queueFailure, queueUnusable } from './errors.js';
import { QUEUE_TABLE, STATUS } from './old-rows.js';
import { hasQueueTable } from './queue-table.js';
import { readRowFacts } from './row-facts.js';
import { BUSY_TIMEOUT_MS, whenFree, type Patience } from './when-free.js';

/** What is to be put back. */
export interface RestoreOptions extends Patience {
  readonly queueFile: string;
  /** A file that a drop left. */
  readonly file: string;
}

/** What became of the rows of the file. */
export interface Restored {
  readonly restored: number;
  /** Were in the queue already, dropped never or put back before. */
  readonly present: number;
  /** Another job of the scene is waiting or being worked on by now. */
  readonly superseded: number;
}

/** The file of the last drop; undefined when there was none. @throws ConfigError */
export function lastDropFile(stateDir: string): string | undefined {
  if (!existsSync(stateDir)) return undefined;
  const name = namesIn(stateDir)
    .filter((entry) => DROP_FILE.test(entry))
    .sort()
    .at(-1);
  return name === undefined ? undefined : join(stateDir, name);
}

function namesIn(stateDir: string): string[] {
  try {
    return readdirSync(stateDir);
  } catch (cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'Check its permissions, or name the file that "queue drop" made.';
    throw new ConfigError(`Cannot look for dropped rows in ${stateDir}: ${reason}`, {
      code: 'input_file_invalid',
      hint,
      cause,
    });
  }
}

/** Puts rows back, all or none. @throws ConfigError for a file that no drop made, QueueError, InterruptedError */
export async function restoreRows(options: RestoreOptions): Promise<Restored> {
  const { queueFile, file, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  const rows = readDropFile(file);
  if (!existsSync(queueFile)) throw queueUnusable(queueFile, 'it does not exist (any more)');
  try {
    const queue = new Database(queueFile, { timeout: 0 });
    try {
      if (!(await whenFree(options, () => hasQueueTable(queue, 'main', queueFile)))) {
        throw queueUnusable(queueFile, `it has no table ${QUEUE_TABLE}`);
      }
      return await putBack(queue, rows, options);
    } finally {
      queue.close();
    }
  } catch (cause: unknown) {
    throw queueFailure(queueFile, busyTimeoutMs, cause);
  }
}

function readDropFile(file: string): KeptRow[] {
  try {
    const database = new Database(file, { fileMustExist: true });
    try {
      return database.prepare<[], KeptRow>('SELECT id, data, timestamp, status FROM dropped ORDER BY id').all();
    } finally {
      database.close();
    }
  } catch (cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'Name a file that "queue drop" made.';
    throw new ConfigError(`Cannot read dropped rows from ${file}: ${reason}`, {
      code: 'input_file_invalid',
      hint,
      cause,
    });
  }
}

async function putBack(queue: Database.Database, rows: readonly KeptRow[], options: RestoreOptions): Promise<Restored> {
  await whenFree(options, () => queue.exec('BEGIN IMMEDIATE'));
  try {
    const restored = insertRows(queue, rows);
    await whenFree(options, () => queue.exec('COMMIT'));
    return restored;
  } catch (cause: unknown) {
    if (queue.inTransaction) queue.exec('ROLLBACK');
    throw cause;
  }
}

function insertRows(queue: Database.Database, rows: readonly KeptRow[]): Restored {
  const busyScenes = scenesAtWork(queue);
  const dataOf = queue.prepare<[number], { data: unknown }>(`SELECT data FROM ${QUEUE_TABLE} WHERE _id = ?`);
  const insert = queue.prepare(`INSERT INTO ${QUEUE_TABLE} (_id, data, timestamp, status) VALUES (?, ?, ?, ?)`);
  const counts = { restored: 0, present: 0, superseded: 0 };
  for (const { id, data, timestamp } of rows) {
    const { sceneId } = readRowFacts(data);
    const there = dataOf.get(id);
    // A queue made anew counts its ids from 1 again: then the row of that id is another scene's.
    if (there !== undefined && isSameJob(there.data, data)) counts.present++;
    else if (sceneId !== null && busyScenes.has(sceneId)) counts.superseded++;
    else {
      insert.run(there === undefined ? id : null, data, timestamp, STATUS.fresh);
      counts.restored++;
    }
  }
  return counts;
}

function scenesAtWork(queue: Database.Database): Set<number> {
  const scenes = new Set<number>();
  const rows = queue
    .prepare<[]>(`SELECT data FROM ${QUEUE_TABLE} WHERE status BETWEEN ${STATUS.fresh} AND ${STATUS.taken}`)
    .pluck()
    .iterate();
  for (const data of rows) {
    const { sceneId } = readRowFacts(data);
    if (sceneId !== null) scenes.add(sceneId);
  }
  return scenes;
}

/** The same row, though its payload may have been brought up to date. */
function isSameJob(one: unknown, other: unknown): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array && Buffer.compare(one, other) === 0) return true;
  const { sceneId } = readRowFacts(one);
  return sceneId !== null && sceneId === readRowFacts(other).sceneId;
}

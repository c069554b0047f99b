/** The checks of what lies on this machine. Nothing is written, no file is made. */
import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { checkDatabaseDriver } from '../cli/native-module.js';
import type { LocalPaths } from '../config/local-paths.js';
import { loadEngine } from '../engine/local-engine.js';
import { formatAge, formatCount, plural } from '../output/format.js';
import { isoTime } from '../output/iso-time.js';
import { withDatabaseCopy } from '../queue/database-copy.js';
import { queueFailure, queueUnusable } from '../queue/errors.js';
import { inspectDataDir } from '../state/data-dir.js';
import { readSyncTimestamps } from '../state/sync-timestamps.js';
import type { LocalStatus } from '../status/read-status.js';
import { fail, pass, warn, type Finding } from './check.js';

const START_TASK = 'Start the task "Process Queue" of Stash2Plex in Stash, or run gapscan scan --process-queue.';

/** Node.js and the parts that are built for it. @throws ConfigError */
export async function checkRuntime(): Promise<Finding> {
  await checkDatabaseDriver();
  await loadEngine();
  return pass(`Node.js ${process.versions.node}, SQLite driver and engine work`);
}

const MEGABYTE = 1024 ** 2;
const ENOUGH_BYTES = 500 * MEGABYTE;
const LEAST_BYTES = 50 * MEGABYTE;

/** Free space where files are written. */
export function checkDisk({ dataDir, stateDir }: LocalPaths): Finding {
  const places = [...new Set([dataDir, stateDir, tmpdir()].map(existing))];
  const free = places.map((place) => ({ place, bytes: freeBytes(place) }));
  const [tightest] = free.sort((a, b) => a.bytes - b.bytes);
  const { place, bytes } = tightest ?? { place: tmpdir(), bytes: Infinity };
  const message = `${formatCount(Math.floor(bytes / MEGABYTE))} MB free at ${place}`;
  const fix = `Free space at ${place}; TMPDIR and --state-dir name other places.`;
  if (bytes < LEAST_BYTES) return fail(message, fix);
  return bytes < ENOUGH_BYTES ? warn(message, fix) : pass(message);
}

function freeBytes(place: string): number {
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}

function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

/** File systems over which SQLite's write-ahead log does not work, by the kernel's numbers. */
const REMOTE_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'SMB (CIFS)',
  0xfe534d42: 'SMB',
  0x01021997: '9P',
  0x65735546: 'FUSE',
};

/** Whether it is Stash2Plex's, and on a local disk. @throws ConfigError when it does not exist */
export function checkDataDir({ dataDir }: LocalPaths): Finding {
  const state = inspectDataDir(dataDir);
  if (state.kind === 'never_ran') {
    return warn(`${dataDir} does not exist yet: Stash2Plex has never run`, 'Run any task of Stash2Plex in Stash once.');
  }
  if (state.kind === 'foreign') {
    const better = state.instead ?? "Stash2Plex's data directory";
    return fail(`${dataDir} holds nothing of Stash2Plex`, `Set --data-dir or GAPSCAN_DATA_DIR to ${better}.`);
  }
  const remote = REMOTE_FILE_SYSTEMS[statfsSync(dataDir).type >>> 0];
  return remote === undefined
    ? pass(`${dataDir} is Stash2Plex's, on a local file system`)
    : warn(
        `${dataDir} lies on ${remote}`,
        'Run gapscan where Stash runs: a queue on a remote file system can be damaged.',
      );
}

/** Readable and plausible. @throws ConfigError */
export async function checkSyncTimestamps({ syncTimestamps }: LocalPaths): Promise<Finding> {
  if (!existsSync(syncTimestamps)) return pass('Nothing has been synced yet: there are no sync timestamps');
  const { table, warnings } = readSyncTimestamps(syncTimestamps, await loadEngine());
  const message = `${plural(table.ids.length, 'scene')} ${table.ids.length === 1 ? 'has' : 'have'} a sync timestamp`;
  const [first] = warnings;
  return first === undefined
    ? pass(message)
    : warn(first.message, 'Look at the clocks of the machines; gapscan counts such times as now, or leaves them out.');
}

/** Sound, and what it holds. @throws QueueError */
export async function checkQueue(
  { queueFile }: LocalPaths,
  { counts }: LocalStatus,
  signal: AbortSignal,
): Promise<Finding> {
  if (!existsSync(queueFile)) return pass('There is no queue yet; the first job makes it');
  const verdict = await quickCheck(queueFile, signal);
  if (verdict !== 'ok') throw queueUnusable(queueFile, String(verdict));
  const { waiting, taken, done, given_up: givenUp } = counts;
  return pass(
    `Sound; ${formatCount(waiting.rows)} waiting, ${formatCount(taken.rows)} taken, ${formatCount(done.rows)} done, ${formatCount(givenUp.rows)} given up`,
  );
}

async function quickCheck(queueFile: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await withDatabaseCopy(queueFile, signal, (copy) => copy.pragma('quick_check(1)', { simple: true }));
  } catch (cause: unknown) {
    throw queueFailure(queueFile, 0, cause);
  }
}

/** While it is open the worker does nothing. */
export function checkBreaker({ breaker }: LocalStatus, now: number): Finding {
  const { state, since } = breaker;
  const age = since === null ? '' : ` since ${isoTime(since) ?? '?'} (${formatAge(since, now)})`;
  switch (state) {
    case 'closed':
      return pass('Closed');
    case 'open':
      return fail(
        `Open${age}: five jobs in a row failed, and the worker does nothing`,
        `gapscan queue drop --unsafe takes out what opens it. ${START_TASK}`,
      );
    case 'half_open':
      return warn(`Half open${age}: the next job decides`, START_TASK);
    case 'unknown':
      return warn('circuit_breaker.json cannot be read', 'Check its permissions.');
  }
}

/** Whether anybody works, and what was finished last. */
export function checkWorker({ worker, lastDone, counts }: LocalStatus, now: number): Finding {
  const last =
    lastDone === undefined
      ? 'no row was ever finished'
      : `the last finished row is ${lastDone.id} (scene ${lastDone.sceneId ?? '?'}, inserted ${formatAge(lastDone.insertedAt, now)} ago)`;
  if (worker === 'alive') return pass(`A worker is alive; ${last}`);
  if (worker === 'unknown') return pass(`Whether a worker is alive cannot be told here; ${last}`);
  const { rows } = counts.waiting;
  return rows === 0
    ? pass(`No worker is alive, and no row waits; ${last}`)
    : warn(`No worker is alive, and ${plural(rows, 'row')} wait; ${last}`, START_TASK);
}

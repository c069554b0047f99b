/** Where everything lies in Stash2Plex's data directory and in gapscan's own state directory. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findDataDir, PLUGIN_MARKER } from '../config/find-data-dir.js';
import { ConfigError } from '../errors.js';

/** Every file a scan touches. */
export interface DataPaths {
  readonly queueFile: string;
  readonly syncTimestamps: string;
  readonly deadLetters: string;
  readonly breaker: string;
  readonly workerLock: string;
  readonly stateDir: string;
  readonly lastRun: string;
  readonly knownMatches: string;
  readonly runHistory: string;
  readonly lock: string;
}

/** What a data directory looks like. */
export type DataDirState =
  /** Stash2Plex, or gapscan, has worked in it. */
  | { readonly kind: 'used' }
  /** It does not exist, and the plugin that would make it is installed there. */
  | { readonly kind: 'never_ran'; readonly plugin: string }
  /** It has nothing of a data directory; the right one may lie below or beside it. */
  | { readonly kind: 'foreign'; readonly instead: string | undefined };

/** The paths below a data directory. */
export function dataPaths(dataDir: string, stateDir = join(dataDir, 'gapscan')): DataPaths {
  return {
    queueFile: join(dataDir, 'queue', 'data.db'),
    syncTimestamps: join(dataDir, 'sync_timestamps.json'),
    deadLetters: join(dataDir, 'dlq.db'),
    breaker: join(dataDir, 'circuit_breaker.json'),
    workerLock: join(dataDir, 'worker.lock'),
    stateDir,
    lastRun: join(stateDir, 'last-run.msgpack'),
    knownMatches: join(stateDir, 'known-matches.msgpack'),
    runHistory: join(stateDir, 'runs.msgpack'),
    lock: join(stateDir, 'lock.db'),
  };
}

/**
 * Looks at a data directory.
 * @throws ConfigError when it does not exist: creating it would turn an unmounted disk into an empty library
 */
export function inspectDataDir(dataDir: string): DataDirState {
  if (statSync(dataDir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const plugin = dirname(resolve(dataDir));
    if (!existsSync(dataDir) && existsSync(join(plugin, PLUGIN_MARKER))) return { kind: 'never_ran', plugin };
    throw new ConfigError(`The data directory ${dataDir} does not exist`, {
      code: 'data_dir_not_found',
      hint: "Set --data-dir or GAPSCAN_DATA_DIR to Stash2Plex's data directory; without Stash2Plex, create the directory first.",
    });
  }
  const { queueFile, syncTimestamps } = dataPaths(dataDir);
  if (existsSync(syncTimestamps) || existsSync(dirname(queueFile))) return { kind: 'used' };
  return { kind: 'foreign', instead: whereInstead(resolve(dataDir)) };
}

/** Below it, or beside it in the plugin's own directory. */
function whereInstead(dataDir: string): string | undefined {
  const below = findDataDir(dataDir);
  if (below !== undefined) return below;
  const beside = join(dirname(dataDir), 'data');
  return beside !== dataDir && existsSync(join(dirname(dataDir), PLUGIN_MARKER)) ? beside : undefined;
}

/** Where everything lies in Stash2Plex's data directory and in gapscan's own state directory. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.js';

/** Every file a scan touches. */
export interface DataPaths {
  readonly queueFile: string;
  readonly syncTimestamps: string;
  readonly stateDir: string;
  readonly lastRun: string;
  readonly knownMatches: string;
  readonly lock: string;
}

function problemWith(directory: string): string | undefined {
  try {
    const stats = statSync(directory, { throwIfNoEntry: false });
    return stats?.isDirectory() === true ? undefined : 'does not exist';
  } catch (cause: unknown) {
    return `cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

/**
 * The paths below a data directory.
 * @throws ConfigError when the directory does not exist: creating it would turn an unmounted disk into an empty library
 */
export function dataPaths(dataDir: string, stateDir = join(dataDir, 'gapscan')): DataPaths {
  const problem = problemWith(dataDir);
  if (problem !== undefined) {
    throw new ConfigError(`The data directory ${dataDir} ${problem}`, {
      code: 'data_dir_not_found',
      hint: "Set --data-dir or GAPSCAN_DATA_DIR to Stash2Plex's data directory; without Stash2Plex, create the directory first.",
    });
  }
  return {
    queueFile: join(dataDir, 'queue', 'data.db'),
    syncTimestamps: join(dataDir, 'sync_timestamps.json'),
    stateDir,
    lastRun: join(stateDir, 'last-run.msgpack'),
    knownMatches: join(stateDir, 'known-matches.msgpack'),
    lock: join(stateDir, 'lock.db'),
  };
}

/** The files that gapscan and Stash2Plex cannot do without: no report may take their place. */
import { dirname, join } from 'node:path';
import type { GuardedPaths } from '../report/targets.js';
import type { ScanOptions } from '../scan-types.js';
import type { DataPaths } from './data-dir.js';

/** Stash2Plex's own files in its data directory, see docs/reliability.md. */
const PLUGIN_FILES = [
  'dlq.db',
  'dlq.db-wal',
  'dlq.db-shm',
  'worker.lock',
  'sync_timestamps.json.tmp',
  'reconciliation_state.json',
  'recovery_state.json',
  'circuit_breaker.json',
  'outage_history.json',
  'stats.json',
];
const PLUGIN_DIRECTORIES = ['queue', 'cache', 'proc_slots'];

/** All that a scan reads or keeps. */
export function guardedPaths(paths: DataPaths, options: ScanOptions): GuardedPaths {
  const { stateDir, plexSections, ...files } = paths;
  const dataDir = dirname(paths.syncTimestamps);
  const authorities = [options.stash.caFile, options.plex.caFile].filter((file) => file !== undefined);
  return {
    files: [
      ...Object.values<string>(files),
      stateDir,
      ...PLUGIN_FILES.map((name) => join(dataDir, name)),
      ...authorities,
      ...(options.protectedFiles ?? []),
    ],
    directories: [plexSections, ...PLUGIN_DIRECTORIES.map((name) => join(dataDir, name))],
  };
}

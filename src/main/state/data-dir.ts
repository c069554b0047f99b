/** Where everything lies in Stash2Plex's data directory and in gapscan's own state directory. */
import { existsSync, statSync, type Stats } from 'node:fs';
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
  readonly knownRoots: string;
  readonly lastScan: string;
  readonly runHistory: string;
  readonly findings: string;
  /** A directory: sections of Plex that need not be read again. */
  readonly plexSections: string;
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
    knownRoots: join(stateDir, 'known-roots.msgpack'),
    lastScan: join(stateDir, 'last-scan.bin'),
    runHistory: join(stateDir, 'runs.msgpack'),
    findings: join(stateDir, 'findings.msgpack'),
    plexSections: join(stateDir, 'plex-sections'),
    lock: join(stateDir, 'lock.db'),
  };
}

/**
 * Looks at a data directory.
 * @throws ConfigError when it does not exist: creating it would turn an unmounted disk into an empty library
 */
export function inspectDataDir(dataDir: string): DataDirState {
  const isThere = (path: string) => lookAt(dataDir, path) !== undefined;
  if (lookAt(dataDir, dataDir)?.isDirectory() !== true) {
    const plugin = dirname(resolve(dataDir));
    if (!isThere(dataDir) && existsSync(join(plugin, PLUGIN_MARKER))) return { kind: 'never_ran', plugin };
    throw unusable(dataDir, 'does not exist');
  }
  const { queueFile, syncTimestamps } = dataPaths(dataDir);
  if (isThere(syncTimestamps) || isThere(dirname(queueFile))) return { kind: 'used' };
  return { kind: 'foreign', instead: whereInstead(resolve(dataDir)) };
}

/** What is at a path; undefined for nothing. What cannot be looked at is not nothing. */
function lookAt(dataDir: string, path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause: unknown) {
    throw unusable(dataDir, `cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function unusable(dataDir: string, problem: string, cause?: unknown): ConfigError {
  return new ConfigError(`The data directory ${dataDir} ${problem}`, {
    code: 'data_dir_not_found',
    hint: "Set --data-dir or GAPSCAN_DATA_DIR to Stash2Plex's data directory; without Stash2Plex, create the directory first.",
    cause,
  });
}

/** Below it, or beside it in the plugin's own directory. */
function whereInstead(dataDir: string): string | undefined {
  const below = findDataDir(dataDir);
  if (below !== undefined) return below;
  const beside = join(dirname(dataDir), 'data');
  return beside !== dataDir && existsSync(join(dirname(dataDir), PLUGIN_MARKER)) ? beside : undefined;
}

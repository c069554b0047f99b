/** Reads Stash2Plex's `sync_timestamps.json`: scene id -> epoch seconds of its last sync. Never written from here. */
import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.js';
import type { ScanWarning } from '../scan-types.js';
import type { EngineMemory } from '../../shared/engine-memory.js';
import { buildIdTable, type IdTable } from '../../shared/id-table.js';

/** The usable timestamps, and what had to be left out. */
export interface SyncTimestamps {
  readonly table: IdTable;
  readonly warnings: readonly ScanWarning[];
}

/**
 * Reads the file; absent means that nothing was ever synced.
 * @throws ConfigError when it is corrupt: taking that for "nothing synced" would queue the whole library again
 */
export function readSyncTimestamps(path: string, memory: EngineMemory): SyncTimestamps {
  const text = readText(path);
  if (text === undefined) return { table: buildIdTable(memory, []), warnings: [] };
  const entries: [number, number][] = [];
  let unusable = 0;
  for (const [key, value] of Object.entries<unknown>(parse(path, text))) {
    const id = /^\d{1,10}$/.test(key) ? Number(key) : NaN;
    const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    // Infinity (1e400) and negative times are damage; believing them would hide a scene for ever.
    if (id > 0 && id < 2 ** 32 && typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) {
      entries.push([id, seconds]);
    } else unusable++;
  }
  return { table: buildIdTable(memory, entries), warnings: unusable === 0 ? [] : [unusableWarning(path, unusable)] };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause: unknown) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ConfigError(`Cannot read ${path}`, { code: 'input_file_invalid', hint: 'Check its permissions.', cause });
  }
}

function parse(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause: unknown) {
    const where = cause instanceof Error ? cause.message : String(cause);
    throw corrupt(`${path} is not valid JSON: ${where}`, cause);
  }
  throw corrupt(`${path} should hold one JSON object of scene ids and times, but does not`);
}

function corrupt(message: string, cause?: unknown): ConfigError {
  const hint = 'Restore it from a backup, or delete it if every scene may be synced again.';
  return new ConfigError(message, { code: 'input_file_invalid', hint, cause });
}

function unusableWarning(path: string, count: number): ScanWarning {
  const message = `${count} entries of ${path} are not a scene id with a time and were ignored`;
  return { code: 'sync_timestamps_unusable', message };
}

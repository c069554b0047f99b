/** Reads Stash2Plex's `sync_timestamps.json`: scene id -> epoch seconds of its last sync. Never written from here. */
import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.js';
import type { LocalEngine } from '../engine/local-engine.js';
import type { ScanWarning } from '../scan-types.js';
import { Result } from '../../shared/engine/layout.js';
import { buildIdTable, type IdTable } from '../engine/id-table.js';

/** The usable timestamps, and what had to be left out. */
export interface SyncTimestamps {
  readonly table: IdTable;
  readonly warnings: readonly ScanWarning[];
}

/**
 * Reads the file; absent means that nothing was ever synced.
 * @throws ConfigError when it is corrupt: taking that for "nothing synced" would queue the whole library again
 */
export function readSyncTimestamps(path: string, local: LocalEngine): SyncTimestamps {
  const bytes = readBytes(path);
  if (bytes === undefined) return { table: buildIdTable(local.memory, []), warnings: [] };
  const plain = readPlain(bytes, local);
  return plain === undefined ? readAny(path, bytes, local) : { table: plain, warnings: [] };
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (cause: unknown) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ConfigError(`Cannot read ${path}`, { code: 'input_file_invalid', hint: 'Check its permissions.', cause });
  }
}

/** The file as the plugin writes it, ten times as fast as JSON.parse makes an object of it; undefined for any other. */
function readPlain(bytes: Buffer, { memory, engine, pages }: LocalEngine): IdTable | undefined {
  const { page, place } = pages.place(bytes);
  const { room, value } = engine.inRoom({ at: place.roomAt, bytes: place.roomBytes }, () =>
    engine.readTimestamps(place.at, place.at + place.length)
      ? buildIdTable(memory, pairs(memory.doubles(engine.result(Result.RecordsAt), engine.result(Result.Records) * 2)))
      : undefined,
  );
  pages.setRoom(page, room.at, room.bytes);
  pages.give(page);
  return value;
}

function* pairs(doubles: Float64Array): Generator<[id: number, seconds: number]> {
  for (let at = 0; at < doubles.length; at += 2) yield [doubles[at] ?? 0, doubles[at + 1] ?? 0];
}

function readAny(path: string, bytes: Buffer, { memory }: LocalEngine): SyncTimestamps {
  const entries: [number, number][] = [];
  let unusable = 0;
  for (const [key, value] of Object.entries<unknown>(parse(path, bytes.toString()))) {
    const id = /^\d{1,10}$/.test(key) ? Number(key) : NaN;
    const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    // Infinity (1e400) and negative times are damage; believing them would hide a scene for ever.
    if (id > 0 && id < 2 ** 32 && typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) {
      entries.push([id, seconds]);
    } else unusable++;
  }
  return { table: buildIdTable(memory, entries), warnings: unusable === 0 ? [] : [unusableWarning(path, unusable)] };
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

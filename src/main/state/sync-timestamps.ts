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
 * @param now epoch seconds; a later time, from another clock or a damaged file, counts as now
 * @throws ConfigError when it is corrupt: taking that for "nothing synced" would queue the whole library again
 */
export function readSyncTimestamps(path: string, local: LocalEngine, now = Date.now() / 1000): SyncTimestamps {
  const bytes = readBytes(path);
  if (bytes === undefined) return { table: buildIdTable(local.memory, []), warnings: [] };
  const clock = new Clock(now);
  const plain = readPlain(bytes, local, clock);
  const read = plain === undefined ? readAny(path, bytes, local, clock) : { table: plain, warnings: [] };
  return { table: read.table, warnings: [...read.warnings, ...futureWarnings(path, clock.ahead)] };
}

/** More seconds than this are milliseconds: as seconds it would be the year 5138, as milliseconds it is 1973. */
const FIRST_MILLISECONDS = 1e11;
/** The plugin may write while its file is read, and clocks are set; that much is nothing to speak of. */
const TOLERATED_AHEAD_SECONDS = 60;

/** Makes times plausible. */
class Clock {
  /** The scenes whose time lies well ahead. */
  readonly ahead = new Set<number>();
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  *plausible(entries: Iterable<readonly [id: number, time: number]>): Generator<[id: number, seconds: number]> {
    for (const [id, time] of entries) {
      const seconds = time >= FIRST_MILLISECONDS ? time / 1000 : time;
      // Of equal keys the last wins.
      if (seconds > this.#now + TOLERATED_AHEAD_SECONDS) this.ahead.add(id);
      else this.ahead.delete(id);
      yield [id, Math.min(seconds, this.#now)];
    }
  }
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
function readPlain(bytes: Buffer, { memory, engine, pages }: LocalEngine, clock: Clock): IdTable | undefined {
  const { page, place } = pages.place(bytes);
  const { room, value } = engine.inRoom({ at: place.roomAt, bytes: place.roomBytes }, () =>
    engine.readTimestamps(place.at, place.at + place.length)
      ? buildIdTable(
          memory,
          clock.plausible(pairs(memory.doubles(engine.result(Result.RecordsAt), engine.result(Result.Records) * 2))),
        )
      : undefined,
  );
  pages.setRoom(page, room.at, room.bytes);
  pages.give(page);
  return value;
}

function* pairs(doubles: Float64Array): Generator<[id: number, seconds: number]> {
  for (let at = 0; at < doubles.length; at += 2) yield [doubles[at] ?? 0, doubles[at + 1] ?? 0];
}

function readAny(path: string, bytes: Buffer, { memory }: LocalEngine, clock: Clock): SyncTimestamps {
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
  const table = buildIdTable(memory, clock.plausible(entries));
  return { table, warnings: unusable === 0 ? [] : [unusableWarning(path, unusable)] };
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

/** How many scenes a warning names. */
const MAX_NAMED = 100;

function futureWarnings(path: string, ids: ReadonlySet<number>): ScanWarning[] {
  if (ids.size === 0) return [];
  const [times, lie] = ids.size === 1 ? ['time', 'lies'] : ['times', 'lie'];
  const message = `${ids.size} sync ${times} in ${path} ${lie} in the future and count as now`;
  const sceneIds = [...ids].sort((a, b) => a - b).slice(0, MAX_NAMED);
  return [{ code: 'sync_timestamps_future', message, sceneIds }];
}

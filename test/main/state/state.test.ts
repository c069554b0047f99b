import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, LockError } from '../../../src/main/errors.js';
import { inspectDataDir } from '../../../src/main/state/data-dir.js';
import { holdersOf, readKnownMatches, writeKnownMatches } from '../../../src/main/state/known-matches.js';
import { lastRunOf, readLastRuns, scopeOf, writeLastRun } from '../../../src/main/state/last-run.js';
import { takeLock } from '../../../src/main/state/lock.js';
import { readSyncTimestamps } from '../../../src/main/state/sync-timestamps.js';
import { smallIndex } from '../../support/small-index.js';
import { local } from '../../support/engine.js';
import { tempDir } from '../../support/temp-dir.js';

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error: unknown) {
    return error;
  }
  return undefined;
};

describe('readSyncTimestamps', () => {
  const read = (text: string) => {
    const path = join(tempDir(), 'sync_timestamps.json');
    writeFileSync(path, text);
    return readSyncTimestamps(path, local);
  };

  it('takes an absent file for "nothing synced yet"', () => {
    expect(readSyncTimestamps(join(tempDir(), 'none.json'), local)).toMatchObject({
      table: { ids: { length: 0 } },
      warnings: [],
    });
  });

  it('reads floats, integers and numeric strings; of equal keys the last wins', () => {
    const { table, warnings } = read('{"412": 1767225600.123, "413": 5, "414": "7.5", "413": 6}');
    expect([...table.ids]).toEqual([412, 413, 414]);
    expect([...table.values]).toEqual([1767225600.123, 6, 7.5]);
    expect(warnings).toEqual([]);
  });

  it('ignores what cannot be a scene id with a time, and says how many', () => {
    const { table, warnings } = read('{"1": -5, "2": 1e400, "x": 4, "3": null, "4": "soon", "5": [], "6": 9, "0": 1}');
    expect([...table.ids]).toEqual([6]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.message).toMatch(/^7 entries of .*sync_timestamps\.json/);
  });

  it.each([
    ['as the plugin writes it', ''],
    ['with a text in it', '"9": "7.5", '],
  ])('reads milliseconds as such, and lets the future count as now, with a warning: %s', (_, other) => {
    const now = 1_800_000_000;
    const text = `{${other}"1": 1767225600123, "2": 1924992000, "3": ${now + 5}, "4": 1924992000000, "5": 1924992000, "5": 6, "6": ${now}}`;
    const path = join(tempDir(), 'sync_timestamps.json');
    writeFileSync(path, text);
    const { table, warnings } = readSyncTimestamps(path, local, now);
    expect([...table.ids]).toEqual(other ? [1, 2, 3, 4, 5, 6, 9] : [1, 2, 3, 4, 5, 6]);
    expect([...table.values].slice(0, 6)).toEqual([1767225600.123, now, now, now, 6, now]);
    expect(warnings).toEqual([
      {
        code: 'sync_timestamps_future',
        message: `2 sync times in ${path} lie in the future and count as now`,
        sceneIds: [2, 4],
      },
    ]);
  });

  it.each(['', '{"1": 5', '[1]', 'null', '{"1": 5}}'])('stops at a corrupt file: %j', (text) => {
    const error = thrownBy(() => read(text));
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).code).toBe('input_file_invalid');
    expect((error as ConfigError).message).toContain('sync_timestamps.json');
  });
});

describe('inspectDataDir', () => {
  it('refuses a data directory that does not exist: it may be an unmounted disk', () => {
    const error = thrownBy(() => inspectDataDir(join(tempDir(), 'gone')));
    expect(error).toMatchObject({ code: 'data_dir_not_found', exitCode: 2 });
  });
});

describe('takeLock', () => {
  it('names the process that holds it, and is free once released', () => {
    const path = join(tempDir(), 'state', 'lock.db');
    const lock = takeLock(path, 1000);
    const error = thrownBy(() => takeLock(path, 61_000));
    expect(error).toBeInstanceOf(LockError);
    expect((error as LockError).message).toBe(
      `Another gapscan run holds the lock ${path} (process ${process.pid}, for 60 s)`,
    );
    lock.release();
    takeLock(path).release();
  });
});

describe('state files', () => {
  const scope = 'all';
  const run = {
    scope,
    finishedAt: '2026-01-01T00:00:00.000Z',
    sections: [{ key: '1', title: 'a', items: 3 }],
    scenes: 4,
    missing: 1,
  };

  it('come back as they were written, without a temporary file left behind', async () => {
    const path = join(tempDir(), 'last-run.msgpack');
    await writeLastRun(path, undefined, run);
    expect(readLastRuns(path)).toEqual({ kind: 'read', value: { version: 2, runs: [run] } });
    expect(readdirSync(join(path, '..'))).toEqual(['last-run.msgpack']);
  });

  it('are unusable, not fatal, at every length they can be cut to and when they are of another shape', async () => {
    const path = join(tempDir(), 'last-run.msgpack');
    await writeLastRun(path, undefined, run);
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(readLastRuns(path).kind).toBe('unusable');
    }
  });

  it('keep the last run of each scope, and no more than twenty', async () => {
    const path = join(tempDir(), 'last-run.msgpack');
    const runs = () => {
      const read = readLastRuns(path);
      return read.kind === 'read' ? read.value : undefined;
    };
    await writeLastRun(path, undefined, run);
    await writeLastRun(path, runs(), { ...run, scope: 'some', scenes: 2 });
    await writeLastRun(path, runs(), { ...run, missing: 3 });
    expect([lastRunOf(runs(), scope)?.missing, lastRunOf(runs(), 'some')?.scenes]).toEqual([3, 2]);
    for (let i = 0; i < 30; i++) await writeLastRun(path, runs(), { ...run, scope: `scope ${i}` });
    expect([runs()?.runs.length, lastRunOf(runs(), scope), lastRunOf(runs(), 'scope 29')?.scenes]).toEqual([
      ...[20, undefined, 4],
    ]);
  });

  it('tell scopes apart by servers and libraries, whatever the order of these', () => {
    const parts = { stashUrl: 's', machineIdentifier: 'm', plexUrl: 'p', sections: undefined };
    const scopes = [
      parts,
      { ...parts, plexUrl: 'elsewhere' },
      { ...parts, machineIdentifier: 'other' },
      { ...parts, stashUrl: 'other' },
      { ...parts, machineIdentifier: undefined },
      { ...parts, sections: ['1', '2'] },
      { ...parts, sections: ['2', '1'] },
    ].map(scopeOf);
    expect(new Set(scopes).size).toBe(5);
    expect([scopes[0] === scopes[1], scopes[5] === scopes[6]]).toEqual([true, true]);
  });

  it('remember matches per pair of servers', async () => {
    const path = join(tempDir(), 'known.msgpack');
    const index = smallIndex([{ key: '77', files: [{ path: '/m/a.mp4' }] }]);
    const proven = { scenes: Uint32Array.of(3), items: Uint32Array.of(0), parts: Uint32Array.of(0) };
    await writeKnownMatches(path, 's p', { index, proven, earlier: undefined, keepEarlier: () => true });
    const read = readKnownMatches(path, 's p');
    if (read.kind !== 'read') throw new Error(read.kind);
    expect([[...read.value.scenes], [...read.value.ratingKeys]]).toEqual([[3], [77]]);
    const holders = (mayHold: boolean) => holdersOf(index, read.value, [0], () => mayHold)(0, 0);
    expect([holders(true), holders(false)]).toEqual([3, 0]);
    // The item's file is another one now: nobody holds it.
    const changed = smallIndex([{ key: '77', files: [{ path: '/m/a.mp4', size: 5 }] }]);
    expect(holdersOf(changed, read.value, [0], () => true)(0, 0)).toBe(0);
    expect(readKnownMatches(path, 's other').kind).toBe('absent');
    expect(existsSync(path)).toBe(true);
  });
});

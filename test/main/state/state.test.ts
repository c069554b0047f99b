import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, LockError } from '../../../src/main/errors.js';
import { inspectDataDir } from '../../../src/main/state/data-dir.js';
import { readKnownMatches, writeKnownMatches } from '../../../src/main/state/known-matches.js';
import { lastRunOf, readLastRuns, scopeOf, writeLastRun } from '../../../src/main/state/last-run.js';
import { takeLock } from '../../../src/main/state/lock.js';
import { readSyncTimestamps } from '../../../src/main/state/sync-timestamps.js';
import { lookUpId } from '../../../src/shared/id-table.js';
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
    expect([412, 413, 414, 415].map((id) => lookUpId(table, id))).toEqual([1767225600.123, 6, 7.5, undefined]);
    expect(warnings).toEqual([]);
  });

  it('ignores what cannot be a scene id with a time, and says how many', () => {
    const { table, warnings } = read('{"1": -5, "2": 1e400, "x": 4, "3": null, "4": "soon", "5": [], "6": 9, "0": 1}');
    expect([...table.ids]).toEqual([6]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.message).toMatch(/^7 entries of .*sync_timestamps\.json/);
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

  it('come back as they were written, without a temporary file left behind', () => {
    const path = join(tempDir(), 'last-run.msgpack');
    writeLastRun(path, undefined, run);
    expect(readLastRuns(path)).toEqual({ kind: 'read', value: { version: 2, runs: [run] } });
    expect(readdirSync(join(path, '..'))).toEqual(['last-run.msgpack']);
  });

  it('are unusable, not fatal, at every length they can be cut to and when they are of another shape', () => {
    const path = join(tempDir(), 'last-run.msgpack');
    writeLastRun(path, undefined, run);
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(readLastRuns(path).kind).toBe('unusable');
    }
  });

  it('keep the last run of each scope, and no more than twenty', () => {
    const path = join(tempDir(), 'last-run.msgpack');
    const runs = () => {
      const read = readLastRuns(path);
      return read.kind === 'read' ? read.value : undefined;
    };
    writeLastRun(path, undefined, run);
    writeLastRun(path, runs(), { ...run, scope: 'some', scenes: 2 });
    writeLastRun(path, runs(), { ...run, missing: 3 });
    expect([lastRunOf(runs(), scope)?.missing, lastRunOf(runs(), 'some')?.scenes]).toEqual([3, 2]);
    for (let i = 0; i < 30; i++) writeLastRun(path, runs(), { ...run, scope: `scope ${i}` });
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

  it('remember matches per pair of servers', () => {
    const path = join(tempDir(), 'known.msgpack');
    const index = smallIndex([{ key: '77', files: [{ path: '/m/a.mp4' }] }]);
    const standing = { scenes: Uint32Array.of(3), items: Uint32Array.of(0), evidence: Uint32Array.of(9) };
    writeKnownMatches(path, 's p', { index, standing, earlier: undefined, keepEarlier: () => true });
    const read = readKnownMatches(path, 's p');
    if (read.kind !== 'read') throw new Error(read.kind);
    expect([[...read.value.scenes], [...read.value.ratingKeys], [...read.value.evidence]]).toEqual([[3], [77], [9]]);
    expect(readKnownMatches(path, 's other').kind).toBe('absent');
    expect(existsSync(path)).toBe(true);
  });
});

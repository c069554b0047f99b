import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dropRows, type DropOptions } from '../../../src/main/queue/drop.js';
import { lastDropFile, restoreRows } from '../../../src/main/queue/restore.js';
import { DRAIN_QUEUE, because, hasPersistQueue, python } from '../../support/python.js';
import { snapshot } from '../../support/snapshot.js';
import { CREATE_TABLE, NOW, QueueRig, gapOf } from './queue-rig.js';

const { signal } = new AbortController();

const stateOf = (rig: QueueRig) => join(rig.dataDir, 'gapscan');
const drop = (rig: QueueRig, ids: readonly number[], options: Partial<DropOptions> = {}) =>
  dropRows({ queueFile: rig.file, stateDir: stateOf(rig), ids: new Set(ids), now: NOW * 1000, signal, ...options });
const restore = (rig: QueueRig, file = lastDropFile(stateOf(rig))!) =>
  restoreRows({ queueFile: rig.file, file, signal });

/** Waiting rows 1, 2 and 3, and one in each other state behind them. */
function filledRig(): QueueRig {
  const rig = new QueueRig();
  const waiting = [1, 2, 3].map((sceneId) => ({ sceneId, status: sceneId % 2, timestamp: NOW - sceneId }));
  rig.put(...waiting, ...[2, 5, 9].map((status) => ({ sceneId: 10 + status, status })));
  return rig;
}

describe('dropping rows', () => {
  it('takes waiting rows out, never others, and restoring puts them back as they were', async () => {
    const rig = filledRig();
    const before = rig.rows();
    const dropped = await drop(rig, [1, 3, 4, 5, 6, 99]);
    expect(dropped).toEqual({ rows: 2, file: join(stateOf(rig), 'dropped-2027-01-15T08-00-00-000Z.db') });
    expect(rig.rows()).toEqual(before.filter(({ id }) => ![1, 3].includes(id)));
    expect(await restore(rig)).toEqual({ restored: 2, present: 0, superseded: 0 });
    expect(rig.rows()).toEqual(before.map((row) => (row.id <= 3 && row.id !== 2 ? { ...row, status: 0 } : row)));
  });

  it('leaves no file where nothing was waiting, and touches nothing for no ids or no queue', async () => {
    const rig = filledRig();
    expect(await drop(rig, [4, 5])).toEqual({ rows: 0, file: null });
    expect(readdirSync(stateOf(rig))).toEqual([]);
    const before = snapshot(rig.dataDir);
    expect(await drop(rig, [])).toEqual({ rows: 0, file: null });
    expect(snapshot(rig.dataDir)).toEqual(before);
    const none = new QueueRig();
    expect(await drop(none, [1])).toEqual({ rows: 0, file: null });
    expect(existsSync(none.file)).toBe(false);
  });

  it('drops nothing when the rows cannot be kept', async () => {
    const rig = filledRig();
    writeFileSync(stateOf(rig), 'a file in the way');
    const before = rig.rows();
    await expect(drop(rig, [1])).rejects.toMatchObject({ code: 'state_unwritable' });
    expect(rig.rows()).toEqual(before);
  });

  it('waits for another writer, and says so when it stays', async () => {
    const rig = filledRig();
    const other = rig.open();
    other.exec('BEGIN IMMEDIATE');
    await expect(drop(rig, [1], { busyTimeoutMs: 100 })).rejects.toMatchObject({ code: 'queue_busy' });
    other.exec('ROLLBACK');
    expect(existsSync(stateOf(rig))).toBe(false);
    expect((await drop(rig, [1])).rows).toBe(1);
  });

  it('takes back what the last run inserted', async () => {
    const rig = filledRig();
    const before = rig.rows();
    const { inserted } = await rig.commit([gapOf(50), gapOf(51), gapOf(2)]);
    expect(inserted).toEqual({ first: 7, last: 8 });
    const ids = Array.from({ length: 2 }, (_, i) => inserted!.first + i);
    expect((await drop(rig, ids)).rows).toBe(2);
    expect(rig.rows()).toEqual(before);
    expect((await rig.commit([gapOf(2)])).inserted).toBeNull();
  });
});

describe('restoring rows', () => {
  it('happens once, whatever has become of the rows since', async () => {
    const rig = filledRig();
    await drop(rig, [1, 2, 3]);
    expect((await restore(rig)).restored).toBe(3);
    expect(await restore(rig)).toEqual({ restored: 0, present: 3, superseded: 0 });
    rig.open().exec('UPDATE ack_queue_default SET status = 5');
    expect(await restore(rig)).toEqual({ restored: 0, present: 3, superseded: 0 });
  });

  it('changes nothing where a drop was killed between keeping and taking out', async () => {
    const rig = filledRig();
    const whole = readFileSync(rig.file);
    const before = rig.rows();
    await drop(rig, [1, 2]);
    writeFileSync(rig.file, whole);
    expect(await restore(rig)).toEqual({ restored: 0, present: 2, superseded: 0 });
    expect(rig.rows()).toEqual(before);
  });

  it('does not queue a scene twice that was queued again meanwhile', async () => {
    const rig = filledRig();
    await drop(rig, [1, 2]);
    await rig.commit([gapOf(1)]);
    expect(await restore(rig)).toEqual({ restored: 1, present: 0, superseded: 1 });
    expect(rig.rows().filter(({ sceneId }) => sceneId === 1)).toMatchObject([{ path: '/new/1.mp4' }]);
  });

  it('gives new ids in a queue that was made anew', async () => {
    const rig = filledRig();
    await drop(rig, [1, 2]);
    rig.open().exec(`DROP TABLE ack_queue_default; ${CREATE_TABLE}`);
    rig.put({ sceneId: 70 });
    expect(await restore(rig)).toEqual({ restored: 2, present: 0, superseded: 0 });
    expect(rig.rows().map(({ id, sceneId }) => [id, sceneId])).toEqual([
      [1, 70],
      [2, 1],
      [3, 2],
    ]);
  });

  it('takes the last drop, and refuses what no drop made', async () => {
    const rig = filledRig();
    expect(lastDropFile(stateOf(rig))).toBeUndefined();
    await drop(rig, [1]);
    const last = await drop(rig, [2], { now: NOW * 1000 + 1 });
    expect(lastDropFile(stateOf(rig))).toBe(last.file);
    for (const file of [rig.file, join(rig.dataDir, 'gone.db'), rig.dataDir]) {
      await expect(restore(rig, file)).rejects.toMatchObject({ code: 'input_file_invalid', exitCode: 2 });
    }
  });

  it.skipIf(!hasPersistQueue)(`leaves what the real library drains${because}`, async () => {
    const rig = new QueueRig();
    await rig.commit([1, 2, 3, 4].map((id) => gapOf(id)));
    await drop(rig, [2, 3]);
    const queue = join(rig.dataDir, 'queue');
    expect(python(DRAIN_QUEUE, { queue })).toEqual([1, 4]);
    await restore(rig);
    expect(python(DRAIN_QUEUE, { queue })).toEqual([2, 3]);
  });
});

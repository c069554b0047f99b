import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InterruptedError, QueueError } from '../../../src/main/errors.js';
import { commitGaps } from '../../../src/main/queue/commit.js';
import { OPEN_QUEUE, because, hasPersistQueue } from '../../support/python.js';
import { AS_OF, CREATE_TABLE, DAY, NOW, QueueRig, UPDATED, gapOf, jobOf, putRow } from './queue-rig.js';

const before = UPDATED - 60;
const after = UPDATED + 60;

/** Commits scene 1 (and 2, which keeps the commit busy) while another connection changes the queue after the decision. */
async function changedMeanwhile(rig: QueueRig, change: (other: Database.Database) => void) {
  const other = rig.open();
  const { actions } = await rig.commit([gapOf(1), gapOf(2)], {
    onDecided: () => {
      change(other);
    },
  });
  expect(actions[2]).toBe('enqueued');
  return { action: actions[1], rows: rig.rows().filter(({ sceneId }) => sceneId === 1) };
}

const status = (value: number) => (other: Database.Database) =>
  other.prepare('UPDATE ack_queue_default SET status = ?').run(value);

describe('what others do between the decision and the lock', () => {
  it('a job that was added is not doubled', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 7 });
    const { action, rows } = await changedMeanwhile(rig, (other) => {
      putRow(other, { enqueuedAt: after });
    });
    expect(action).toBe('already_queued');
    expect(rows).toMatchObject([{ path: '/old/1.mp4' }]);
  });

  it('a job with older data that was added is refreshed', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 7 });
    const { action, rows } = await changedMeanwhile(rig, (other) => {
      putRow(other, { enqueuedAt: before });
    });
    expect(action).toBe('refreshed');
    expect(rows).toMatchObject([{ path: '/new/1.mp4', enqueuedAt: AS_OF }]);
  });

  it('a job in a queue that did not exist before is not doubled', async () => {
    const rig = new QueueRig();
    const { actions } = await rig.commit([gapOf(1), gapOf(2)], {
      onDecided: () => {
        rig.put({ enqueuedAt: after });
      },
    });
    expect(actions).toEqual({ 1: 'already_queued', 2: 'enqueued' });
  });

  it('a job that was taken keeps the payload its worker is using', async () => {
    const rig = new QueueRig();
    rig.put({ enqueuedAt: before });
    const { action, rows } = await changedMeanwhile(rig, status(2));
    expect(action).toBe('already_queued');
    expect(rows).toMatchObject([{ path: '/old/1.mp4', status: 2 }]);
  });

  it('a job with older data that was done does not count', async () => {
    const rig = new QueueRig();
    rig.put({ enqueuedAt: before });
    const { action, rows } = await changedMeanwhile(rig, status(5));
    expect(action).toBe('enqueued');
    expect(rows).toMatchObject([{ path: '/old/1.mp4', status: 5 }, { path: '/new/1.mp4' }]);
  });

  it('a job that was done counts', async () => {
    const rig = new QueueRig();
    rig.put({ enqueuedAt: after });
    expect((await changedMeanwhile(rig, status(5))).action).toBe('recently_done');
  });

  it('a job that was done counts by the age of its row', async () => {
    const rig = new QueueRig();
    rig.put({ enqueuedAt: NOW - 8 * DAY });
    const other = rig.open();
    const onDecided = () => void status(5)(other);
    const { actions } = await rig.commit([gapOf(1, NOW - 30 * DAY), gapOf(2)], { onDecided });
    expect(actions).toEqual({ 1: 'enqueued', 2: 'enqueued' });
  });

  it.each([0, 2, 5])('a job that was deleted, having been in state %i, does not count', async (state) => {
    const rig = new QueueRig();
    rig.put({ enqueuedAt: after, status: state });
    const { action, rows } = await changedMeanwhile(rig, (other) => other.exec('DELETE FROM ack_queue_default'));
    expect(action).toBe('enqueued');
    expect(rows).toMatchObject([{ path: '/new/1.mp4' }]);
  });

  it('a payload that was replaced by newer data is not replaced again', async () => {
    const rig = new QueueRig();
    rig.put({ enqueuedAt: before });
    const { action, rows } = await changedMeanwhile(rig, (other) =>
      other.prepare('UPDATE ack_queue_default SET data = ?').run(jobOf(1, NOW + 5, '/newer/1.mp4')),
    );
    expect(action).toBe('already_queued');
    expect(rows).toMatchObject([{ path: '/newer/1.mp4', enqueuedAt: NOW + 5 }]);
  });

  it('a failure there writes nothing', async () => {
    const rig = new QueueRig();
    rig.put({ enqueuedAt: before });
    const rows = rig.rows();
    const onDecided = () => Promise.reject(new Error('stop'));
    await expect(rig.commit([gapOf(1), gapOf(2)], { onDecided })).rejects.toThrow('stop');
    expect(rig.rows()).toEqual(rows);
  });
});

const WRITER = `
  const Database = require('better-sqlite3');
  const database = new Database(process.argv[1], { timeout: 10_000 });
  const insert = database.prepare('INSERT INTO ack_queue_default (data, timestamp, status) VALUES (?, ?, 0)');
  const rows = require('node:fs').readFileSync(0, 'latin1').split(' ').map((row) => Buffer.from(row, 'hex'));
  console.log('begun');
  for (const row of rows) insert.run(row, ${NOW - 5});
  console.log('done');`;

describe('another process', () => {
  it('that adds jobs all the while never has one doubled', async () => {
    for (let round = 0; round < 4; round++) {
      const rig = new QueueRig();
      rig.put(...Array.from({ length: 3000 }, (_, i) => ({ sceneId: 10_000 + i })));
      const ids = Array.from({ length: 1500 }, (_, i) => i + 1);
      const rows = ids.map((id) => Buffer.from(jobOf(id, NOW - 5)).toString('hex'));
      const stage = rig.stage(ids.map((id) => gapOf(id)));
      const writer = spawn(process.execPath, ['-e', WRITER, rig.file]);
      writer.stdin.end(rows.join(' '));
      const lines = createInterface(writer.stdout)[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe('begun');
      await new Promise((resolve) => setTimeout(resolve, round * 5));
      await commitGaps(stage, rig.options());
      expect((await lines.next()).value).toBe('done');
      await once(writer, 'exit');
      const seen = new Set<number | undefined>();
      const doubled = rig.rows().filter(({ sceneId, path }) => {
        const again = seen.has(sceneId);
        seen.add(sceneId);
        return again && String(path).startsWith('/new/');
      });
      expect(doubled).toEqual([]);
    }
  });

  it.skipIf(!hasPersistQueue)(`that drains the queue with persist-queue is not disturbed${because}`, async () => {
    const rig = new QueueRig();
    rig.put(...Array.from({ length: 300 }, (_, i) => ({ sceneId: i + 1 })));
    const drain = `import sys, json, time
input = json.loads(sys.argv[1])${OPEN_QUEUE}
print("begun", flush=True)
done, idle = 0, 0
while idle < 20:
    job = q._pop()
    if job is None:
        idle += 1
        time.sleep(0.05)
        continue
    idle = 0
    q.ack(job)
    done += 1
print(done, flush=True)`;
    const worker = spawn('/usr/bin/python3', ['-c', drain, JSON.stringify({ queue: `${rig.dataDir}/queue` })]);
    onTestFinished(() => {
      worker.kill();
    });
    const lines = createInterface(worker.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('begun');
    const { counts } = await rig.commit(Array.from({ length: 1000 }, (_, i) => gapOf(i + 1)));
    expect(counts.enqueued + counts.already_queued + counts.recently_done).toBe(1000);
    expect((await lines.next()).value).toBe(String(300 + counts.enqueued));
    expect(rig.rows().every((row) => row.status === 5)).toBe(true);
    expect(new Set(rig.rows().map(({ sceneId }) => sceneId)).size).toBe(1000);
    expect(rig.open().pragma('integrity_check', { simple: true })).toBe('ok');
  });
});

describe('a lock held by another writer', () => {
  it('is waited for', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 7 });
    const other = rig.open();
    other.exec('BEGIN IMMEDIATE');
    setTimeout(() => other.exec('COMMIT'), 400);
    expect((await rig.commit([gapOf(1)])).counts.enqueued).toBe(1);
  });

  it('is waited for when only the commit is held up, by a reader of a file without WAL', async () => {
    const rig = new QueueRig();
    const other = rig.open();
    other.exec(CREATE_TABLE);
    putRow(other, { sceneId: 7 });
    other.exec('BEGIN');
    other.prepare('SELECT * FROM ack_queue_default').get();
    setTimeout(() => other.exec('COMMIT'), 400);
    expect((await rig.commit([gapOf(1)])).counts.enqueued).toBe(1);
    expect(rig.rows()).toHaveLength(2);
  });

  it('that stays ends the commit: nothing written, who and how long said', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 1, enqueuedAt: before });
    const rows = rig.rows();
    const other = rig.open();
    other.exec('BEGIN IMMEDIATE');
    const error: unknown = await rig.commit([gapOf(1), gapOf(2)], { busyTimeoutMs: 300 }).catch((e: unknown) => e);
    other.exec('ROLLBACK');
    if (!(error instanceof QueueError)) throw new Error('no QueueError');
    expect([error.code, error.message, error.hint]).toEqual([
      'queue_busy',
      `The queue ${rig.file} stayed locked by another program for 0.3 s`,
      'Nothing was queued. Run again when Stash2Plex is less busy.',
    ]);
    expect(rig.rows()).toEqual(rows);
  });

  it('does not keep an interruption from being heard', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 7 });
    const rows = rig.rows();
    const other = rig.open();
    other.exec('BEGIN IMMEDIATE');
    const interrupt = new AbortController();
    setTimeout(() => {
      interrupt.abort();
    }, 100);
    const begun = performance.now();
    await expect(rig.commit([gapOf(1)], { signal: interrupt.signal })).rejects.toThrow(InterruptedError);
    expect(performance.now() - begun).toBeLessThan(1000);
    other.exec('ROLLBACK');
    expect(rig.rows()).toEqual(rows);
  });
});

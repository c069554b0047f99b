import { chmodSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { QueueError } from '../../../src/main/errors.js';
import { checkQueueFile } from '../../../src/main/queue/check.js';
import { commitGaps } from '../../../src/main/queue/commit.js';
import { GapStage } from '../../../src/main/queue/stage.js';
import { snapshot } from '../../support/snapshot.js';
import { tempDir } from '../../support/temp-dir.js';
import { CREATE_TABLE, NOW, QueueRig, UPDATED, gapOf, jobOf, putRow } from './queue-rig.js';

/** The error a promise or function ends in. */
async function failure(action: () => unknown): Promise<{ code: string; message: string; hint: string | undefined }> {
  try {
    await action();
  } catch (error: unknown) {
    if (!(error instanceof QueueError)) throw error;
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  throw new Error('it did not fail');
}

describe('the queue file', () => {
  it('is made, with its directory, when there is a job to write', async () => {
    const rig = new QueueRig();
    await rig.commit([gapOf(1)]);
    expect(rig.files()).toEqual(['data.db']);
    const database = rig.open();
    expect(database.prepare('SELECT name FROM sqlite_master ORDER BY name').pluck().all()).toEqual([
      'ack_queue_default',
      'sqlite_sequence',
    ]);
    expect(
      ['journal_mode', 'page_size', 'user_version'].map((name) => database.pragma(name, { simple: true })),
    ).toEqual(['wal', 4096, 0]);
  });

  it.each([
    ['nothing to write', [{ ...gapOf(1), refusal: 'withheld' as const, job: undefined }], {}],
    ['no gap at all', [], {}],
    ['a dry run', [gapOf(1)], { dryRun: true }],
  ])('is not made for %s, nor is its directory', async (_, gaps, options) => {
    const rig = new QueueRig();
    await rig.commit(gaps, options);
    expect(existsSync(dirname(rig.file))).toBe(false);
  });

  it('keeps its journal mode and gets no second table', async () => {
    const rig = new QueueRig();
    const database = rig.open();
    database.pragma('journal_mode = DELETE');
    database.exec(CREATE_TABLE);
    expect((await rig.commit([gapOf(1)])).counts.enqueued).toBe(1);
    expect(database.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(database.prepare('SELECT count(*) FROM sqlite_master').pluck().get()).toBe(2);
  });

  it('gets its table where the database is empty: no byte, no table, or its last table dropped', async () => {
    const noByte = new QueueRig();
    mkdirSync(dirname(noByte.file));
    writeFileSync(noByte.file, '');
    const dropped = new QueueRig();
    dropped.open().exec('CREATE TABLE x (a INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE x');
    const cutShort = new QueueRig();
    cutShort.open().pragma('journal_mode = WAL');
    for (const rig of [noByte, dropped, cutShort]) {
      checkQueueFile(rig.file, 'write');
      expect((await rig.commit([gapOf(1)])).counts.enqueued).toBe(1);
      expect(rig.rows()).toHaveLength(1);
    }
  });

  it('of another program is refused and left alone', async () => {
    const rig = new QueueRig();
    rig.open().exec('CREATE TABLE albums (a); CREATE TABLE artists (a)');
    const before = rig.bytes();
    expect(await failure(() => rig.commit([gapOf(1)]))).toEqual({
      code: 'queue_unusable',
      message: `The queue ${rig.file} cannot be used: it has no table ack_queue_default, but albums, artists`,
      hint: 'Nothing was queued. Check the file, its permissions and free space, then run again.',
    });
    expect(rig.bytes()).toBe(before);
  });

  it('is read by a dry run without a trace', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 1 }, { sceneId: 2, enqueuedAt: UPDATED - 60 });
    const before = snapshot(rig.dataDir);
    const { actions } = await rig.commit([gapOf(1), gapOf(2), gapOf(3)], { dryRun: true });
    expect(actions).toEqual({ 1: 'already_queued', 2: 'refreshed', 3: 'enqueued' });
    expect(snapshot(rig.dataDir)).toEqual(before);
  });

  it.each(['wal', 'delete'])('is read by a dry run beside a program that has it open (%s)', async (mode) => {
    const rig = new QueueRig();
    const other = rig.open();
    other.pragma(`journal_mode = ${mode}`);
    other.exec(CREATE_TABLE);
    putRow(other, { sceneId: 1 });
    putRow(other, { sceneId: 2, enqueuedAt: UPDATED - 60 });
    const before = snapshot(rig.dataDir);
    const { actions } = await rig.commit([gapOf(1), gapOf(2), gapOf(3)], { dryRun: true });
    expect(actions).toEqual({ 1: 'already_queued', 2: 'refreshed', 3: 'enqueued' });
    expect(snapshot(rig.dataDir)).toEqual(before);
  });

  it('is read by a dry run with the log a killed process left, which stays', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 1 });
    dieAfterInsert(rig, 2);
    expect(rig.files()).toEqual(['data.db', 'data.db-shm', 'data.db-wal']);
    const before = snapshot(rig.dataDir);
    const { actions } = await rig.commit([gapOf(1), gapOf(2), gapOf(3)], { dryRun: true });
    expect(actions).toEqual({ 1: 'already_queued', 2: 'already_queued', 3: 'enqueued' });
    expect(snapshot(rig.dataDir)).toEqual(before);
    expect((await rig.commit([gapOf(2), gapOf(3)])).actions).toEqual({ 2: 'already_queued', 3: 'enqueued' });
  });
});

/** A process that inserts a row and dies without closing. */
function dieAfterInsert(rig: QueueRig, sceneId: number): void {
  const script = `
    const Database = require('better-sqlite3');
    const [file, row] = process.argv.slice(1);
    const database = new Database(file);
    database.prepare('INSERT INTO ack_queue_default (data, timestamp, status) VALUES (?, ?, 0)').run(Buffer.from(row, 'hex'), ${NOW - 5});
    process.kill(process.pid, 'SIGKILL');`;
  const row = Buffer.from(jobOf(sceneId, NOW - 5)).toString('hex');
  const { signal } = spawnSync(process.execPath, ['-e', script, rig.file, row]);
  if (signal !== 'SIGKILL') throw new Error('the process was not killed');
}

const isRoot = process.getuid?.() === 0;

describe('a queue that cannot be used', () => {
  const hint = 'Nothing was queued. Check the file, its permissions and free space, then run again.';

  it('is no database: said before the scan, and by the commit', async () => {
    const rig = new QueueRig();
    mkdirSync(dirname(rig.file));
    writeFileSync(rig.file, 'this is a text file, not a database');
    const code = 'queue_unusable';
    expect(
      await failure(() => {
        checkQueueFile(rig.file, 'write');
      }),
    ).toEqual({
      code,
      message: `The queue ${rig.file} cannot be used: it is not a SQLite database`,
      hint,
    });
    expect(await failure(() => rig.commit([gapOf(1)]))).toMatchObject({
      code,
      message: `The queue ${rig.file} cannot be used: the database is damaged (file is not a database)`,
    });
  });

  it('is damaged: nothing is written', async () => {
    const rig = new QueueRig();
    rig.put(...Array.from({ length: 400 }, (_, i) => ({ sceneId: i + 10 })));
    const size = readFileSync(rig.file).length;
    truncateSync(rig.file, size - 4096 * 3);
    const before = rig.bytes();
    const { code, message } = await failure(() => rig.commit([gapOf(1)]));
    expect(code).toBe('queue_unusable');
    expect(message).toMatch(/cannot be used: the database is damaged \(.+\)$/);
    expect(rig.bytes()).toBe(before);
  });

  it('lies where a directory or a file is in the way', async () => {
    const rig = new QueueRig();
    writeFileSync(join(rig.dataDir, 'queue'), 'a file');
    const message = expect.stringContaining(`The queue ${rig.file} cannot be used: `) as string;
    expect(
      await failure(() => {
        checkQueueFile(rig.file, 'write');
      }),
    ).toEqual({ code: 'queue_unusable', message, hint });
    expect(await failure(() => rig.commit([gapOf(1)]))).toEqual({ code: 'queue_unusable', message, hint });
    const other = new QueueRig();
    mkdirSync(other.file, { recursive: true });
    expect(
      (
        await failure(() => {
          checkQueueFile(other.file, 'write');
        })
      ).message,
    ).toBe(`The queue ${other.file} cannot be used: it is not a file`);
  });

  it('is on a full disk: all that was begun is undone', async () => {
    const rig = new QueueRig();
    rig.put({ sceneId: 1, enqueuedAt: UPDATED - 60 });
    const before = rig.rows();
    const stage = rig.stage(Array.from({ length: 2000 }, (_, i) => gapOf(i + 1)));
    // SQLite's own limit fails like a disk without space.
    const onDecided = () => void stage.database.pragma('queue.max_page_count = 20');
    expect(await failure(() => commitGaps(stage, rig.options({ onDecided })))).toEqual({
      code: 'queue_unusable',
      message: `The queue ${rig.file} cannot be used: the disk is full`,
      hint,
    });
    expect(rig.rows()).toEqual(before);
    expect(rig.open().pragma('integrity_check', { simple: true })).toBe('ok');
  });

  it.skipIf(isRoot)(`may not be written${isRoot ? ' (skipped: root may write anything)' : ''}`, async () => {
    const rig = new QueueRig();
    rig.put({});
    chmodSync(rig.file, 0o444);
    expect(
      (
        await failure(() => {
          checkQueueFile(rig.file, 'write');
        })
      ).message,
    ).toMatch(/cannot be written$/);
    expect((await failure(() => rig.commit([gapOf(2)]))).message).toMatch(/cannot be used: it is read-only$/);
  });

  it('is well when it may be made: nothing is made by the check', () => {
    const directory = tempDir();
    checkQueueFile(join(directory, 'deep', 'queue', 'data.db'), 'write');
    expect(existsSync(join(directory, 'deep'))).toBe(false);
  });
});

describe('the stage', () => {
  it('on a full disk says what to do', async () => {
    const stage = new GapStage();
    stage.database.pragma('main.max_page_count = 20');
    stage.addAll(Array.from({ length: 20_000 }, (_, i) => gapOf(i + 1)));
    expect(await failure(() => commitGaps(stage, new QueueRig().options()))).toEqual({
      code: 'queue_unusable',
      message: 'The jobs of this run cannot be kept until they are written: the disk is full',
      hint: 'Nothing was queued. Free space in the directory for temporary files, or name another with SQLITE_TMPDIR.',
    });
    stage.close();
  });

  it('keeps the last of two gaps of a scene, forgets what is taken back, and lists what changed by scene', async () => {
    const rig = new QueueRig();
    const stage = rig.stage([gapOf(30), gapOf(4), gapOf(5), gapOf(6)]);
    stage.addAll([{ ...gapOf(5), refusal: 'withheld', job: undefined }]);
    stage.remove(4);
    const { counts } = await commitGaps(stage, rig.options());
    expect(counts).toMatchObject({ enqueued: 2, withheld: 1 });
    expect(stage.actionCounts()).toEqual(counts);
    expect([...stage.changedGaps()]).toEqual([]);
    expect(rig.rows().map(({ sceneId }) => sceneId)).toEqual([6, 30]);
  });
});

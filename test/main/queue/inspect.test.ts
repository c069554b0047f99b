import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBreaker } from '../../../src/main/queue/breaker.js';
import { readDeadLetters } from '../../../src/main/queue/dead-letters.js';
import { inspectQueue, type QueueRow } from '../../../src/main/queue/inspect.js';
import { because, hasPersistQueue, python } from '../../support/python.js';
import { snapshot } from '../../support/snapshot.js';
import { tempDir } from '../../support/temp-dir.js';
import { CREATE_TABLE, NOW, QueueRig, jobOf } from './queue-rig.js';

const { signal } = new AbortController();
const rowsOf = (rig: QueueRig) => inspectQueue(rig.file, signal, (queue): QueueRow[] => [...queue.rows()]);

describe('the queue as it is shown', () => {
  it('lists rows with their state, kind and times, and counts them', async () => {
    const rig = new QueueRig();
    rig.put(
      { sceneId: 3, enqueuedAt: NOW - 50, timestamp: NOW - 40 },
      { sceneId: 4, enqueuedAt: NOW - 60, status: 1 },
      { sceneId: 5, enqueuedAt: NOW - 70, status: 2 },
      { sceneId: 6, enqueuedAt: NOW - 80, status: 5 },
      { sceneId: 7, enqueuedAt: NOW - 90, status: 9 },
      { sceneId: 8, status: 7 },
      { data: Buffer.from('junk'), timestamp: 'yesterday' },
    );
    const before = snapshot(rig.dataDir);
    const job = { kind: 'job', tries: 0, lastError: null } as const;
    expect(await rowsOf(rig)).toEqual([
      { id: 1, state: 'waiting', insertedAt: NOW - 40, ...job, sceneId: 3, enqueuedAt: NOW - 50, path: '/old/3.mp4' },
      { id: 2, state: 'waiting', insertedAt: NOW - 60, ...job, sceneId: 4, enqueuedAt: NOW - 60, path: '/old/4.mp4' },
      { id: 3, state: 'taken', insertedAt: NOW - 70, ...job, sceneId: 5, enqueuedAt: NOW - 70, path: '/old/5.mp4' },
      { id: 4, state: 'done', insertedAt: NOW - 80, ...job, sceneId: 6, enqueuedAt: NOW - 80, path: '/old/6.mp4' },
      { id: 5, state: 'given_up', insertedAt: NOW - 90, ...job, sceneId: 7, enqueuedAt: NOW - 90, path: '/old/7.mp4' },
      {
        id: 7,
        state: 'waiting',
        insertedAt: null,
        ...job,
        kind: 'undecodable',
        sceneId: null,
        enqueuedAt: null,
        path: null,
      },
    ]);
    expect(await inspectQueue(rig.file, signal, (queue) => queue.counts())).toEqual({
      waiting: { rows: 3, oldest: NOW - 60 },
      taken: { rows: 1, oldest: NOW - 70 },
      done: { rows: 1, oldest: NOW - 80 },
      given_up: { rows: 1, oldest: NOW - 90 },
    });
    const some = await inspectQueue(rig.file, signal, (queue) => [
      [...queue.rows({ states: ['done', 'taken'] })].map(({ id }) => id),
      [...queue.rows({ sceneId: 4 })].map(({ id }) => id),
    ]);
    expect(some).toEqual([[3, 4], [2]]);
    expect(snapshot(rig.dataDir)).toEqual(before);
  });

  it.skipIf(!hasPersistQueue)(`finds the rows of a scene however they are pickled${because}`, async () => {
    const ids = [1, 10, 75, 127, 128, 255, 256, 1004, 32768, 65535, 65536, 8388608, 2 ** 31 - 1];
    const pickles = python(
      `
import pickle
jobs = [{'scene_id': i, 'enqueued_at': 5.5, 'data': {'path': 'a'}} for n in input for i in (n, str(n), ' %d ' % n)]
print(json.dumps([pickle.dumps(j, p).hex() for j in jobs for p in range(1, pickle.HIGHEST_PROTOCOL + 1)]))`,
      ids,
    ) as string[];
    const rig = new QueueRig();
    rig.put(...pickles.map((hex) => ({ data: Buffer.from(hex, 'hex') })));
    const all = await rowsOf(rig);
    for (const sceneId of ids) {
      const found = await inspectQueue(rig.file, signal, (queue) => [...queue.rows({ sceneId })]);
      expect(found).toEqual(all.filter((row) => row.sceneId === sceneId));
      expect(found.length).toBe(pickles.length / ids.length);
    }
  });

  it.skipIf(!hasPersistQueue)(
    `calls what the worker would stop at undecodable, and a second try a retry${because}`,
    async () => {
      const rig = new QueueRig();
      const good = { scene_id: 1, enqueued_at: 5.5, data: { path: 'a' } };
      const jobs = [
        [good, 'job'],
        [{ ...good, scene_id: '12' }, 'job'],
        [{ ...good, retry_count: 2, last_error_type: 'PlexNotFound' }, 'retry'],
        [{ ...good, scene_id: 'abc' }, 'undecodable'],
        [{ ...good, enqueued_at: null }, 'undecodable'],
        [{ ...good, data: 'text' }, 'undecodable'],
        [{ scene_id: 1 }, 'undecodable'],
        [[1, 2], 'undecodable'],
      ] as const;
      const dump =
        'import pickle, base64\nprint(json.dumps([base64.b64encode(pickle.dumps(j, 4)).decode() for j in input]))';
      const pickles = python(
        dump,
        jobs.map(([job]) => job),
      ) as string[];
      rig.put(...pickles.map((text) => ({ data: Buffer.from(text, 'base64'), timestamp: NOW })));
      const rows = await rowsOf(rig);
      expect(rows.map(({ kind }) => kind)).toEqual(jobs.map(([, kind]) => kind));
      expect(rows[2]).toMatchObject({ tries: 2, lastError: 'PlexNotFound' });
    },
  );

  it('is empty where there is no file, no byte or no table, and nothing is made', async () => {
    const rig = new QueueRig();
    expect(await rowsOf(rig)).toEqual([]);
    mkdirSync(dirname(rig.file));
    writeFileSync(rig.file, '');
    expect(await rowsOf(rig)).toEqual([]);
    const cutShort = new QueueRig();
    cutShort.open().pragma('journal_mode = WAL');
    expect(await rowsOf(cutShort)).toEqual([]);
    expect(rig.files()).toEqual(['data.db']);
  });

  it('of another program is refused', async () => {
    const rig = new QueueRig();
    rig.open().exec('CREATE TABLE albums (a)');
    await expect(rowsOf(rig)).rejects.toMatchObject({ code: 'queue_unusable' });
    writeFileSync(rig.file, 'no database');
    await expect(rowsOf(rig)).rejects.toMatchObject({ code: 'queue_unusable' });
  });

  it.each(['wal', 'delete'])(
    'is whole at every look while another process writes and checkpoints (%s)',
    async (mode) => {
      const rig = new QueueRig();
      const database = rig.open();
      database.pragma(`journal_mode = ${mode}`);
      database.exec(CREATE_TABLE);
      database.close();
      // Every transaction adds two rows and moves all others: half of one would show as an odd or uneven sum.
      const script = `
      const Database = require('better-sqlite3');
      const [file, row] = process.argv.slice(1);
      const database = new Database(file, { timeout: 20000 });
      database.pragma('wal_autocheckpoint = 10');
      database.pragma('synchronous = OFF');
      const insert = database.prepare('INSERT INTO ack_queue_default (data, timestamp, status) VALUES (?, ?, 0)');
      let turn = 0;
      const write = database.transaction(() => {
        turn++;
        for (const _ of [1, 2]) insert.run(Buffer.from(row, 'hex'), turn);
        database.prepare('UPDATE ack_queue_default SET timestamp = ?').run(turn);
        database.prepare('DELETE FROM ack_queue_default WHERE _id <= ?').run(turn * 2 - 400);
      });
      process.stdin.on('data', () => process.exit(0));
      const loop = () => { write(); if (turn === 1) console.log('begun'); setTimeout(loop, turn % 4); };
      loop();`;
      const writer = spawn(process.execPath, ['-e', script, rig.file, Buffer.from(jobOf(1, NOW)).toString('hex')]);
      onTestFinished(() => void writer.kill());
      await once(createInterface(writer.stdout), 'line');
      const turns = new Set<number | null>();
      let looks = 0;
      for (; looks < 20; looks++) {
        const rows = await rowsOf(rig).catch((error: unknown) => {
          // Without a log, a file that never rests cannot be copied: said, never guessed.
          expect(error).toMatchObject({ code: 'queue_busy' });
          return undefined;
        });
        if (rows === undefined) continue;
        expect(rows.length % 2).toBe(0);
        expect(new Set(rows.map(({ insertedAt }) => insertedAt)).size).toBe(1);
        turns.add(rows[0]!.insertedAt);
      }
      writer.stdin.write('stop');
      await once(writer, 'exit');
      if (mode === 'wal') expect(turns.size).toBeGreaterThan(1);
      expect((await rowsOf(rig)).length % 2).toBe(0);
    },
  );
});

describe('dead letters', () => {
  const CREATE = `CREATE TABLE dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT, job_id INTEGER, scene_id INTEGER,
    job_data BLOB, error_type TEXT, error_message TEXT, stack_trace TEXT, retry_count INTEGER,
    failed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)`;

  it('are grouped by error, and the last of each scene is known', async () => {
    const directory = tempDir();
    const path = join(directory, 'dlq.db');
    const database = new Database(path);
    database.exec(CREATE);
    const add = database.prepare(
      "INSERT INTO dead_letters (scene_id, error_type, error_message, retry_count, failed_at) VALUES (?, ?, ?, ?, '2026-01-01 00:00:00')",
    );
    add.run(1, 'PlexNotFound', 'first', 12);
    add.run(2, 'PlexNotFound', 'x', 12);
    add.run(1, 'Transient', 'last', 5);
    add.run(null, null, null, null);
    database.close();
    const before = snapshot(directory);
    const { byError, byScene } = await readDeadLetters(path, signal);
    expect(byError).toEqual([
      { error: 'PlexNotFound', rows: 2 },
      { error: '', rows: 1 },
      { error: 'Transient', rows: 1 },
    ]);
    expect([...byScene.keys()]).toEqual([1, 2]);
    expect(byScene.get(1)).toEqual({
      sceneId: 1,
      error: 'Transient',
      message: 'last',
      tries: 5,
      failedAt: '2026-01-01 00:00:00',
    });
    expect(snapshot(directory)).toEqual(before);
  });

  it('are none where there is no file or no table', async () => {
    const path = join(tempDir(), 'dlq.db');
    expect((await readDeadLetters(path, signal)).byError).toEqual([]);
    new Database(path).exec('CREATE TABLE x (a)').close();
    expect((await readDeadLetters(path, signal)).byError).toEqual([]);
  });
});

describe('the circuit breaker', () => {
  it.each([
    [undefined, { state: 'closed', since: null }],
    ['{"state":"closed","failure_count":0,"success_count":0,"opened_at":null}', { state: 'closed', since: null }],
    [
      '{"state":"open","failure_count":5,"success_count":0,"opened_at":1767225600.5}',
      { state: 'open', since: 1767225600.5 },
    ],
    ['{"state":"half_open","failure_count":5,"success_count":0,"opened_at":5}', { state: 'half_open', since: 5 }],
    ['{"state":"ajar"}', { state: 'unknown', since: null }],
    ['{"state":"op', { state: 'unknown', since: null }],
    ['[]', { state: 'unknown', since: null }],
  ])('%s', (text, expected) => {
    const path = join(tempDir(), 'circuit_breaker.json');
    if (text !== undefined) writeFileSync(path, text);
    expect(readBreaker(path)).toEqual(expected);
  });
});

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { startCli } from '../../support/cli.js';
import { runs } from '../../support/property.js';
import { OPEN_QUEUE, hasPersistQueue, python } from '../../support/python.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';
import { until } from '../../support/until.js';

const world = makeDemoWorld({ scenes: 1000, seed: 21 });

/** Rows in the queue; 0 when there is no file or no table yet. Fails when the database is not sound. */
function soundRows(queueFile: string): number {
  if (!existsSync(queueFile)) return 0;
  const database = new Database(queueFile);
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'ack_queue_default'").all();
    return tables.length === 0
      ? 0
      : (database.prepare('SELECT count(*) FROM ack_queue_default').pluck().get() as number);
  } finally {
    database.close();
  }
}

/** A moment of a scan, given its rig and how many requests were made before it. */
type Moment = (rig: ScanRig, before: number) => Promise<void>;

/** Starts a scan and kills it with SIGKILL at a moment, or lets it end before. */
async function killed(rig: ScanRig, moment: Moment): Promise<void> {
  const process = startCli(['scan', '--quiet', '--threads', '1'], cliEnvironment(rig));
  await Promise.race([moment(rig, requests(rig)), process.ended]);
  process.kill('SIGKILL');
  await process.ended;
}

const requests = ({ stash, plex }: ScanRig) => stash.requests.length + plex.requests.length;

/** Looks at the disk as often as it can: what it waits for may be there for a millisecond. */
async function untilThere(path: string, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!existsSync(path) && performance.now() < end) await nextTurn();
}

/** Every request and every file that a scan makes, and what lies behind the last request by the millisecond. */
function moments(requestsPerRun: number): [name: string, moment: Moment][] {
  const step = Math.max(1, Math.floor(requestsPerRun / runs(6)));
  const numbers = Array.from({ length: requestsPerRun }, (_, i) => i + 1).filter((n) => n % step === 0);
  const files = [
    'queue',
    'queue/data.db',
    'queue/data.db-journal',
    'queue/data.db-wal',
    'gapscan/known-matches.msgpack',
  ];
  const delays = Array.from({ length: runs(6) }, (_, i) => i * 8);
  const after = (count: number) => (rig: ScanRig, before: number) => until(() => requests(rig) - before >= count);
  return [
    ...numbers.map((n): [string, Moment] => [`request ${n}`, after(n)]),
    ...files.map((name): [string, Moment] => [name, (rig) => untilThere(join(rig.dataDir, name))]),
    ...delays.map((ms): [string, Moment] => [
      `${ms} ms later`,
      async (rig, before) => {
        await after(requestsPerRun)(rig, before);
        await sleep(ms);
      },
    ]),
  ];
}

describe('kill -9', () => {
  it('at every stage leaves all rows or none, a sound file, and a lock that is free', async () => {
    const rig = await scanRig(world);
    const whole = (await scan({ ...rig.options, dryRun: true })).queue.enqueued;
    expect(whole).toBeGreaterThan(0);
    const perRun = requests(rig);
    for (const [name, moment] of moments(perRun)) {
      // From nothing each time: once the jobs are in, no later run would write.
      for (const directory of ['queue', 'gapscan'])
        rmSync(join(rig.dataDir, directory), { recursive: true, force: true });
      await killed(rig, moment);
      const rows = soundRows(rig.queueFile);
      expect([0, whole], name).toContain(rows);
      const { queue } = await scan({ ...rig.options, threads: 0 });
      expect([queue.enqueued, queue.already_queued], name).toEqual(rows === 0 ? [whole, 0] : [0, whole]);
      expect(soundRows(rig.queueFile), name).toBe(whole);
      expectOnlyTheQueue(rig.queueFile);
    }
    if (hasPersistQueue) expect(python(`${OPEN_QUEUE}print(q.size)`, { queue: dirname(rig.queueFile) })).toBe(whole);
  }, 300_000);
});

/**
 * Killed before its journal was worth anything, SQLite leaves one that is not hot: no reader heeds it, and none takes it away.
 * The next write does.
 */
function expectOnlyTheQueue(queueFile: string): void {
  const database = new Database(queueFile);
  database.exec('BEGIN IMMEDIATE; UPDATE ack_queue_default SET status = status WHERE _id = 1; COMMIT');
  database.close();
  expect(readdirSync(dirname(queueFile))).toEqual(['data.db']);
}

describe('running again', () => {
  it('fifty times enqueues nothing new', async () => {
    const rig = await scanRig(makeDemoWorld({ scenes: 200, seed: 5 }));
    const first = await scan(rig.options);
    for (let run = 0; run < 50; run++) {
      const { queue, verdicts } = await scan({ ...rig.options, threads: 0 });
      expect(verdicts).toEqual(first.verdicts);
      expect(queue).toEqual({ ...first.queue, enqueued: 0, already_queued: first.queue.enqueued });
    }
    expect(soundRows(rig.queueFile)).toBe(first.queue.enqueued);
  }, 60_000);

  it('two at once: one works, the other says who holds the lock and exits 6', async () => {
    const rig = await scanRig(world);
    // The first gets no further than this, so that it is still there when the second has started, however slow that is.
    const isPage = ({ body }: { readonly body: string }) => body.includes('ScenePage');
    rig.stash.fault = (request) => (isPage(request) ? { kind: 'hang' } : undefined);
    const first = startCli(['scan', '--quiet'], cliEnvironment(rig));
    await until(() => rig.stash.requests.some(isPage));
    const second = await startCli(['scan', '--quiet'], cliEnvironment(rig)).ended;
    expect([second.code, second.stdout]).toEqual([6, '']);
    expect(second.stderr).toMatch(
      new RegExp(`^gapscan: Another gapscan run holds the lock .* \\(process ${first.pid}, for \\d+ s\\)\\n`),
    );
    first.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    rig.stash.fault = undefined;
    // 3: the demo world has a scene that cannot be read.
    expect((await startCli(['scan', '--quiet'], cliEnvironment(rig)).ended).code).toBe(3);
  });

  it('a stale scene whose old job was done two days ago is enqueued again, once', async () => {
    const updated = Math.floor(Date.now() / 1000) - 3600;
    const [scene] = world.scenes.filter(({ id }) => world.expected.get(id) === 'stale');
    const fresh = { ...scene!, updated_at: new Date(updated * 1000).toISOString() };
    const rig = await scanRig({ ...world, scenes: [fresh], syncTimestamps: { [fresh.id]: updated - 2 * 86_400 } });
    await scan(rig.options);
    const database = new Database(rig.queueFile);
    database.exec(`UPDATE ack_queue_default SET status = 5, timestamp = timestamp - 2 * 86400`);
    const data = database.prepare('SELECT data FROM ack_queue_default').pluck().get() as Buffer;
    // enqueued_at stands in front of job_key as a big-endian double.
    const at = data.indexOf('enqueued_at') + 'enqueued_at'.length + 1;
    data.writeDoubleBE(data.readDoubleBE(at) - 2 * 86_400, at);
    database.prepare('UPDATE ack_queue_default SET data = ?').run(data);
    database.close();
    expect((await scan(rig.options)).queue).toMatchObject({ enqueued: 1, recently_done: 0 });
    expect((await scan(rig.options)).queue).toMatchObject({ enqueued: 0, already_queued: 1 });
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { startCli } from '../../support/cli.js';
import { OPEN_QUEUE, hasPersistQueue, python } from '../../support/python.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const world = makeDemoWorld({ scenes: 3000, seed: 21 });

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

/** Starts a scan and kills it with SIGKILL once `when` says so. */
async function killed(rig: ScanRig, when: () => Promise<void>): Promise<void> {
  const process = startCli(['scan', '--quiet', '--threads', '1'], cliEnvironment(rig));
  await Promise.race([when(), process.ended]);
  process.kill('SIGKILL');
  await process.ended;
}

const requests = ({ stash, plex }: ScanRig) => stash.requests.length + plex.requests.length;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

describe('kill -9', () => {
  it('at every stage leaves all rows or none, a sound file, and a lock that is free', async () => {
    const rig = await scanRig(world);
    const whole = (await scan({ ...rig.options, dryRun: true })).queue.enqueued;
    const perRun = requests(rig);
    const stages = Array.from({ length: perRun }, (_, i) => i + 1);
    // Behind the last request lie merge, commit and state: those are walked by the millisecond.
    const after = Array.from({ length: 20 }, (_, i) => i * 4);
    let full = 0;
    for (const [stage, delay] of [...stages.map((n) => [n, 0] as const), ...after.map((ms) => [perRun, ms] as const)]) {
      const start = requests(rig);
      await killed(rig, async () => {
        await until(() => requests(rig) - start >= stage);
        await sleep(delay);
      });
      const rows = soundRows(rig.queueFile);
      expect([0, whole]).toContain(rows);
      if (rows === whole) full++;
    }
    const { queue } = await scan(rig.options);
    expect(queue.enqueued + queue.already_queued).toBe(whole);
    expect(soundRows(rig.queueFile)).toBe(whole);
    expect(readdirSync(dirname(rig.queueFile))).toEqual(['data.db']);
    expect(full).toBeLessThanOrEqual(stages.length + after.length);
    if (hasPersistQueue) expect(python(`${OPEN_QUEUE}print(q.size)`, { queue: dirname(rig.queueFile) })).toBe(whole);
  }, 120_000);
});

describe('running again', () => {
  it('fifty times enqueues nothing new', async () => {
    const rig = await scanRig(makeDemoWorld({ scenes: 400, seed: 5 }));
    const first = await scan(rig.options);
    for (let run = 0; run < 50; run++) {
      const { queue, verdicts } = await scan(rig.options);
      expect(verdicts).toEqual(first.verdicts);
      expect(queue).toEqual({ ...first.queue, enqueued: 0, already_queued: first.queue.enqueued });
    }
    expect(soundRows(rig.queueFile)).toBe(first.queue.enqueued);
  }, 60_000);

  it('two at once: one works, the other says who holds the lock and exits 6', async () => {
    const rig = await scanRig(world);
    rig.stash.fault = () => ({ kind: 'delay', ms: 100 });
    const first = startCli(['scan', '--quiet'], cliEnvironment(rig));
    await until(() => requests(rig) >= 2);
    const second = await startCli(['scan', '--quiet'], cliEnvironment(rig)).ended;
    expect([second.code, second.stdout]).toEqual([6, '']);
    expect(second.stderr).toMatch(
      new RegExp(`^gapscan: Another gapscan run holds the lock .* \\(process ${first.pid}, for \\d+ s\\)\\n`),
    );
    // 3: the demo world has a scene that cannot be read.
    expect((await first.ended).code).toBe(3);
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

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { answerCli } from '../../support/pseudo-terminal.js';
import { putJobs } from '../../support/put-jobs.js';
import { DRAIN_QUEUE, because, hasPersistQueue, python } from '../../support/python.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';
import { snapshot } from '../../support/snapshot.js';

const file = (path: string, size: number) => ({ path, size, duration: 10 });
const part = (path: string, size: number) => ({ file: path, size, duration: 10_000 });

/** Scene 1 has an item of its own, 2 none, 3 none but another item has its name, 4 shares its name with another, 5 is in sync. */
const world = {
  scenes: [
    sampleScene({ id: 1, details: 'd', files: [file('/s/1.mp4', 11)] }),
    sampleScene({ id: 2, details: 'd', files: [file('/s/2.mp4', 12)] }),
    sampleScene({ id: 3, details: 'd', files: [file('/s/3.mp4', 13)] }),
    sampleScene({ id: 4, details: 'd', files: [file('/s/a/4.mp4', 14)] }),
    sampleScene({ id: 5, details: 'd', files: [file('/s/5.mp4', 15)] }),
    sampleScene({ id: 6, details: 'd', files: [file('/s/\u00e96.mp4', 16)] }),
    sampleScene({ id: 7, details: 'd', files: [file('/s/7.mp4', 17)] }),
  ],
  items: [
    sampleItem({ ratingKey: '1', parts: [part('/p/1.mp4', 11)] }),
    sampleItem({ ratingKey: '3', parts: [{ file: '/p/other/3.mp4', size: 9999, duration: 99_000 }] }),
    sampleItem({ ratingKey: '4', parts: [part('/p/a/4.mp4', 14)] }),
    sampleItem({ ratingKey: '40', parts: [{ file: '/p/b/4.mp4', size: 8888, duration: 88_000 }] }),
    sampleItem({ ratingKey: '5', parts: [part('/p/5.mp4', 15)] }),
    sampleItem({ ratingKey: '6', parts: [part('/p/E\u03016.MP4', 16)] }),
    sampleItem({ ratingKey: '7', parts: [part('C:\\v\\7.mp4', 17)] }),
  ],
  syncTimestamps: { 5: 1_790_000_000 },
};

/** Row ids are 100 more than scene ids. */
async function rigWithRows(): Promise<ScanRig> {
  const rig = await scanRig(world);
  const placeholders = Array.from({ length: 100 }, () => ({ sceneId: 900, status: 5, timestamp: 1_700_000_000 }));
  putJobs(
    rig.queueFile,
    ...placeholders,
    { sceneId: 1 },
    { sceneId: 2, timestamp: 1_779_000_000 },
    { sceneId: 3 },
    { sceneId: 4, path: '/s/a/4.mp4' },
    { sceneId: 5 },
    { sceneId: 6, path: '/s/\u00e96.mp4' },
    { sceneId: 7, path: '/s/C:\\v\\7.mp4' },
    { data: Buffer.from('no pickle') },
    { sceneId: 9, path: '/s/nowhere.mp4', status: 2 },
    { sceneId: 10, path: '/s/1.mp4', status: 1 },
    { sceneId: 11, path: '/s/11.mp4', status: 9 },
  );
  return rig;
}

/** Failing questions are not asked for long. */
function configOf(rig: ScanRig): string {
  const path = join(rig.dataDir, 'patience.yml');
  writeFileSync(path, 'retries: 0\n');
  return path;
}

const queue = async (rig: ScanRig, ...args: string[]) => {
  const { code, stdout, stderr } = await runCli(['queue', ...args], cliEnvironment(rig));
  return { code, stdout, stderr };
};
const json = async (rig: ScanRig, ...args: string[]) => {
  const { code, stdout, stderr } = await queue(rig, ...args, '--json');
  return { code, stderr, answer: JSON.parse(stdout) as Answer };
};
interface Answer {
  readonly schema: string;
  readonly rows: {
    readonly id: number;
    readonly state: string;
    readonly kind: string;
    readonly sceneId: number | null;
  }[];
  readonly dropped: number;
  readonly file: string | null;
}
const waitingIds = async (rig: ScanRig) => {
  const { answer } = await json(rig, 'list', '--state', 'waiting');
  return answer.rows.map(({ id }) => id).sort((a, b) => a - b);
};
const ALL_WAITING = [101, 102, 103, 104, 105, 106, 107, 108, 110];
const without = (...ids: number[]) => ALL_WAITING.filter((id) => !ids.includes(id));

describe('gapscan queue list', () => {
  it('lists rows by state, kind and age, and leaves no trace', async () => {
    const rig = await rigWithRows();
    const before = snapshot(rig.dataDir);
    const { code, answer } = await json(rig, 'list');
    expect([code, answer.schema, answer.rows.length]).toEqual([0, 'gapscan.queue/1', 111]);
    expect(answer.rows[0]).toEqual({
      id: 102,
      state: 'waiting',
      kind: 'job',
      sceneId: 2,
      insertedAt: new Date(1_779_000_000_000).toISOString(),
      enqueuedAt: new Date(1_779_000_000_000).toISOString(),
      path: '/s/2.mp4',
      tries: 0,
      lastError: null,
    });
    expect([...new Set(answer.rows.map(({ state }) => state))]).toEqual(['waiting', 'taken', 'done', 'given_up']);
    expect(answer.rows.filter(({ kind }) => kind === 'undecodable').map(({ id, sceneId }) => [id, sceneId])).toEqual([
      [108, null],
    ]);
    expect(snapshot(rig.dataDir)).toEqual(before);
  });

  it('needs no server for it, and takes only what is asked for', async () => {
    const rig = await rigWithRows();
    const env = { GAPSCAN_DATA_DIR: rig.dataDir };
    const rows = async (...args: string[]) => {
      const { stdout } = await runCli(['queue', 'list', '--json', ...args], env);
      return (JSON.parse(stdout) as Answer).rows.map(({ id }) => id);
    };
    expect(await rows('--state', 'taken,given_up')).toEqual([109, 111]);
    expect(await rows('--kind', 'undecodable')).toEqual([108]);
    expect(await rows('--scenes', '2,9')).toEqual([102, 109]);
    expect((await rows('--older-than', '1s', '--state', 'done')).length).toBe(100);
    const { stdout } = await runCli(['queue', 'list'], env);
    expect(stdout).toMatch(/^ +8 {2}waiting +job +oldest .*\n +1 {2}waiting +undecodable/);
    expect(stdout).toContain('row 102, scene 2: waiting job');
    expect(rig.stash.requests.length + rig.plex.requests.length).toBe(0);
  });

  it('says that there is nothing where there is no queue', async () => {
    const rig = await scanRig(world);
    expect(await queue(rig, 'list')).toEqual({ code: 0, stdout: 'No rows\n', stderr: '' });
    expect(existsSync(rig.queueFile)).toBe(false);
  });
});

describe('gapscan queue drop', () => {
  it.each([
    [['--missing'], [102]],
    [['--unsafe'], [103, 104, 110]],
    [['--undecodable'], [108]],
    [
      ['--ids', '101-102,109,111'],
      [101, 102],
    ],
    [
      ['--scenes', '1,9,10'],
      [101, 110],
    ],
    [
      ['--missing', '--undecodable'],
      [102, 108],
    ],
  ])('%j takes out %j', async (args, ids) => {
    const rig = await rigWithRows();
    const dry = await json(rig, 'drop', ...args, '--dry-run');
    expect(dry).toMatchObject({ code: 0, answer: { dryRun: true, dropped: 0, file: null } });
    expect(dry.answer.rows.map(({ id }) => id)).toEqual(ids);
    expect(await waitingIds(rig)).toEqual(ALL_WAITING);
    const { code, answer } = await json(rig, 'drop', ...args, '--yes');
    expect([code, answer.dropped, answer.rows.map(({ id }) => id)]).toEqual([0, ids.length, ids]);
    expect(existsSync(answer.file ?? '')).toBe(true);
    expect(await waitingIds(rig)).toEqual(without(...ids));
  });

  it.each([
    [['drop'], 'needs to know which rows'],
    [['drop', '--ids', '101'], 'nobody to ask'],
    [['drop', '--missing'], 'nobody to ask'],
    [['list', '--missing'], 'does not take --missing'],
    [['restore', '--ids', '1'], 'does not take --ids'],
    [['drop', 'x', '--ids', '1', '--yes'], 'takes only flags'],
    [['drop', '--run', 'first', '--yes'], '--run'],
    [[], 'Expected list, drop or restore'],
  ])('%j is refused, and nothing is changed', async (args, message) => {
    const rig = await rigWithRows();
    const before = snapshot(rig.dataDir);
    const { code, stdout, stderr } = await queue(rig, ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(snapshot(rig.dataDir)).toEqual(before);
    expect(rig.plex.requests.length).toBe(0);
  });

  it('changes nothing when a server fails: a failed question is not a "no"', async () => {
    const rig = await rigWithRows();
    rig.plex.fault = ({ path }) => (path.includes('/all') ? { kind: 'status', status: 500 } : undefined);
    const { code } = await runCli(
      ['queue', 'drop', '--missing', '--yes', '--config', configOf(rig)],
      cliEnvironment(rig),
    );
    expect(code).toBe(4);
    expect(await waitingIds(rig)).toEqual(ALL_WAITING);
  });

  it('trips over a Plex that has lost its items, as a scan does', async () => {
    const rig = await rigWithRows();
    expect((await runCli(['scan', '-q'], cliEnvironment(rig))).code).toBe(0);
    Object.assign(rig.plex.state, {
      world: {
        ...rig.plex.state.world,
        sections: rig.plex.state.world.sections.map((section) => ({ ...section, items: [] })),
      },
    });
    const { code, stderr } = await queue(rig, 'drop', '--missing', '--yes');
    expect([code, stderr]).toEqual([5, expect.stringContaining('Clips') as string]);
  });

  it.skipIf(!hasPersistQueue)('asks on a terminal, and takes a no for an answer', async () => {
    const rig = await rigWithRows();
    const no = await answerCli(['queue', 'drop', '--ids', '101'], cliEnvironment(rig), '\r');
    expect([no.code, no.asked]).toEqual([0, true]);
    expect(no.said).toContain('Nothing was dropped');
    expect(await waitingIds(rig)).toEqual(ALL_WAITING);
    const yes = await answerCli(['queue', 'drop', '--ids', '101'], cliEnvironment(rig), 'y\r');
    expect([yes.code, yes.asked]).toEqual([0, true]);
    expect(await waitingIds(rig)).toEqual(without(101));
  });

  it('undoes the last run, and only that', async () => {
    const rig = await rigWithRows();
    const rowIds = () => waitingIds(rig);
    const none = await json(rig, 'drop', '--run', 'last', '--yes');
    expect([none.answer.dropped, none.stderr]).toEqual([0, 'Warning: No run is known\n']);
    // Of the seven scenes only 2 to 4 are without a waiting job by now.
    await json(rig, 'drop', '--scenes', '2,3,4', '--yes');
    expect((await runCli(['scan', '-q'], cliEnvironment(rig))).code).toBe(0);
    expect((await rowIds()).filter((id) => id > 111)).toEqual([112]);
    expect((await runCli(['scan', '-q', '--dry-run'], cliEnvironment(rig))).code).toBe(0);
    expect((await json(rig, 'drop', '--run', 'last', '--yes')).answer.rows.map(({ sceneId }) => sceneId)).toEqual([2]);
    expect(await rowIds()).toEqual(without(102, 103, 104));
  });
});

describe('gapscan queue restore', () => {
  it('puts the last drop back, once', async () => {
    const rig = await rigWithRows();
    const { answer } = await json(rig, 'drop', '--ids', '101,102', '--yes');
    const first = await json(rig, 'restore');
    expect(first.answer).toEqual({
      schema: 'gapscan.queue/1',
      action: 'restore',
      file: answer.file,
      restored: 2,
      present: 0,
      superseded: 0,
    });
    expect(await waitingIds(rig)).toEqual(ALL_WAITING);
    expect((await queue(rig, 'restore', answer.file ?? '')).stdout).toBe(
      `0 rows put back from ${answer.file}; 2 were there already\n`,
    );
    expect(await waitingIds(rig)).toEqual(ALL_WAITING);
  });

  it('says that there is nothing to put back', async () => {
    const rig = await rigWithRows();
    expect(await queue(rig, 'restore')).toMatchObject({ code: 2, stdout: '' });
    expect(await queue(rig, 'restore', rig.queueFile)).toMatchObject({ code: 2, stdout: '' });
    expect(readdirSync(rig.dataDir).sort()).toEqual(['queue', 'sync_timestamps.json']);
  });

  it.skipIf(!hasPersistQueue)(`lets the real library drain what was put back${because}`, async () => {
    const rig = await scanRig(world);
    expect((await runCli(['scan', '-q'], cliEnvironment(rig))).code).toBe(0);
    const queued = rig.rows().map(({ job }) => job.get('scene_id'));
    expect((await json(rig, 'drop', '--run', 'last', '--yes')).answer.dropped).toBe(queued.length);
    expect(rig.rows()).toEqual([]);
    await json(rig, 'restore');
    expect(queued.length).toBeGreaterThan(2);
    expect(python(DRAIN_QUEUE, { queue: join(rig.dataDir, 'queue') })).toEqual(queued);
  });
});

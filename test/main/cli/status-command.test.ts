import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { readRunHistory } from '../../../src/main/state/run-history.js';
import { runCli } from '../../support/cli.js';
import { putJobs } from '../../support/put-jobs.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';
import { snapshot } from '../../support/snapshot.js';
import { until } from '../../support/until.js';

const scene = (id: number) =>
  sampleScene({ id, details: 'd', files: [{ path: `/s/${id}.mp4`, size: id, duration: 1 }] });
const item = (id: number, fields = {}) =>
  sampleItem({ ratingKey: `${id}`, parts: [{ file: `/p/${id}.mp4`, size: id }], ...fields });

interface StatusJson {
  readonly queue: Record<string, { readonly rows: number; readonly oldest: string | null }>;
  readonly deadLetters: unknown[];
  readonly breaker: { readonly state: string; readonly since: string | null };
  readonly blocked: { readonly reason: string; readonly rows: number; readonly command: string }[];
  readonly runs: {
    readonly new: number;
    readonly fixed: number;
    readonly persistent: number;
    readonly startedAt: string;
  }[];
}

async function status(rig: ScanRig, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(['status', '--json', ...args], cliEnvironment(rig));
  return { code, stderr, answer: JSON.parse(stdout) as StatusJson };
}
const text = async (rig: ScanRig, ...args: string[]) => (await runCli(['status', ...args], cliEnvironment(rig))).stdout;
const scanOnce = async (rig: ScanRig, ...args: string[]) => {
  expect((await runCli(['scan', '-q', ...args], cliEnvironment(rig))).code).toBe(0);
};

describe('gapscan status', () => {
  it('shows an untouched data directory as empty', async () => {
    const rig = await scanRig({ scenes: [scene(1)], items: [item(1)] });
    const before = snapshot(rig.dataDir);
    const none = { rows: 0, oldest: null };
    expect(await status(rig)).toEqual({
      code: 0,
      stderr: '',
      answer: {
        schema: 'gapscan.status/1',
        queue: { waiting: none, taken: none, done: none, given_up: none },
        deadLetters: [],
        breaker: { state: 'closed', since: null },
        blocked: [],
        runs: [],
      },
    });
    expect(snapshot(rig.dataDir)).toEqual(before);
    expect(await text(rig)).toContain('No run is known');
  });

  it('names what blocks the queue and what cures it, without a trace', async () => {
    const rig = await scanRig({
      scenes: [1, 2, 3, 4].map(scene),
      items: [item(1), sampleItem({ ratingKey: '3', parts: [{ file: '/p/x/3.mp4', size: 999, duration: 9_000_000 }] })],
    });
    putJobs(
      rig.queueFile,
      { sceneId: 1, timestamp: 1_770_000_000 },
      { sceneId: 2 },
      { sceneId: 3 },
      { data: Buffer.from('x') },
      { sceneId: 4, status: 2 },
      { sceneId: 4, status: 5 },
    );
    writeFileSync(join(rig.dataDir, 'worker.lock'), '');
    const breaker = { state: 'open', failure_count: 5, success_count: 0, opened_at: 1_780_000_000.5 };
    writeFileSync(join(rig.dataDir, 'circuit_breaker.json'), JSON.stringify(breaker));
    const letters = new Database(join(rig.dataDir, 'dlq.db'));
    letters.exec(
      'CREATE TABLE dead_letters (id INTEGER PRIMARY KEY, scene_id INTEGER, error_type TEXT, error_message TEXT, retry_count INTEGER, failed_at TEXT)',
    );
    letters.exec(
      "INSERT INTO dead_letters (scene_id, error_type) VALUES (1, 'PlexNotFound'), (2, 'PlexNotFound'), (3, 'Other')",
    );
    letters.close();
    const before = snapshot(rig.dataDir);
    const { code, answer } = await status(rig);
    expect(code).toBe(0);
    expect(answer.queue).toMatchObject({
      waiting: { rows: 4, oldest: new Date(1_770_000_000_000).toISOString() },
      taken: { rows: 1 },
      done: { rows: 1 },
      given_up: { rows: 0, oldest: null },
    });
    expect(answer.breaker).toEqual({ state: 'open', since: new Date(1_780_000_000_500).toISOString() });
    expect(answer.deadLetters).toEqual([
      { error: 'PlexNotFound', rows: 2 },
      { error: 'Other', rows: 1 },
    ]);
    expect(answer.blocked).toEqual([
      { reason: 'unsafe_name', rows: 1, command: 'gapscan queue drop --unsafe' },
      { reason: 'missing', rows: 1, command: 'gapscan queue drop --missing' },
      { reason: 'undecodable', rows: 1, command: 'gapscan queue drop --undecodable' },
      { reason: 'taken', rows: 1, command: 'gapscan scan --process-queue' },
    ]);
    const said = await text(rig, '--scene', '3');
    expect(said).toMatch(/Breaker: open since 2026-05-28T20:26:40.500Z/);
    expect(said).toContain('Next in line: row 1, scene 1');
    expect(said).toMatch(/Its job: row 3, scene 3: waiting job, .*, behind 2 others\n/);
    expect(said).toContain('Blocked: 1 row with a name Plex does not have');
    expect(snapshot(rig.dataDir)).toEqual(before);
  });

  it('does not take rows for left behind while a worker holds its lock', async () => {
    const rig = await scanRig({ scenes: [scene(1)], items: [item(1)] });
    putJobs(rig.queueFile, { sceneId: 1, status: 2 });
    const lock = join(rig.dataDir, 'worker.lock');
    writeFileSync(lock, '');
    const worker = spawn('flock', ['-x', lock, 'sh', '-c', 'echo held; read line'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void worker.kill());
    let said = '';
    worker.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes('held'));
    expect((await status(rig)).answer.blocked).toEqual([]);
    worker.stdin.end();
    await new Promise((resolve) => worker.once('exit', resolve));
    expect((await status(rig)).answer.blocked).toMatchObject([{ reason: 'taken', rows: 1 }]);
  });

  it('says what is known without servers, and that the rest is not', async () => {
    const rig = await scanRig({ scenes: [scene(1)], items: [item(1)] });
    putJobs(rig.queueFile, { sceneId: 2 }, { data: Buffer.from('x') });
    const blocked = [{ reason: 'undecodable', rows: 1, command: 'gapscan queue drop --undecodable' }];
    const offline = await status(rig, '--offline');
    expect([offline.stderr, offline.answer.blocked, rig.plex.requests.length]).toEqual(['', blocked, 0]);
    const { code, stdout, stderr } = await runCli(['status', '--json'], { GAPSCAN_DATA_DIR: rig.dataDir });
    expect([code, (JSON.parse(stdout) as StatusJson).blocked]).toEqual([0, blocked]);
    expect(stderr).toMatch(/^Warning: Which rows .* is not known: /);
  });
});

describe('the history of runs', () => {
  it('tells new gaps from old ones and from those that are gone', async () => {
    const rig = await scanRig({ scenes: [1, 2, 3].map(scene), items: [item(1), item(2), item(3)] });
    const swap = (items: ReturnType<typeof item>[], scenes = [1, 2, 3].map(scene)) => {
      const [section] = rig.plex.state.world.sections;
      Object.assign(rig.plex.state, { world: { ...rig.plex.state.world, sections: [{ ...section, items }] } });
      Object.assign(rig.stash.state, { world: { ...rig.stash.state.world, scenes } });
    };
    await scanOnce(rig);
    await scanOnce(rig, '--dry-run');
    swap([item(1, { studio: 'A' }), item(2), item(3)], [1, 2, 3, 4].map(scene));
    await scanOnce(rig);
    // Only scene 4 is looked at: the others are what they were.
    swap([item(1), item(2), item(3), item(4, { studio: 'A' })], [1, 2, 3, 4].map(scene));
    await scanOnce(rig, '--ids', '4');
    await scanOnce(rig);
    const { runs } = (await status(rig, '--offline')).answer;
    expect(runs.map(({ new: fresh, fixed, persistent }) => [fresh, fixed, persistent])).toEqual([
      [1, 0, 2],
      [0, 1, 0],
      [1, 1, 2],
      [3, 0, 0],
    ]);
    expect([...runs].sort((a, b) => b.startedAt.localeCompare(a.startedAt))).toEqual(runs);
    expect(await text(rig, '--offline')).toMatch(/persistent\n20\d\d-\d\d-\d\d \d\d:\d\d +1 +0 +2\n/);
  });

  it('is small, bounded, and begins again when it is damaged', async () => {
    const ids = Array.from({ length: 2000 }, (_, i) => i * 7 + 1);
    const rig = await scanRig({ scenes: ids.map(scene), items: ids.slice(0, 200).map((id) => item(id)) });
    await scanOnce(rig);
    const file = join(rig.dataDir, 'gapscan', 'runs.msgpack');
    expect(readFileSync(file).length).toBeLessThan(3000);
    const read = readRunHistory(file);
    expect(read).toMatchObject({ kind: 'read', value: { runs: [{ new: 2000 }] } });
    writeFileSync(file, 'damaged');
    const { code, stderr } = await runCli(['scan', '-q'], cliEnvironment(rig));
    expect([code, stderr]).toEqual([0, expect.stringContaining('the history begins again') as string]);
    expect((await status(rig, '--offline')).answer.runs).toMatchObject([{ new: 2000, fixed: 0, persistent: 0 }]);
  });
});

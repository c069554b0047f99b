/** What `explain` says is what a scan of the whole library says, and it leaves no trace. */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { sampleItem, sampleScene, sampleSection } from '../../../src/main/demo/world.js';
import { explainScene } from '../../../src/main/explain/explain.js';
import { runCli } from '../../support/cli.js';
import { runs } from '../../support/property.js';
import { cliEnvironment, scanRig, type ScanRig, type SmallWorld } from '../../support/scan-world.js';
import { snapshot } from '../../support/snapshot.js';
import { tempDir } from '../../support/temp-dir.js';

const scene = (id: number, path: string, size = 1000 + id, duration = 60) =>
  sampleScene({ id, title: `T${id}`, details: 'd', files: [{ path, size, duration }] });
const item = (key: number, file: string, size = 1000 + key, duration = 60) =>
  sampleItem({ ratingKey: String(key), parts: [{ file, size, duration: duration * 1000 }] });
const listings = ({ plex }: ScanRig) => plex.requests.filter(({ path }) => /\/sections\/[^/]+\/all/.test(path)).length;

interface Explained {
  readonly scene: { readonly id: number } | null;
  readonly verdict: string;
  readonly action: string | null;
  readonly files: readonly {
    readonly candidates: readonly { ratingKey: string; won: boolean; agreement: string; why: string }[];
  }[];
  readonly [member: string]: unknown;
}

async function explainCli(rig: ScanRig, ...args: string[]): Promise<Explained> {
  const before = snapshot(rig.dataDir);
  const { code, stdout, stderr } = await runCli(['explain', ...args, '--json'], cliEnvironment(rig));
  expect([code, stderr.replace(/^Reading all of Plex .*\n/m, '')]).toEqual([0, '']);
  expect(snapshot(rig.dataDir)).toEqual(before);
  return JSON.parse(stdout) as Explained;
}

describe('an explanation', () => {
  it('says of every scene what a scan of the whole library says', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 999 }), fc.boolean(), async (seed, hasScanned) => {
        const world = makeDemoWorld({ scenes: 100, seed });
        const rig = await scanRig(world);
        const options = {
          ...rig.options,
          libraries: ['Clips', 'Holidays'],
          pathMappings: [{ stash: '/data/stash', plex: '/media' }],
        };
        if (hasScanned) await rig.run(options);
        const { lines } = await rig.run({ ...options, dryRun: true, force: true });
        const before = snapshot(rig.dataDir);
        for (const [id, line] of lines) {
          if (id % 5 !== seed % 5) continue;
          const {
            verdict,
            code,
            reason,
            item: found,
            action,
            missing,
          } = await explainScene(options, { scene: String(id) });
          expect({ id, verdict, code, reason, item: found, action, missing }).toEqual({
            id,
            verdict: line.verdict,
            code: line.code,
            reason: line.reason,
            item: line.item,
            action: line.action,
            missing: line.missing,
          });
        }
        expect(snapshot(rig.dataDir)).toEqual(before);
      }),
      { numRuns: runs(3) },
    );
  });

  it('names every candidate with how it agrees and why it won or not', async () => {
    const rig = await scanRig({
      scenes: [scene(1, '/data/a/clip.mp4')],
      items: [
        item(11, '/media/a/clip.mp4', 1001),
        item(12, '/media/b/clip.mp4', 5, 9),
        item(13, '/media/c/clip.mp4', 1001),
      ],
    });
    const { files, ...rest } = await explainCli(rig, '/data/a/clip.mp4');
    expect(files[0]?.candidates.map(({ ratingKey, won, agreement, why }) => [ratingKey, won, agreement, why])).toEqual([
      ['11', true, 'equal size, same parent directory', 'it agrees in equal size, same parent directory'],
      ['13', false, 'equal size', 'another item agrees better'],
      ['12', false, 'file name; size and length differ', 'another video under the same name'],
    ]);
    expect(rest).toMatchObject({
      schema: 'gapscan.explain/1',
      scene: { id: 1, title: 'T1', path: '/data/a/clip.mp4' },
      syncedAt: null,
      verdict: 'empty',
      code: 'item_empty',
      // The others have its name, and the worker goes by that alone.
      action: 'unsafe_name',
      item: { ratingKey: '11' },
      gate: { scene: { details: true, tags: false }, item: { details: false } },
      claims: [{ sceneId: 1, evidence: 'equal size, same parent directory', stands: true }],
      queue: [],
      deadLetters: [],
      job: null,
    });
    const alone = await scanRig({
      scenes: [scene(1, '/data/a/clip.mp4')],
      items: [item(11, '/media/a/clip.mp4', 1001)],
    });
    expect(await explainCli(alone, '1')).toMatchObject({
      action: 'enqueued',
      job: { scene_id: 1, data: { path: '/data/a/clip.mp4', title: 'T1', details: 'd' } },
    });
  });

  it('says who else claims the item', async () => {
    const twins: SmallWorld = {
      scenes: [scene(1, '/data/x/1.mp4'), scene(2, '/data/x/2.mp4')],
      items: [
        {
          ...item(5, '/media/x/1.mp4', 1001),
          media: [1, 2].map((n) => ({ parts: [{ file: `/media/x/${n}.mp4`, size: 1000 + n, duration: 60_000 }] })),
        },
      ],
    };
    const rig = await scanRig(twins);
    const told = await explainCli(rig, '2');
    expect(told).toMatchObject({ verdict: 'ambiguous', code: 'shared_item', action: null, job: null });
    expect(told['claims']).toEqual(
      [1, 2].map((sceneId) => ({ sceneId, evidence: 'equal size, same parent directory', stands: false })),
    );
    expect(told.files[0]?.candidates[0]).toMatchObject({ won: false, why: 'it holds files of several scenes' });
    expect((await explainCli(rig, '--plex', '5')).scene).toMatchObject({ id: 1 });
  });

  it('lists no Plex library for a scene in sync, and says what it reads for another', async () => {
    const rig = await scanRig({
      scenes: [scene(1, '/data/a/1.mp4'), scene(2, '/data/a/2.mp4')],
      items: [item(1, '/media/a/1.mp4')],
      syncTimestamps: { 1: 1_760_000_000 },
    });
    expect(await explainCli(rig, '1')).toMatchObject({ verdict: 'in_sync', action: null, files: [{ candidates: [] }] });
    expect(listings(rig)).toBe(0);
    const { stderr } = await runCli(['explain', '2'], cliEnvironment(rig));
    expect(stderr).toBe('Reading all of Plex (1 item in 1 library) for 2 scenes\n');
  });

  it('takes what the last scan found while nothing has changed, and nothing else', async () => {
    const world: SmallWorld = {
      scenes: [scene(1, '/data/a/1.mp4'), scene(2, '/data/a/2.mp4'), scene(3, '/data/a/3.mp4')],
      items: [item(1, '/media/a/1.mp4'), item(2, '/media/a/2.mp4')],
    };
    const rig = await scanRig(world);
    await rig.run();
    const remembered = await explainCli(rig, '3');
    const byItem = await explainCli(rig, '--plex', '2');
    // Only counted: the scan has listed before.
    const asked = rig.plex.requests.filter(({ path }) => /Container-Size=(?!0)/.test(path)).length;
    rmSync(join(rig.dataDir, 'gapscan', 'last-scan.bin'));
    expect(await explainCli(rig, '3')).toEqual(remembered);
    expect(await explainCli(rig, '--plex', '2')).toEqual(byItem);
    expect(remembered).toMatchObject({ verdict: 'missing', missing: { reason: 'outside_libraries' } });
    expect(byItem).toMatchObject({ scene: { id: 2 }, verdict: 'empty', action: 'already_queued' });
    const listed = () => rig.plex.requests.filter(({ path }) => /Container-Size=(?!0)/.test(path)).length;
    expect(listed()).toBeGreaterThan(asked);
    await rig.run({ force: true });
    const before = listed();
    await explainCli(rig, '3');
    expect(listed()).toBe(before);
    const [section] = rig.plex.state.world.sections;
    // Plex has something new, though it counts as many.
    rig.plex.state.world = {
      ...rig.plex.state.world,
      sections: [{ ...section!, contentChangedAt: 99, items: [item(1, '/media/a/1.mp4'), item(3, '/media/a/3.mp4')] }],
    };
    expect(await explainCli(rig, '3')).toMatchObject({ verdict: 'empty', item: { ratingKey: '3' } });
  });

  it('rests on a file of the last scan that nobody else may read', async () => {
    const rig = await scanRig({ scenes: [scene(1, '/data/a/1.mp4')], items: [item(1, '/media/a/1.mp4')] });
    await rig.run();
    expect(statSync(join(rig.dataDir, 'gapscan', 'last-scan.bin')).mode & 0o777).toBe(0o600);
  });

  it('shows its rows in the queue', async () => {
    const rig = await scanRig({ scenes: [scene(1, '/data/a/1.mp4')], items: [item(1, '/media/a/1.mp4')] });
    await rig.run();
    expect(await explainCli(rig, '1')).toMatchObject({
      verdict: 'empty',
      action: 'already_queued',
      queue: [{ id: 1, state: 'waiting', tries: 0, lastError: null }],
    });
  });

  it('shows that its job was given up, and why', async () => {
    const rig = await scanRig({ scenes: [scene(1, '/data/a/1.mp4')], items: [item(1, '/media/a/1.mp4')] });
    const database = new Database(join(rig.dataDir, 'dlq.db'));
    database.exec(`CREATE TABLE dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT, job_id INTEGER, scene_id INTEGER,
      job_data BLOB, error_type TEXT, error_message TEXT, stack_trace TEXT, retry_count INTEGER, failed_at TIMESTAMP)`);
    database
      .prepare(
        'INSERT INTO dead_letters (scene_id, error_type, error_message, retry_count, failed_at) VALUES (?, ?, ?, ?, ?)',
      )
      .run(1, 'PlexNotFound', 'no such file', 12, '2026-01-01 00:00:00');
    database.close();
    const letter = { error: 'PlexNotFound', message: 'no such file', tries: 12, failedAt: '2026-01-01 00:00:00' };
    expect(await explainCli(rig, '1')).toMatchObject({ verdict: 'empty', deadLetters: [{ sceneId: 1, ...letter }] });
    const { stdout } = await runCli(['explain', '1'], cliEnvironment(rig));
    expect(stdout).toContain('\nGiven up at 2026-01-01 00:00:00 after 12 attempts: PlexNotFound, no such file\n');
  });

  it('of an item nobody is says so, also where Plex has lost its files', async () => {
    const bare = sampleItem({ ratingKey: '8', parts: [] });
    const rig = await scanRig({ scenes: [], sections: [sampleSection({ items: [item(9, '/media/z/9.mp4'), bare] })] });
    expect(await explainCli(rig, '--plex', '8')).toMatchObject({ scene: null, item: { ratingKey: '8', path: '' } });
    const { stdout } = await runCli(['explain', '--plex', '8'], cliEnvironment(rig));
    expect(stdout).toBe('No scene of Stash is this item: 8 in "Clips", without a file\n');
  });

  it('of an item is found where every scene is in sync, of which a scan asks nothing', async () => {
    const rig = await scanRig({
      scenes: [scene(1, '/data/a/1.mp4')],
      items: [item(1, '/media/a/1.mp4')],
      syncTimestamps: { 1: 1_760_000_000 },
    });
    const { stdout } = await runCli(['explain', '--plex', '1'], cliEnvironment(rig));
    const nobody = 'No scene of Stash is this item, unless it is one in sync: of those nobody asks';
    expect(stdout).toContain(`${nobody}: 1 in "Clips"`);
    // A scan in which nothing was open has left an index of nothing.
    await runCli(['scan', '--quiet'], cliEnvironment(rig));
    expect(await explainCli(rig, '--plex', '1')).toMatchObject({ item: { ratingKey: '1' }, reason: nobody });
  });

  const synced = ({ dataDir }: ScanRig) => {
    writeFileSync(join(dataDir, 'sync_timestamps.json'), JSON.stringify({ 1: 1_760_000_000 }));
  };

  it.each<[string, (rig: ScanRig, cwd: string) => void, string]>([
    ['in sync', synced, 'not asked: the scene is in sync'],
    [
      'ignored',
      (_, cwd) => {
        writeFileSync(join(cwd, 'gapscan.yml'), 'ignore: { paths: [/data/a] }\n');
      },
      'not asked: the scene is ignored',
    ],
    [
      'of a time that cannot be read',
      (rig) => {
        synced(rig);
        const { state } = rig.stash;
        state.world = { ...state.world, scenes: state.world.scenes.map((one) => ({ ...one, updated_at: 'lately' })) };
      },
      'not asked: the time of its update cannot be read',
    ],
  ])('of an item whose scene is now %s does not say that it is another', async (_, change, why) => {
    const rig = await scanRig({ scenes: [scene(1, '/data/a/1.mp4')], items: [item(1, '/media/a/1.mp4')] });
    // It is known from then on whose it is.
    await runCli(['scan', '--quiet'], cliEnvironment(rig));
    const cwd = tempDir();
    change(rig, cwd);
    const { stdout } = await runCli(['explain', '--plex', '1'], cliEnvironment(rig), { cwd });
    expect(stdout).toMatch(/^Scene 1 /);
    expect(stdout).toContain(`\n  - 1 in "Clips", /media/a/1.mp4: equal size, same parent directory (${why})\n`);
    const alone = await runCli(['explain', '1'], cliEnvironment(rig), { cwd });
    expect(alone.stdout).not.toContain('no Plex file has this name');
  });

  it('of an item nobody is says so', async () => {
    const rig = await scanRig({ scenes: [], sections: [sampleSection({ items: [item(9, '/media/z/9.mp4')] })] });
    expect(await explainCli(rig, '--plex', '9')).toMatchObject({
      scene: null,
      item: { ratingKey: '9' },
      verdict: null,
    });
  });

  it.each([
    ['an unknown scene', ['77'], /^gapscan: Stash has no scene with the id 77$/m],
    ['an unknown path', ['/data/none.mp4'], /^gapscan: Stash has no scene with the file \/data\/none\.mp4$/m],
    ['an unknown item', ['--plex', '777'], /^gapscan: Plex lists no item with the rating key 777$/m],
    ['nothing', [], /^gapscan: Expected a scene, got nothing$/m],
    ['both', ['1', '--plex', '2'], /^gapscan: Expected a scene or --plex, got both$/m],
    ['two', ['1', '2'], /^gapscan: Unexpected argument/m],
  ])('of %s is refused', async (_, args, line) => {
    const rig = await scanRig({ scenes: [scene(1, '/data/a/1.mp4')], items: [item(1, '/media/a/1.mp4')] });
    const { code, stdout, stderr } = await runCli(['explain', ...args], cliEnvironment(rig));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(line);
  });
});

describe('--ids', () => {
  it('lists no Plex library for scenes in sync', async () => {
    const rig = await scanRig({
      scenes: [scene(1, '/data/a/1.mp4'), scene(2, '/data/a/2.mp4')],
      items: [item(1, '/media/a/1.mp4')],
      syncTimestamps: { 1: 1_760_000_000 },
    });
    const { code, stdout, stderr } = await runCli(['scan', '--ids', '1', '--json'], cliEnvironment(rig));
    expect([code, stderr, listings(rig)]).toEqual([0, '', 0]);
    expect(JSON.parse(stdout)).toMatchObject({
      verdicts: { in_sync: 1 },
      plex: { sections: [], items: 0 },
      warnings: [],
    });
    const both = await runCli(['scan', '--ids', '1,2', '--dry-run', '--json'], cliEnvironment(rig));
    expect(both.stderr).toBe('Reading all of Plex (1 item in 1 library) for 2 scenes\n');
    expect(JSON.parse(both.stdout)).toMatchObject({ verdicts: { in_sync: 1, missing: 1 }, plex: { items: 1 } });
  });
});

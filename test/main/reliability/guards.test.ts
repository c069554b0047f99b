import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GuardError, scan, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene, sampleSection, type SampleSection } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, toWorld, type ScanRig } from '../../support/scan-world.js';

const scenes = Array.from({ length: 200 }, (_, i) =>
  sampleScene({ id: i + 1, details: 'd', files: [{ path: `/s/${i + 1}.mp4`, size: 10 + i, duration: 1 }] }),
);
const items = scenes.map(({ id }) =>
  sampleItem({ ratingKey: String(id), studio: 'Acme', parts: [{ file: `/p/${id}.mp4`, size: 9 + id }] }),
);

const show = (rig: ScanRig, ...sections: Partial<SampleSection>[]) => {
  const world = toWorld({ scenes, sections: sections.map((section) => sampleSection(section)) });
  rig.stash.state.world = world;
  rig.plex.state.world = world;
};

/** Expects a scan to trip a check, and nothing to be written by it. */
async function expectStop(rig: ScanRig, check: string, message: string, overrides: Partial<ScanOptions> = {}) {
  const before = existsSync(rig.queueFile) ? readFileSync(rig.queueFile) : undefined;
  const failed = scan({ ...rig.options, ...overrides });
  await expect(failed).rejects.toBeInstanceOf(GuardError);
  await expect(failed).rejects.toMatchObject({
    code: 'guard_tripped',
    check,
    exitCode: 5,
    message: `${message}; nothing was written [${check}]`,
    hint: expect.stringContaining('--force') as unknown,
  });
  expect(existsSync(rig.queueFile) ? readFileSync(rig.queueFile) : undefined).toEqual(before);
}

describe('the libraries of Plex', () => {
  it('all empty stop the run before anything is written, unless forced', async () => {
    const rig = await scanRig({ scenes, items: [] });
    await expectStop(rig, 'section_empty', 'Plex library "Clips" is empty, so every scene would count as missing');
    const { verdicts, warnings } = await scan({ ...rig.options, force: true });
    expect([verdicts.missing, warnings.map(({ code }) => code)]).toEqual([200, ['section_empty', 'nothing_matched']]);
  });

  it('a new and empty one beside a full one is worth a warning', async () => {
    const sections = [sampleSection({ items }), sampleSection({ key: '2', title: 'New' })];
    const rig = await scanRig({ scenes, sections });
    const { verdicts, warnings } = await scan(rig.options);
    expect([verdicts.matched, warnings]).toEqual([
      200,
      [{ code: 'library_empty', message: 'Plex library "New" is empty' }],
    ]);
    expect((await scan(rig.options)).warnings).toEqual([]);
  });

  it('one that had items and has none stops the run, also beside a full one', async () => {
    const both = [{ items: items.slice(0, 150) }, { key: '2', title: 'More', items: items.slice(150) }];
    const rig = await scanRig({ scenes, sections: both.map(sampleSection) });
    await scan(rig.options);
    show(rig, both[0]!, { key: '2', title: 'More', items: [] });
    await expectStop(
      rig,
      'section_empty',
      'Plex library "More" is empty (50 items in the last run), so every scene would count as missing',
    );
  });

  it('one that shrank by more than half since the last good run stops the run', async () => {
    const rig = await scanRig({ scenes, items });
    await scan(rig.options);
    show(rig, { items: items.slice(0, 99) });
    await expectStop(rig, 'section_shrunk', 'Plex library "Clips" shrank from 200 to 99 items since the last run');
  });

  it.each([
    ['is no longer listed', []],
    ['is one of music now', [{ key: '2', title: 'More', type: 'artist' as 'movie' }]],
  ])('one of the last run that %s stops the run', async (_, instead) => {
    const both = [{ items: items.slice(0, 110) }, { key: '2', title: 'More', items: items.slice(110) }];
    const rig = await scanRig({ scenes, sections: both.map(sampleSection) });
    await scan(rig.options);
    show(rig, both[0]!, ...instead);
    const message =
      'Plex library "More" (key 2, 90 items in the last run) is no longer listed as a movie or show library';
    await expectStop(rig, 'section_gone', message);
    // Who names the libraries wants no more than these.
    expect((await scan({ ...rig.options, libraries: ['Clips'], dryRun: true })).verdicts.matched).toBe(110);
  });

  it.each([
    ['no Part.file', () => [{ parts: [{ size: 1 } as unknown as { file: string }] }]],
    ['a blank Part.file', () => [{ parts: [{ file: '' }] }]],
    ['no Media', () => []],
  ])('one that shows no files stops the run: %s', async (_, media) => {
    const without = items.map((item) => ({ ...item, media: media() }));
    const rig = await scanRig({ scenes, items: without });
    await expectStop(rig, 'no_paths', 'Plex library "Clips" has 200 items, but shows a file for 0 of them');
    // A few files are as good as none.
    show(rig, { items: [...items.slice(0, 9), ...without.slice(9)] });
    await expectStop(rig, 'no_paths', 'Plex library "Clips" has 200 items, but shows a file for 9 of them');
    show(rig, { items: [...items.slice(0, 11), ...without.slice(11)] });
    expect((await scan(rig.options)).verdicts.matched).toBe(11);
  });

  it('several things at once are told at once', async () => {
    const both = [{ items: items.slice(0, 150) }, { key: '2', title: 'More', items: items.slice(150) }];
    const rig = await scanRig({ scenes, sections: both.map(sampleSection) });
    await scan(rig.options);
    show(rig, { items: items.slice(0, 20) });
    const { code, stdout } = await runCli(['scan', '--json'], cliEnvironment(rig));
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'gapscan.error/1',
      check: 'section_shrunk',
      checks: ['section_shrunk', 'section_gone'],
    });
  });
});

describe('the scenes', () => {
  const moved = items.map((item, i) =>
    i < 60 ? { ...item, media: [{ parts: [{ file: `/q/moved ${i}.mp4` }] }] } : item,
  );
  const leap = '60 of 200 scenes (30.0%) are missing in Plex, against 0.0% in the last run';

  it('stop the run when many more are missing, which a library of the same size does not explain', async () => {
    const rig = await scanRig({ scenes, items });
    await scan(rig.options);
    show(rig, { items: moved });
    await expectStop(rig, 'missing_leap', leap);
    expect((await scan({ ...rig.options, force: true })).queue.enqueued).toBe(60);
    // What was forced through is no good run: the next night is compared with the one before it.
    await expectStop(rig, 'missing_leap', leap);
    // The hint says how to take it for granted.
    rmSync(join(rig.dataDir, 'gapscan', 'last-run.msgpack'));
    expect((await scan(rig.options)).queue.already_queued).toBe(60);
    expect((await scan(rig.options)).queue.already_queued).toBe(60);
  });

  it.each([0, 3])('stop the run when only %i of 200 are left, night after night', async (left) => {
    const rig = await scanRig({ scenes, items });
    await scan(rig.options);
    rig.stash.state.world = { ...rig.stash.state.world, scenes: scenes.slice(0, left) };
    const message = `Stash has ${left} scenes, against 200 in the last run`;
    await expectStop(rig, 'stash_shrunk', message);
    await scan({ ...rig.options, force: true });
    await expectStop(rig, 'stash_shrunk', message);
  });

  it('stop the first run when hardly any is in Plex at all', async () => {
    const rig = await scanRig({
      scenes,
      items: items.map((item, i) => (i < 9 ? item : { ...moved[0]!, ratingKey: `9${i}` })),
    });
    await expectStop(
      rig,
      'nothing_matched',
      'Only 9 of 200 scenes were found in Plex (4.5%), and no earlier run says that this is usual',
    );
    const few = scenes
      .slice(0, 49)
      .map((scene) => ({ ...scene, files: [{ path: `/x/y${scene.id}.mp4`, size: 1, duration: 1 }] }));
    rig.stash.state.world = toWorld({ scenes: few });
    expect((await scan(rig.options)).verdicts.missing).toBe(49);
  });

  it('are not compared by partial scans', async () => {
    const rig = await scanRig({ scenes, items });
    await scan(rig.options);
    rig.stash.state.world = toWorld({
      scenes: scenes.map((scene) => ({ ...scene, files: [{ path: `/new/${scene.id}x.mp4`, size: 1, duration: 1 }] })),
    });
    expect((await scan({ ...rig.options, ids: scenes.map(({ id }) => id) })).verdicts.missing).toBe(200);
  });
});

describe('runs', () => {
  const sections = [
    sampleSection({ items: items.slice(0, 100) }),
    sampleSection({ key: '2', title: 'Concerts', items: items.slice(100) }),
  ];

  it('over some libraries are compared with runs over the same', async () => {
    const rig = await scanRig({ scenes, sections });
    await scan(rig.options);
    // Half of the scenes are missing now, which is no leap against a run over everything.
    const clips = { ...rig.options, libraries: ['Clips'] };
    expect((await scan(clips)).verdicts.missing).toBe(100);
    expect((await scan(rig.options)).verdicts.missing).toBe(0);
    show(rig, { items: items.slice(0, 100) }, { key: '2', title: 'Concerts', items: items.slice(100, 140) });
    expect((await scan(clips)).verdicts.missing).toBe(100);
    await expect(scan(rig.options)).rejects.toMatchObject({ check: 'section_shrunk' });
  });

  it('against another Plex behind the same URL are compared with none of the first', async () => {
    const rig = await scanRig({ scenes, sections });
    await scan(rig.options);
    show(rig, { items: items.slice(0, 40) });
    rig.plex.state.machineIdentifier = 'another';
    expect((await scan(rig.options)).verdicts.missing).toBe(160);
    rig.plex.state.machineIdentifier = 'sample';
    await expect(scan(rig.options)).rejects.toMatchObject({ checks: ['section_shrunk', 'section_gone'] });
  });

  it('do without an identity where a server has none', async () => {
    const rig = await scanRig({ scenes, sections });
    rig.plex.fault = ({ path }) => (path === '/identity' ? { kind: 'status', status: 404 } : undefined);
    await scan(rig.options);
    show(rig, { items: items.slice(0, 40) });
    await expect(scan(rig.options)).rejects.toMatchObject({ checks: ['section_shrunk', 'section_gone'] });
  });
});

describe('the data directory', () => {
  it('that has nothing of Stash2Plex stops the run, dry or not, before any server is asked', async () => {
    const rig = await scanRig({ scenes, items });
    const dataDir = join(rig.dataDir, '..', 'empty');
    mkdirSync(dataDir);
    for (const dryRun of [true, false]) {
      await expectStop(
        rig,
        'data_dir',
        `${dataDir} holds neither sync_timestamps.json nor queue/, so it is not the data directory Stash2Plex works in`,
        { dataDir, dryRun },
      );
    }
    expect([readdirSync(dataDir), rig.stash.requests, rig.plex.requests]).toEqual([[], [], []]);
    expect((await scan({ ...rig.options, dataDir, force: true })).verdicts.matched).toBe(200);
  });

  it.each([
    ["the plugin's own folder", '.'],
    ["the folder of the plugin's folder", '..'],
    ['a folder beside it', 'cache'],
  ])('that is %s is told where the right one is', async (_, wrong) => {
    const rig = await scanRig({ scenes, items });
    const plugin = join(rig.dataDir, '..', 'plugins', 'Stash2Plex');
    mkdirSync(join(plugin, 'data'), { recursive: true });
    mkdirSync(join(plugin, 'cache'));
    writeFileSync(join(plugin, 'Stash2Plex.yml'), 'name: Stash2Plex');
    const failed = scan({ ...rig.options, dataDir: join(plugin, wrong) });
    await expect(failed).rejects.toMatchObject({
      check: 'data_dir',
      hint: expect.stringContaining(`Set --data-dir or GAPSCAN_DATA_DIR to ${join(plugin, 'data')}.`) as unknown,
    });
  });

  it('of a plugin that has never run: a dry run works, a real one wants it to run once, or --force', async () => {
    const rig = await scanRig({ scenes, items });
    const plugin = join(rig.dataDir, '..', 'plugins', 'Stash2Plex');
    mkdirSync(plugin, { recursive: true });
    writeFileSync(join(plugin, 'Stash2Plex.yml'), 'name: Stash2Plex');
    Object.assign(rig.stash.state, { pluginsPath: join(plugin, '..') });
    const environment = { ...cliEnvironment(rig), GAPSCAN_DATA_DIR: '' };
    const said = `Stash2Plex is installed in ${plugin} but has never run, so it has no data directory yet`;

    const dry = await runCli(['scan', '--dry-run', '--json'], environment);
    expect(dry.code).toBe(0);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      verdicts: { matched: 200 },
      warnings: [{ code: 'plugin_never_ran', message: said }],
    });
    expect(readdirSync(plugin)).toEqual(['Stash2Plex.yml']);

    const real = await runCli(['scan'], environment);
    expect([real.code, real.stdout]).toEqual([5, '']);
    expect(real.stderr).toContain(`${said}; nothing was written [data_dir]`);
    expect(real.stderr).toContain('Run one of its tasks in Stash once, for example "View Queue Status".');
    expect(readdirSync(plugin)).toEqual(['Stash2Plex.yml']);

    expect((await runCli(['scan', '--force'], environment)).code).toBe(0);
  });
});

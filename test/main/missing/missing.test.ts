/** Why scenes are missing and how directories correspond, through whole scans. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene, sampleSection, type SampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type SmallWorld } from '../../support/scan-world.js';

const scene = (id: number, path: string, size = 1000 + id, duration = 60 + id): SampleScene =>
  sampleScene({ id, details: 'd', files: [{ path, size, duration }] });
const item = (key: number, file: string, size = 1000 + key, duration = 60 + key) =>
  sampleItem({ ratingKey: String(key), parts: [{ file, size, duration: duration * 1000 }] });
const clips = (items: ReturnType<typeof item>[], locations = ['/media/clips']) => sampleSection({ items, locations });
const DATA_TO_MEDIA = { stash: '/data', plex: '/media' };

/** Two scenes that are in Plex, so that a root is known. */
const known = {
  scenes: [scene(1, '/data/clips/a/one.mp4'), scene(2, '/data/clips/b/two.mp4')],
  items: [item(1, '/media/clips/a/one.mp4'), item(2, '/media/clips/b/two.mp4')],
};

async function missingOf(world: SmallWorld, options = {}) {
  const rig = await scanRig(world);
  const { summary, lines } = await rig.run({ dryRun: true, force: true, ...options });
  const missing = Object.fromEntries([...lines].flatMap(([id, line]) => (line.missing ? [[id, line.missing]] : [])));
  return { rig, summary, lines, missing };
}

describe('a missing scene', () => {
  it('is renamed where an item nobody has is as large and as long', async () => {
    const { missing, lines } = await missingOf({
      scenes: [...known.scenes, scene(3, '/data/clips/a/old name.mp4', 500, 90)],
      sections: [clips([...known.items, item(30, '/media/clips/z/Something Else.mkv', 500, 91)])],
    });
    const suggestion = { ratingKey: '30', path: '/media/clips/z/Something Else.mkv' };
    expect(missing).toEqual({ 3: { reason: 'renamed', directory: '/data/clips/a', suggestion } });
    expect(lines.get(3)).toMatchObject({ verdict: 'missing', item: null, action: 'enqueued' });
    expect(lines.get(1)?.missing).toBeNull();
  });

  it.each([
    ['longer by more than a second', 500, 92.1],
    ['of unknown length', 500, 0],
    ['another size', 501, 90],
  ])('is not where that item is %s', async (_, size, duration) => {
    const { missing } = await missingOf({
      scenes: [...known.scenes, scene(3, '/data/clips/a/old name.mp4', 500, 90)],
      sections: [clips([...known.items, item(30, '/media/clips/z/x.mkv', size, duration)])],
    });
    expect(missing[3]).toEqual({ reason: 'not_scanned', directory: '/data/clips/a', suggestion: null });
  });

  it('is renamed where an item of its directory has nearly its name, any file of it', async () => {
    const two = sampleScene({
      id: 3,
      details: 'd',
      files: [
        { path: '/data/clips/q/first.mp4', size: 9, duration: 1 },
        { path: '/data/clips/a/Beach  Day.mp4', size: 10, duration: 2 },
      ],
    });
    const { missing } = await missingOf({
      scenes: [...known.scenes, two],
      sections: [
        clips([...known.items, item(31, '/media/clips/a/beach-day.mp4'), item(30, '/media/clips/b/Beach Day.mp4')]),
      ],
    });
    const suggestion = { ratingKey: '31', path: '/media/clips/a/beach-day.mp4' };
    expect(missing[3]).toEqual({ reason: 'renamed', directory: '/data/clips/q', suggestion });
  });

  it('is not renamed into the item of another scene, nor of one in sync', async () => {
    const renamed = scene(3, '/data/clips/a/ones.mp4', 1001, 61);
    const world = { scenes: [...known.scenes, renamed], sections: [clips(known.items)] };
    const { missing, rig } = await missingOf(world);
    expect(missing[3]).toMatchObject({ reason: 'not_scanned' });
    await rig.run();
    writeFileSync(join(rig.dataDir, 'sync_timestamps.json'), JSON.stringify({ 1: 2e9, 2: 2e9 }));
    const { lines } = await rig.run({ dryRun: true });
    // Nothing is matched in this run: the root is known from the one before.
    expect(lines.get(3)?.missing).toEqual({ reason: 'not_scanned', directory: '/data/clips/a', suggestion: null });
  });

  it('lies outside all libraries, in one that was not selected, in one not scanned, or nobody knows where', async () => {
    const { missing, summary } = await missingOf(
      {
        scenes: [
          ...known.scenes,
          scene(3, '/data/new/x/1.mp4'),
          scene(4, '/data/new/x/2.mp4'),
          scene(5, '/data/concerts/3.mp4'),
          scene(6, '/data/clips/c/4.mp4'),
          scene(7, '/elsewhere/5.mp4'),
          scene(8, '/media/clips/n/6.mp4'),
        ],
        sections: [
          clips(known.items),
          sampleSection({ key: '2', title: 'Concerts', locations: ['/media/concerts'], items: [] }),
        ],
      },
      { libraries: ['Clips'] },
    );
    expect(
      Object.fromEntries(Object.entries(missing).map(([id, { reason, directory }]) => [id, `${reason} ${directory}`])),
    ).toEqual({
      3: 'outside_libraries /data/new/x',
      4: 'outside_libraries /data/new/x',
      5: 'other_library /data/concerts',
      6: 'not_scanned /data/clips/c',
      7: 'unmappable /elsewhere',
      8: 'not_scanned /media/clips/n',
    });
    expect(summary.missing.map(({ reason, scenes }) => [reason, scenes])).toEqual([
      ['outside_libraries', 2],
      ['not_scanned', 2],
      ['other_library', 1],
      ['unmappable', 1],
    ]);
    expect(summary.missing[0]?.groups).toEqual([
      {
        directory: '/data/new/x',
        scenes: 2,
        nextStep: 'add /media/new/x (/data/new/x in Stash) to a Plex library, or leave it alone (ignore.paths)',
      },
    ]);
    expect(summary.verdicts.missing).toBe(6);
  });

  it('is told with few of its kind in the directory around them where there are too many directories', async () => {
    const many = Array.from({ length: 70 }, (_, i) => scene(10 + i, `/data/new/title ${i}/clip ${i}.mp4`));
    const { summary } = await missingOf({
      scenes: [...known.scenes, ...many, ...[80, 81, 82].map((id) => scene(id, `/data/clips/new/${id}.mp4`))],
      sections: [clips(known.items)],
    });
    const [outside, unscanned] = summary.missing;
    expect(outside?.groups.length).toBeLessThanOrEqual(50);
    expect(outside?.groups[0]).toMatchObject({ directory: '/data/new', scenes: 21 });
    expect(outside?.groups.reduce((sum, { scenes }) => sum + scenes, 0)).toBe(70);
    expect(unscanned?.groups).toMatchObject([{ directory: '/data/clips/new', scenes: 3 }]);
  });
});

describe('roots', () => {
  const root = (stash: string, plex: string, scenes: number, more = {}) =>
    expect.objectContaining({ stash, plex, scenes, contradictions: 0, configured: false, ...more }) as unknown;

  it('are what is left when the common end is cut off, with an example of each side', async () => {
    const { summary } = await missingOf({ scenes: known.scenes, sections: [clips(known.items)] });
    expect(summary.roots).toEqual([
      {
        ...DATA_TO_MEDIA,
        scenes: 2,
        contradictions: 0,
        configured: false,
        example: { stash: '/data/clips/a/one.mp4', plex: '/media/clips/a/one.mp4' },
      },
    ]);
  });

  it.each([
    [
      'several',
      ['/a/x/1.mp4', '/a/y/2.mp4', '/b/z/3.mp4'],
      ['/m/x/1.mp4', '/m/y/2.mp4', '/n/o/z/3.mp4'],
      [root('/a', '/m', 2), root('/b', '/n/o', 1)],
    ],
    ['on Windows', ['/data/x/1.mp4'], ['D:\\Video\\x\\1.mp4'], [root('/data', 'D:\\Video', 1)]],
    ['the same on both sides', ['/v/x/1.mp4'], ['/v/x/1.mp4'], [root('/', '/', 1)]],
    ['one within the other', ['/d/x/1.mp4'], ['/m/d/x/1.mp4'], [root('/', '/m', 1)]],
    [
      'one Stash directory over several disks',
      ['/d/a/1.mp4', '/d/a/2.mp4', '/d/a/3.mp4', '/d/b/4.mp4', '/d/b/5.mp4'],
      ['/m1/a/1.mp4', '/m1/a/2.mp4', '/m1/a/3.mp4', '/m2/b/4.mp4', '/m2/b/5.mp4'],
      [root('/d', '/m1', 3), root('/d/b', '/m2/b', 2)],
    ],
    [
      'not a file that was moved',
      ['/d/a/1.mp4', '/d/a/2.mp4', '/d/a/3.mp4', '/d/b/4.mp4'],
      ['/m/a/1.mp4', '/m/a/2.mp4', '/m/c/3.mp4', '/m/b/4.mp4'],
      [root('/d', '/m', 3, { contradictions: 1 })],
    ],
  ])('%s', async (_, stash, plex, expected) => {
    const { summary } = await missingOf({
      scenes: stash.map((path, i) => scene(i + 1, path)),
      sections: [clips(plex.map((path, i) => item(i + 1, path)))],
    });
    expect(summary.roots).toEqual(expected);
  });

  it('are not proposed where the mapping is configured, and paths below it are mapped by it', async () => {
    const { summary, missing } = await missingOf(
      { scenes: [...known.scenes, scene(3, '/data/clips/x/3.mp4')], sections: [clips(known.items)] },
      { pathMappings: [DATA_TO_MEDIA] },
    );
    expect(summary.roots).toEqual([root('/data', '/media', 2, { configured: true })]);
    expect(missing[3]).toMatchObject({ reason: 'not_scanned' });
    expect(summary.warnings).toEqual([]);
  });

  it.each([
    ['is contradicted', { stash: '/data', plex: '/wrong' }, 'fits nothing'],
    ['fits no scene', { stash: '/dta', plex: '/media' }, 'fits nothing'],
  ])('a mapping that %s gives way, and is called out', async (_, mapping, fits) => {
    const { summary, missing } = await missingOf(
      { scenes: [...known.scenes, scene(3, '/data/clips/x/3.mp4')], sections: [clips(known.items)] },
      { pathMappings: [mapping] },
    );
    expect(summary.roots).toEqual([root('/data', '/media', 2)]);
    expect(missing[3]).toMatchObject({ reason: 'not_scanned' });
    expect(summary.warnings).toEqual([
      {
        code: 'mapping_wrong',
        message: `The path mapping ${mapping.stash} = ${mapping.plex} ${fits}: what is /data/clips/a/one.mp4 in Stash is /media/clips/a/one.mp4 in Plex; /data = /media fits 2 scenes`,
      },
    ]);
  });
});

describe('a library with three roots, a wrong mapping and renamed files', () => {
  it('has every reason right, and every root', async () => {
    const { world, truth } = largeWorld();
    const { summary, missing } = await missingOf(world, {
      libraries: ['Clips'],
      pathMappings: [{ stash: '/srv/alpha', plex: '/mnt/wrong' }],
    });
    const wrong = [...truth].filter(([id, reason]) => missing[id]?.reason !== reason);
    expect(wrong.map(([id, reason]) => [id, reason, missing[id]])).toEqual([]);
    expect(Object.keys(missing)).toHaveLength(truth.size);
    expect(summary.roots.map(({ stash, plex }) => `${stash} = ${plex}`).sort()).toEqual([
      '/srv/alpha = /mnt/p/first',
      '/srv/beta = D:\\Video',
      '/vol/gamma = /third',
    ]);
    expect(summary.warnings.map(({ code }) => code)).toEqual(['mapping_wrong']);
  });
});

/** 3,000 scenes below three roots; one in ten is missing for some reason, one in twenty renamed. */
function largeWorld() {
  const roots = [
    ['/srv/alpha', '/mnt/p/first', '/'],
    ['/srv/beta', 'D:\\Video', '\\'],
    ['/vol/gamma', '/third', '/'],
  ] as const;
  const truth = new Map<number, string>();
  const scenes: SampleScene[] = [];
  const items: ReturnType<typeof item>[] = [];
  for (let id = 1; id <= 3000; id++) {
    const [stash, plex, separator] = roots[id % 3] ?? roots[0];
    const name = `Clip ${String(id).padStart(5, '0')}.mp4`;
    const tail = ['films', `Artist ${id % 40}`];
    const inPlex = (file: string) => [plex, ...tail, file].join(separator);
    if (id % 20 === 7) {
      truth.set(id, 'renamed');
      items.push(item(id, inPlex(`Take ${id * 7}.mp4`)));
    } else if (id % 50 === 3) {
      truth.set(id, 'outside_libraries');
      tail[0] = 'new';
    } else if (id % 50 === 13) {
      truth.set(id, 'other_library');
      tail[0] = 'concerts';
    } else if (id % 50 === 23) truth.set(id, 'not_scanned');
    else if (id % 50 !== 33) items.push(item(id, inPlex(name)));
    const isUnmappable = id % 50 === 33;
    if (isUnmappable) truth.set(id, 'unmappable');
    scenes.push(scene(id, [isUnmappable ? '/nowhere' : stash, ...tail, name].join('/')));
  }
  const locations = (name: string) => roots.map(([, plex, separator]) => `${plex}${separator}${name}`);
  const sections = [
    clips(items, locations('films')),
    sampleSection({ key: '2', title: 'Concerts', locations: locations('concerts'), items: [] }),
  ];
  return { world: { scenes, sections }, truth };
}

describe('on the command line', () => {
  it('the five biggest groups are told with what to do, and mappings ready to paste', async () => {
    const others = ['new/a', 'new/b', 'new/c', 'new/d', 'new/e', 'clips/f'].flatMap((directory, i) =>
      Array.from({ length: 6 - i }, (_, n) => scene(10 * (i + 1) + n, `/data/${directory}/${i} ${n}.mp4`)),
    );
    const rig = await scanRig({ scenes: [...known.scenes, ...others], sections: [clips(known.items)] });
    const { stdout } = await runCli(['scan', '--dry-run', '--force'], cliEnvironment(rig));
    expect(stdout).toContain(`Why scenes are missing
          6  in no Plex library: /data/new/a
             add /media/new/a (/data/new/a in Stash) to a Plex library, or leave it alone (ignore.paths)
`);
    expect(stdout).toContain('          2  in no Plex library: /data/new/e\n');
    expect(stdout).not.toContain('/data/clips/f');
    expect(stdout).toContain('             and 1 more (1 scene)\n');
    expect(stdout).toContain('Next: put into the config file: pathMappings: [{ stash: "/data", plex: "/media" }]');
  });
});

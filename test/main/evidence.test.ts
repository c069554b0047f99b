/** Evidence, claims and memory: inputs on which scans gave wrong or unsafe answers, each with the right one. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { scan, type ReportLine, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene, sampleSection, type SampleItem } from '../../src/main/demo/world.js';
import { payloadOf, scanRig, type ScanRig, type SmallWorld } from '../support/scan-world.js';

const scene = (id: number, path: string | string[], size = 0, duration = 0) =>
  sampleScene({
    id,
    details: 'd',
    files: [path].flat().map((each) => ({ path: each, size, duration })),
  });
const item = (key: number | string, file: string | string[], size?: number, duration?: number) =>
  sampleItem({
    ratingKey: String(key),
    parts: [file].flat().map((each) => ({ file: each, ...(size && { size }), ...(duration && { duration }) })),
  });
const now = () => Date.now() / 1000;

/** What a plain scan queues, and what a report says of every scene: `verdict/action key`. */
async function outcomes(world: SmallWorld, options: Partial<ScanOptions> = {}) {
  const rig = await scanRig(world);
  const { queue } = await scan({ ...rig.options, dryRun: true, ...options });
  const { lines } = await rig.run({ dryRun: true, ...options });
  const enqueued = [...lines.values()].filter(({ action }) => action === 'enqueued').length;
  expect(queue.enqueued).toBe(enqueued);
  return { rig, lines, said: said(lines) };
}

const said = (lines: ReadonlyMap<number, ReportLine>) =>
  Object.fromEntries(
    [...lines].map(([id, { verdict, action, item: found }]) => [
      id,
      verdict + (action === null ? '' : `/${action}`) + (found === null ? '' : ` ${found.ratingKey}`),
    ]),
  );

describe('another video under the same name', () => {
  const episode = scene(1, '/data/Series B/Season 01/Episode 01.mp4', 300e6, 900);
  const other = item(101, '/media/Series A/Season 01/Episode 01.mp4', 700e6, 1_800_000);

  it.each([
    ['is in sync', [scene(2, '/data/Series A/Season 01/Episode 01.mp4', 700e6, 1800)], { 2: now() }, {}],
    ['is not in Stash', [], {}, {}],
    ['is outside --ids', [scene(2, '/data/Series A/Season 01/Episode 01.mp4', 700e6, 1800)], {}, { ids: [1] }],
  ])(
    'is ambiguous in a directory of the same name, and queues nothing over the item whose scene %s',
    async (_, more, syncTimestamps, options) => {
      const { lines } = await outcomes({ scenes: [episode, ...more], items: [other], syncTimestamps }, options);
      expect(lines.get(1)).toMatchObject({
        verdict: 'ambiguous',
        code: 'contradicted',
        reason: 'same name and directory, but size and length differ',
        action: null,
        candidates: [{ ratingKey: '101' }],
      });
    },
  );

  it('is missing, and its name unsafe, where the directory has another name', async () => {
    const elsewhere = item(101, '/media/Series A/Season 02/Episode 01.mp4', 700e6, 1_800_000);
    const { said } = await outcomes({ scenes: [episode], items: [elsewhere] });
    expect(said).toEqual({ 1: 'missing/unsafe_name' });
  });

  it('of exactly the same size, as discs are cut, is told by its length', async () => {
    const disc = (id: number, dir: string, seconds: number) =>
      scene(id, `/data/${dir}/VIDEO_TS/VTS_01_1.VOB`, 1_073_739_776, seconds);
    const items = [item(9, '/media/B/VIDEO_TS/VTS_01_1.VOB', 1_073_739_776, 1_800_000)];
    const { said, lines } = await outcomes({ scenes: [disc(1, 'A', 900), disc(2, 'B', 1800)], items });
    expect(said).toEqual({ 1: 'ambiguous', 2: 'empty/enqueued 9' });
    expect(lines.get(1)?.code).toBe('contradicted');
  });
});

describe('which file and which part', () => {
  it("the primary's item comes before that of a file that lies deeper", async () => {
    const files = ['/data/keep/clip.mkv', '/data/keep/old/lowres/clip-sd.mp4'];
    const items = [item(1, '/media/keep/old/lowres/clip-sd.mp4'), item(2, '/media/keep/clip.mkv')];
    expect((await outcomes({ scenes: [scene(1, files)], items })).said).toEqual({ 1: 'empty/enqueued 2' });
  });

  it('any file and any part, in whatever order: the same answer', async () => {
    const files = [
      { path: '/data/a/clip.mkv', size: 10, duration: 60 },
      { path: '/data/b/clip.mkv', size: 20, duration: 60 },
    ];
    const parts = [
      { file: '/media/x/clip.mkv', size: 99, duration: 500_000 },
      { file: '/media/y/clip.mkv', size: 20, duration: 60_000 },
    ];
    for (const [f, p] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const scenes = [sampleScene({ id: 1, details: 'd', files: f === 0 ? files : files.toReversed() })];
      const items = [sampleItem({ ratingKey: '7', parts: p === 0 ? parts : parts.toReversed() })];
      expect((await outcomes({ scenes, items })).said).toEqual({ 1: 'empty/enqueued 7' });
    }
  });

  it.each([16, 17, 300])('an item with %i parts of one name is one item', async (count) => {
    const parts = Array.from({ length: count }, (_, i) => `/media/v${i}/scene.mp4`);
    const { said } = await outcomes({ scenes: [scene(1, '/data/x/scene.mp4')], items: [item(5, parts)] });
    expect(said).toEqual({ 1: count < 257 ? 'empty/enqueued 5' : 'ambiguous' });
  });

  it('a folder called x.zip is a folder', async () => {
    const { said } = await outcomes({
      scenes: [scene(1, '/data/Set 1.zip/clip.mp4')],
      items: [item(1, '/media/Set 1.zip/clip.mp4')],
    });
    expect(said).toEqual({ 1: 'empty/enqueued 1' });
  });
});

describe('one name, spelled in several ways', () => {
  it.each([
    ['the macOS stand-ins', 'Part 1: Yes?.mp4', 'Part 1\uf022 Yes\uf025.mp4'],
    ['U+F000 + ASCII', 'Part 1: Yes?.mp4', 'Part 1\uf03a Yes\uf03f.mp4'],
    ['the two schemes', 'Part 1\uf022 "x"\uf021.mp4', 'Part 1\uf03a \uf022x\uf020\uf02a.mp4'],
    ['final sigma', '\u039f\u0394\u039f\u03a3.mp4', '\u03bf\u03b4\u03bf\u03c2.mp4'],
    ['sharp s', 'STRASSE.mp4', 'stra\u00dfe.mp4'],
    ['composed and not', 'Cafe\u0301.mp4', 'Caf\u00e9.mp4'],
  ])('%s: found, and the job carries the spelling of Plex', async (_, inStash, inPlex) => {
    const world = { scenes: [scene(1, `/data/x/${inStash}`, 5)], items: [item(1, `/media/x/${inPlex}`, 5)] };
    const rig = await scanRig(world);
    expect((await scan(rig.options)).queue.enqueued).toBe(1);
    expect(rig.rows().map((row) => payloadOf(row)['path'])).toEqual([`/data/x/${inPlex}`]);
  });

  it('the dotless i is a letter of its own', async () => {
    const { said } = await outcomes({
      scenes: [scene(1, '/data/x/ki.mp4', 5)],
      items: [item(1, '/media/x/k\u0131.mp4', 5)],
    });
    expect(said).toEqual({ 1: 'missing/enqueued' });
  });
});

describe('dates Plex made up', () => {
  it('on an item it could not identify are no metadata, in whatever library', async () => {
    const unidentified: SampleItem = { ...item(1, '/media/a.mp4', 5), guid: 'local://10', year: 2024 };
    const dated: SampleItem = {
      ...item(2, '/media/b.mp4', 5),
      guid: 'com.plexapp.agents.none://7c1e?lang=xn',
      originallyAvailableAt: '2024-05-09',
    };
    const known: SampleItem = { ...item(3, '/media/c.mp4', 5), guid: 'plex://movie/5d77', year: 2024 };
    const scenes = ['a', 'b', 'c'].map((name, i) => scene(i + 1, `/data/${name}.mp4`, 5));
    const { said } = await outcomes({ scenes, items: [unidentified, dated, known] });
    expect(said).toEqual({ 1: 'empty/enqueued 1', 2: 'empty/enqueued 2', 3: 'matched 3' });
  });

  it.each([
    ['2024', '2024-05-09', 'empty/enqueued 1'],
    ['2024-05', '2024-05-09', 'empty/enqueued 1'],
    ['2024', '2024-01-01', 'matched 1'],
    ['2024-05', '2024-05-01', 'matched 1'],
    ['2024-05-09', '2024-05-09', 'matched 1'],
  ])("a partial date %s is the item's %s only where that expands it", async (date, inPlex, expected) => {
    const items = [{ ...item(1, '/media/a.mp4', 5), originallyAvailableAt: inPlex }];
    const sections = [sampleSection({ agent: 'com.plexapp.agents.none', items })];
    const rig = await scanRig({ scenes: [{ ...scene(1, '/data/a.mp4', 5), date }], sections });
    const { lines } = await rig.run();
    expect(said(lines)).toEqual({ 1: expected });
    if (expected.startsWith('empty')) expect(payloadOf(rig.rows()[0]!)['date']).toBeUndefined();
  });
});

describe('claims', () => {
  const shared = {
    verdict: 'ambiguous',
    code: 'shared_item',
    reason: 'one Plex item holds files of several scenes',
    action: null,
  };
  const parts = [
    { file: '/media/x/Scene 3.mp4', size: 111 },
    { file: '/media/x/y/Scene 5.mp4', size: 222 },
    { file: '/media/x/cd2/Scene 7.mp4', size: 333 },
  ];

  it.each([
    ['two versions', 2, 111],
    ['three versions', 3, 111],
    ['one of another size than its path had', 2, 999],
  ])('of several scenes on one item, all proven: all ambiguous (%s)', async (_, count, size) => {
    const files = parts.slice(0, count);
    const scenes = files.map((part, i) => scene(i + 1, part.file, i === 0 ? size : part.size));
    const { lines } = await outcomes({ scenes, items: [sampleItem({ ratingKey: '5', parts: files })] });
    for (const line of lines.values()) expect(line).toMatchObject(shared);
    expect(lines.size).toBe(count);
  });

  it('weak ones are held off an item whose own scene is in sync, as long as its file is what it was', async () => {
    const owner = scene(1, '/media/keep/clip.mp4', 100, 60);
    const guest = scene(2, '/data/keep/clip.mp4', 90, 60);
    const items = [item(101, '/media/keep/clip.mp4', 100, 60_000)];
    const rig = await scanRig({ scenes: [owner], items });
    await scan(rig.options);
    const world = { ...rig.stash.state.world, scenes: [owner, guest] };
    rig.stash.state.world = world;
    const inSync = await rig.scanWith({ 1: now() });
    expect(inSync.get(2)).toMatchObject({
      verdict: 'ambiguous',
      code: 'held',
      reason: 'held by scene 1',
      action: null,
    });
    expect((await rig.scanWith({}, { ids: [2] })).get(2)).toMatchObject({ code: 'held' });
    // The item's file was replaced: what was proven of it before says nothing now.
    rig.plex.state.world = {
      ...world,
      sections: [sampleSection({ items: [item(101, '/media/keep/clip.mp4', 80, 60_000)] })],
    };
    expect((await rig.scanWith({ 1: now() })).get(2)).toMatchObject({ verdict: 'empty' });
  });
});

describe('memory of earlier runs', () => {
  const count = 6;
  const scenes = Array.from({ length: count }, (_, i) => scene(i + 1, `/data/clip ${i}/video.mp4`, 5000 + i));
  const itemsWith = (shift: number) =>
    Array.from({ length: count }, (_, i) => item(100 + ((i + shift) % count), `/media/clip ${i}/video.mp4`, 5000 + i));

  /** Scans, changes the servers, and scans with and without what was remembered. */
  async function asWithoutMemory(change: (rig: ScanRig) => void, first = itemsWith(0)) {
    const rig = await scanRig({ scenes, items: first });
    await rig.run({ dryRun: false });
    change(rig);
    const remembered = await rig.run({ dryRun: true, force: true });
    rmSync(join(rig.dataDir, 'gapscan'), { recursive: true });
    const fresh = await rig.run({ dryRun: true, force: true });
    expect(said(remembered.lines)).toEqual(said(fresh.lines));
    return said(fresh.lines);
  }

  const exchange = (items: readonly SampleItem[]) => (rig: ScanRig) => {
    rig.plex.state.world = { ...rig.plex.state.world, sections: [sampleSection({ items })] };
  };

  it('does not follow rating keys that were given anew', async () => {
    const after = await asWithoutMemory(exchange(itemsWith(1)));
    expect(Object.values(after).map((text) => text.split(' ').at(-1))).toEqual([
      '101',
      '102',
      '103',
      '104',
      '105',
      '100',
    ]);
  });

  it('does not cling to an item in the trash when the right file appears', async () => {
    const trash = item(100, '/media/old/video.mp4', 5000);
    const after = await asWithoutMemory(
      exchange([...itemsWith(0).slice(1), trash, item(200, '/media/clip 0/video.mp4', 5000)]),
      [...itemsWith(0).slice(1), trash],
    );
    expect(after[1]).toMatch(/ 200$/);
  });

  it('does not survive a Stash whose ids shifted', async () => {
    await asWithoutMemory((rig) => {
      const shifted = scenes.map((each, i) => ({ ...each, id: ((i + 1) % count) + 1 })).sort((a, b) => a.id - b.id);
      rig.stash.state.world = { ...rig.stash.state.world, scenes: shifted };
    });
  });
});

describe('the order of candidates', () => {
  it('is one, whatever the threads, the pages and the kind of reading', async () => {
    const items = Array.from({ length: 12 }, (_, i) => item(120 - i, `/media/d${i}/x.mp4`));
    const rig = await scanRig({ scenes: [scene(1, '/data/q/x.mp4'), scene(2, '/data/z.mp4')], items });
    const keys = [];
    for (const options of [{ threads: 0 }, { threads: 2 }, { ids: [1] }]) {
      const { lines } = await rig.run({ dryRun: true, ...options });
      keys.push(lines.get(1)?.candidates.map(({ ratingKey }) => Number(ratingKey)));
    }
    const expected = Array.from({ length: 10 }, (_, i) => 109 + i);
    expect(keys).toEqual([expected, expected, expected]);
  });
});

describe('a library that was not selected', () => {
  it('holds scenes that are missing for this scope, said so, and not queued', async () => {
    const section = (key: string, title: string, items: SampleItem[]) => sampleSection({ key, title, items });
    const clips = Array.from({ length: 4 }, (_, i) => item(i + 1, `/media/clips/${i}.mp4`, 5));
    const sections = [section('1', 'Clips', clips), section('2', 'Concerts', [item(50, '/media/concerts/a.mp4', 5)])];
    const scenes = [
      ...clips.map((_, i) => scene(i + 1, `/data/clips/${i}.mp4`, 5)),
      scene(11, '/data/concerts/new.mp4', 5),
      scene(12, '/data/clips/new.mp4', 5),
    ];
    const options = { libraries: ['clips'], pathMappings: [{ stash: '/data', plex: '/media' }] };
    const { lines } = await outcomes({ scenes, sections }, options);
    expect(lines.get(11)).toMatchObject({ verdict: 'missing', code: 'other_library', action: 'not_selected' });
    expect(lines.get(12)).toMatchObject({ verdict: 'missing', code: 'no_item', action: 'enqueued' });
  });
});

describe('ignore rules', () => {
  it('leave scenes alone by directory, tag or studio, after in_sync and before all else', async () => {
    const plain = { files: [{ path: '/data/Private stuff/a.mp4', size: 1, duration: 1 }] };
    const scenes = [
      sampleScene({
        id: 1,
        ...plain,
        files: [
          { path: '/x/b.mp4', size: 1, duration: 1 },
          { path: '/DATA/private/deep/a.mp4', size: 1, duration: 1 },
        ],
      }),
      sampleScene({ id: 2, ...plain, tags: [{ name: 'No Plex' }] }),
      sampleScene({ id: 3, files: [], studio: { name: 'acme' } }),
      sampleScene({ id: 4, ...plain, details: 'd', tags: [{ name: 'No Plex, please' }] }),
      sampleScene({ id: 5, ...plain, tags: [{ name: 'no plex' }] }),
    ];
    const ignore = { paths: ['/data/private'], tags: ['no plex'], studios: ['Acme'] };
    const items = [item(1, '/media/other.mp4')];
    const { said } = await outcomes({ scenes, items, syncTimestamps: { 5: now() } }, { ignore });
    expect(said).toEqual({ 1: 'ignored', 2: 'ignored', 3: 'ignored', 4: 'missing/enqueued', 5: 'in_sync' });
  });
});

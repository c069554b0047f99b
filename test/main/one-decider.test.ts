/** A report, threads and light reading change nothing: not a verdict, not an outcome, not a byte of the queue. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { scan, type ReportLine, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../src/main/demo/demo-world.js';
import { sampleItem, sampleScene, sampleSection } from '../../src/main/demo/world.js';
import { runs } from '../support/property.js';
import { asLightRow } from '../support/report.js';
import { readQueue, scanRig, type ScanRig, type SmallWorld } from '../support/scan-world.js';
import { tempDir } from '../support/temp-dir.js';

const SYNCED = Date.parse('2025-06-01T10:00:00+02:00') / 1000;

/** Scans into a data directory of its own; what is in the queue afterwards, but for the time. */
async function scanAfresh(rig: ScanRig, syncTimestamps: object, options: Partial<ScanOptions>) {
  const dataDir = tempDir();
  writeFileSync(join(dataDir, 'sync_timestamps.json'), JSON.stringify(syncTimestamps));
  const { verdicts, queue, warnings } = await scan({ ...rig.options, force: true, ...options, dataDir });
  const enqueued = queue.enqueued === 0 ? [] : readQueue(join(dataDir, 'queue', 'data.db'));
  const rows = enqueued.map(({ job }) => [...job].filter(([key]) => key !== 'enqueued_at'));
  return { verdicts, queue, rows, warnings: warnings.map(({ code }) => code) };
}

async function sameInEveryWay(world: SmallWorld) {
  const rig = await scanRig(world);
  const path = join(tempDir(), 'r.ndjson');
  const reported = (include: 'gaps' | 'all') => ({ reports: [{ path, format: 'ndjson' as const }], include });
  const lines = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((text) => asLightRow(JSON.parse(text) as ReportLine));
  const synced = world.syncTimestamps ?? {};
  const plain = await scanAfresh(rig, synced, {});
  expect(await scanAfresh(rig, synced, { ...reported('gaps'), threads: 0 })).toEqual(plain);
  const gaps = lines();
  expect(await scanAfresh(rig, synced, { ...reported('all'), threads: 2 })).toEqual(plain);
  const all = lines();
  expect(await scanAfresh(rig, synced, { threads: 2 })).toEqual(plain);
  expect(gaps).toEqual(all.filter(({ action }) => action !== null));
  // What is asked by ids is read before Plex is, into a part of the index.
  const ids = world.scenes.map(({ id }) => id);
  const some = await scanAfresh(rig, synced, { ...reported('all'), ids });
  expect(some.rows).toEqual(plain.rows);
  expect(lines()).toEqual(all);
  return all;
}

const directories = ['/s', '/s/a', '/s/b', '/p/a', '/s/Caf\u00e9', '/s/Cafe\u0301', '/s/x.zip'];
const names = [
  'clip.mp4',
  'Clip.MP4',
  'clip-sd.mp4',
  'e\u0301.mp4',
  '\u00e9.mp4',
  'stra\u00dfe.mp4',
  'STRASSE.mp4',
  'a: b?.mp4',
  'a\uf022 b\uf025.mp4',
];
const dates = [
  null,
  '',
  ' ',
  '2024',
  '2024-05',
  '2024-05-02',
  '2024 05 02',
  '\t2024-05-02',
  '\u00a02024-05-02',
  'soon',
];
const blanks = ['', ' ', '\u3000', 'Beach', 'Beach (2024) [1080p]', 'two\nlines', 'a "quote" \\'];
const path = fc.tuple(fc.constantFrom(...directories), fc.constantFrom(...names)).map((parts) => parts.join('/'));
const size = fc.constantFrom(0, 5, 6);
const scene = fc.record({
  title: fc.constantFrom(...blanks),
  details: fc.constantFrom(...blanks),
  date: fc.constantFrom(...dates),
  rating100: fc.constantFrom(null, 1, 100),
  studio: fc.constantFrom(null, { name: 'Acme' }, { name: ' ' }),
  tags: fc.constantFrom([], [{ name: 'x' }], [{ name: '\u00a0' }]),
  updated_at: fc.constantFrom('2025-06-01T10:00:00+02:00', '2025-06-01T10:00:01.5Z', 'never'),
  files: fc.array(fc.record({ path, size, duration: fc.constantFrom(0, 60, 61.5, 90) }), { maxLength: 2 }),
});
const item = fc.record({
  title: fc.constantFrom('Beach', 'a', 'clip'),
  studio: fc.constantFrom(undefined, ' ', 'Acme'),
  originallyAvailableAt: fc.constantFrom(undefined, '2024-05-02', '2024-05-01', '2024-01-01'),
  parts: fc.array(fc.record({ file: path, size, duration: fc.constantFrom(0, 60_000, 90_000) }), {
    minLength: 1,
    maxLength: 2,
  }),
});
type ItemFields = typeof item extends fc.Arbitrary<infer T> ? T : never;

const toItem = ({ title, studio, originallyAvailableAt, parts }: ItemFields, i: number) =>
  sampleItem({
    ratingKey: String(95 + i),
    title,
    parts,
    ...(studio !== undefined && { studio }),
    ...(originallyAvailableAt !== undefined && { originallyAvailableAt }),
  });

const worlds = fc
  .record({
    scenes: fc.array(scene, { minLength: 1, maxLength: 12 }),
    items: fc.array(item, { maxLength: 10 }),
    agent: fc.constantFrom('tv.plex.agents.movie', 'tv.plex.agents.none'),
    synced: fc.array(fc.constantFrom(0, SYNCED - 1, SYNCED + 1), { minLength: 12, maxLength: 12 }),
  })
  .map(({ scenes, items, agent, synced }): SmallWorld => ({
    scenes: scenes.map((each, i) => sampleScene({ id: i + 1, ...each })),
    sections: [sampleSection({ agent, items: items.map(toItem) })],
    syncTimestamps: Object.fromEntries(synced.flatMap((time, i) => (time === 0 ? [] : [[i + 1, time]]))),
  }));

describe('a scan says and queues the same with no report, with one of the gaps and of all, on any threads', () => {
  it('over small libraries in which everything collides', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        await sameInEveryWay(world);
      }),
      { numRuns: runs(40), endOnFailure: true },
    );
  });

  it('over a library mostly in sync, which is read by light rows', async () => {
    const world = makeDemoWorld({ scenes: 1500, seed: 9 });
    const times = world.scenes.flatMap(({ id, broken }) =>
      id % 10 === 0 || broken === true ? [] : [[id, 1.75e9] as const],
    );
    const lines = await sameInEveryWay({
      ...world,
      scenes: world.scenes.filter(({ broken }) => broken !== true),
      syncTimestamps: Object.fromEntries(times),
    });
    expect(new Set(lines.map(({ verdict }) => verdict)).size).toBeGreaterThan(4);
  });

  it.each(['2024 05 02', '\t2024-05-02', '\u00a02024-05-02', '2024', '2024-05'])(
    'with the scene date %j and an item that has only a date from its file',
    async (date) => {
      const files = [{ path: '/s/a.mp4', size: 5, duration: 60 }];
      const items = [
        sampleItem({ ratingKey: '1', originallyAvailableAt: '2024-05-02', parts: [{ file: '/p/a.mp4', size: 5 }] }),
      ];
      const [line] = await sameInEveryWay({
        scenes: [sampleScene({ id: 1, date, details: 'd', files })],
        sections: [sampleSection({ agent: 'tv.plex.agents.none', items })],
      });
      // Only a date that is written as one, blanks around it aside, can be the item's.
      expect(line?.verdict).toBe(date.trim() === '2024-05-02' ? 'matched' : 'empty');
    },
  );
});

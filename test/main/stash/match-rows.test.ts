import { scan, type ReportLine, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import {
  sampleItem,
  sampleScene,
  sampleSection,
  type SampleItem,
  type SampleScene,
} from '../../../src/main/demo/world.js';
import { payloadOf, scanRig, type ScanRig } from '../../support/scan-world.js';

const COUNT = 5200;
const path = (id: number, name = `Scene ${id}`) => `/media/clips/${id % 40}/${name}.mp4`;
const size = (id: number) => 1000 + id;

/** Most scenes have metadata in Plex; every fifth and a few more do not, each in a way of its own. */
function sceneOf(id: number): SampleScene {
  const base = { id, title: `Title "${id}" \\ é`, files: [{ path: path(id), size: size(id), duration: 9.5 }] };
  switch (id % 40) {
    case 1:
      return sampleScene({ ...base, performers: [{ name: `Ann ${id}` }], tags: [{ name: 'a' }, { name: ' ' }] });
    case 2:
      return sampleScene({ ...base, studio: { name: `Studio ${id % 7}` }, date: '2024-05' });
    case 3:
      return sampleScene({ ...base, date: '2024-05-02', rating100: 80 });
    case 4:
      return sampleScene(base);
    case 5:
      return sampleScene({ ...base, details: 'line\nline', files: [] });
    case 6:
      return sampleScene({
        ...base,
        details: 'two files',
        files: [
          { path: path(id, `Not there ${id}`), size: 1, duration: 0 },
          { path: path(id, `Scéne ${id}`), size: size(id), duration: 1234.567 },
        ],
      });
    case 7:
      return sampleScene({
        ...base,
        details: 'missing',
        files: [{ path: path(id, `Gone ${id}`), size: 2, duration: 3 }],
      });
    default:
      return sampleScene({ ...base, details: 'd', tags: [{ name: 't' }] });
  }
}

function itemOf(id: number): SampleItem {
  const isBare = id % 40 >= 1 && id % 40 <= 6;
  const name = id % 40 === 6 ? `Scéne ${id}` : undefined;
  const summary = isBare ? '' : 'there';
  return sampleItem({ ratingKey: String(10_000 + id), summary, parts: [{ file: path(id, name), size: size(id) }] });
}

const ids = Array.from({ length: COUNT }, (_, i) => i + 1);
const scenes = ids.map(sceneOf);
const items = ids.filter((id) => id % 40 !== 7).map(itemOf);
/** With a rule about tags every scene has to be read in full; none of them has this one. */
const IN_FULL = { ignore: { tags: ['no such tag'] } } satisfies Partial<ScanOptions>;

const documentOf = ({ body }: { readonly body: string }) =>
  body === '' ? '' : (JSON.parse(body) as { query: string }).query;
const asksForMatchRows = (document: string) => document.includes('files{') && !document.includes('performers');
const asksForMetadata = (document: string) => document.includes('performers') && !document.includes('files{');

const jobs = (rig: ScanRig) =>
  rig
    .rows()
    .map((row) => [row.job.get('scene_id') as number, { ...payloadOf(row), poster_url: '' }] as const)
    .sort(([a], [b]) => a - b);

const comparable = (lines: ReadonlyMap<number, ReportLine>) =>
  [...lines]
    .sort(([a], [b]) => a - b)
    .map(([id, line]) => [
      id,
      { ...line, url: '', item: line.item?.ratingKey, candidates: line.candidates.map(({ ratingKey }) => ratingKey) },
    ]);

describe('scenes whose metadata is asked for only where it is needed', () => {
  it('are judged, queued and reported as those that are read in full', async () => {
    const full = await scanRig({ scenes, items });
    const plain = await full.run({ ...IN_FULL, include: 'all' });
    const rig = await scanRig({ scenes, items });
    const { summary, lines } = await rig.run({ include: 'all' });
    expect(summary.verdicts).toEqual(plain.summary.verdicts);
    expect(summary.verdicts).toMatchObject({ empty: 520, missing: 130, no_file: 130, nothing_to_sync: 130 });
    expect(summary.queue).toEqual(plain.summary.queue);
    expect(summary.missing).toEqual(plain.summary.missing);
    expect(jobs(rig)).toEqual(jobs(full));
    expect(comparable(lines)).toEqual(comparable(plain.lines));
    // Every scene once by a match row, and those that need it once more; none of the others had more to say.
    const documents = rig.stash.requests.map(documentOf);
    expect(documents.filter(asksForMatchRows).length).toBeGreaterThan(10);
    expect(documents.filter(asksForMetadata)).toHaveLength(2);
    expect(summary.asked.stash.rows).toBe(COUNT + 520 + 130 + 130);
    expect(full.stash.requests.map(documentOf).filter(asksForMatchRows)).toEqual([]);
  });

  it('are the same without a report, with one of the gaps, and by other threads', async () => {
    const results = [];
    for (const options of [{}, { include: 'gaps' as const }, { threads: 0 }, { threads: 2 }]) {
      const rig = await scanRig({ scenes, items });
      const { verdicts, queue } =
        'include' in options ? (await rig.run(options)).summary : await scan({ ...rig.options, ...options });
      results.push({ verdicts, queue, jobs: jobs(rig) });
    }
    for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  });

  it('are read once more where they change between the two questions', async () => {
    const rig = await scanRig({ scenes, items });
    const changed = new Set([41, 81]);
    const world = rig.stash.state.world;
    rig.stash.fault = (request) => {
      if (asksForMetadata(documentOf(request)) && world === rig.stash.state.world) {
        rig.stash.state.world = {
          ...world,
          scenes: scenes.map((scene) =>
            changed.has(scene.id) ? { ...scene, details: 'new', updated_at: '2026-01-02T03:04:05Z' } : scene,
          ),
        };
      }
      return undefined;
    };
    const summary = await scan(rig.options);
    expect(summary.verdicts).toMatchObject({ empty: 520, missing: 130, unreadable: 0 });
    const details = new Map(jobs(rig).map(([id, job]) => [id, (job as { details?: string }).details]));
    expect([...changed].map((id) => details.get(id))).toEqual(['new', 'new']);
    expect(details.get(121)).toBeUndefined();
    // Only those two were asked for in full.
    const last = JSON.parse(rig.stash.requests.at(-1)!.body) as { query: string; variables: { ids: string[] } };
    expect(last.query).toMatch(/performers.*files/);
    expect(last.variables.ids).toEqual(['41', '81']);
  });

  it('are unreadable where their metadata cannot be had, and gone where they are deleted meanwhile', async () => {
    const rig = await scanRig({ scenes, items });
    rig.stash.fault = (request) => {
      const document = documentOf(request);
      if (!asksForMetadata(document)) return undefined;
      rig.stash.state.world = { ...rig.stash.state.world, scenes: scenes.filter(({ id }) => id !== 81) };
      const body =
        '{"data":null,"errors":[{"message":"no such table: performers_scenes","path":["findScenes","scenes",0]}]}';
      return request.body.includes('"41"') ? { kind: 'body', body, type: 'application/json' } : undefined;
    };
    const { summary, lines } = await rig.run({ include: 'gaps' });
    expect(summary.verdicts).toMatchObject({ empty: 518, unreadable: 1 });
    expect(lines.has(81)).toBe(false);
    expect(jobs(rig).some(([id]) => id === 41 || id === 81)).toBe(false);
  });

  it('are unreadable where the answers leave them out, and no others with them', async () => {
    const rig = await scanRig({ scenes, items });
    // As many as would be an ill server, had nothing else of their kind been read.
    const left = new Set(
      ids
        .filter((id) => id % 40 === 1)
        .slice(0, 12)
        .map(String),
    );
    const rewrite = (text: string) => {
      const answer = JSON.parse(text) as { data: { findScenes: { scenes: { id: string }[] } } };
      const { findScenes } = answer.data;
      findScenes.scenes = findScenes.scenes.filter(({ id }) => !left.has(id));
      return JSON.stringify(answer);
    };
    rig.stash.fault = (request) => (asksForMetadata(documentOf(request)) ? { kind: 'rewrite', rewrite } : undefined);
    const { verdicts } = await scan(rig.options);
    expect(verdicts).toMatchObject({ empty: 508, unreadable: 12, missing: 130 });
  });

  it('are read in full where nothing is known to have metadata, and where an audit looks at all', async () => {
    for (const [options, sections] of [
      [{}, [sampleSection({ items: items.map((item) => ({ ...item, summary: '' })) })]],
      [{ audit: true }, [sampleSection({ items })]],
    ] as const) {
      const rig = await scanRig({ scenes, sections });
      await scan({ ...rig.options, ...options, dryRun: true });
      expect(rig.stash.requests.map(documentOf).filter(asksForMatchRows)).toEqual([]);
    }
  });
});

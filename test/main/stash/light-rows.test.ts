import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan, type ScanEvent } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { payloadOf, scanRig, type ScanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const UPDATED = '2025-06-01T10:00:00Z';
const AT = Date.parse(UPDATED) / 1000;
const path = (id: number) => `/media/clips/${id % 9}/Scene ${id}.mp4`;
const scenesOf = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    sampleScene({
      id: i + 1,
      title: `Title ${i + 1}`,
      details: 'd',
      date: '2024-01-02',
      studio: { name: 'Acme' },
      updated_at: UPDATED,
      files: [{ path: path(i + 1), size: i + 100, duration: 9 }],
    }),
  );
const itemsOf = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    sampleItem({ ratingKey: String(i + 1), parts: [{ file: path(i + 1), size: i + 100 }] }),
  );
/** Sync timestamps of the scenes that `isSynced` accepts. */
const synced = (count: number, at: number, isSynced: (id: number) => boolean = () => true) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => i + 1)
      .filter(isSynced)
      .map((id) => [id, at]),
  );
const pages = (rig: ScanRig) => rig.stash.requests.flatMap(({ body }) => (/BETWEEN|"ids"/.test(body) ? [body] : []));

describe('scenes in sync', () => {
  it('are listed with what their light row says: no file was asked for', async () => {
    const rig = await scanRig({ scenes: scenesOf(60), items: itemsOf(60), syncTimestamps: synced(60, AT + 9) });
    const { summary, lines } = await rig.run({ include: 'all' });
    expect(summary.verdicts.in_sync).toBe(60);
    expect([...lines.keys()].sort((a, b) => a - b)).toEqual(scenesOf(60).map(({ id }) => id));
    expect(lines.get(7)).toEqual({
      sceneId: 7,
      verdict: 'in_sync',
      code: 'synced',
      reason: 'Synced at 2025-06-01T10:00:09.000Z, not updated since',
      action: null,
      title: 'Title 7',
      url: `${rig.stash.url}/scenes/7`,
      path: null,
      updatedAt: UPDATED,
      studio: null,
      date: null,
      item: null,
      evidence: null,
      candidates: [],
      nextStep: null,
      missing: null,
    });
    expect(pages(rig).filter((body) => /files|studio|performers|tags|details/.test(body))).toEqual([]);
    // Without a line for them, not even their titles are asked for.
    rig.stash.requests.length = 0;
    await scan({ ...rig.options, dryRun: true });
    expect(pages(rig).filter((body) => body.includes('title'))).toEqual([]);
  });

  it('have a file in their line where their row was read anyway', async () => {
    const rig = await scanRig({ scenes: scenesOf(60), items: itemsOf(60), syncTimestamps: synced(10, AT + 9) });
    const { lines } = await rig.run({ include: 'all' });
    expect(lines.get(7)).toMatchObject({ verdict: 'in_sync', path: path(7), studio: 'Acme', date: '2024-01-02' });
  });

  it('stand in a table without a file', async () => {
    const rig = await scanRig({ scenes: scenesOf(3), items: itemsOf(3), syncTimestamps: synced(3, AT + 9) });
    const file = join(tempDir(), 'all.csv');
    await scan({ ...rig.options, reports: [{ path: file, format: 'csv' }], include: 'all' });
    const [head = '', first = ''] = readFileSync(file, 'utf8').split('\r\n');
    const column = (name: string) => first.split(',')[head.replace('\ufeff', '').split(',').indexOf(name)];
    expect([column('sceneId'), column('verdict'), column('title'), column('path')]).toEqual([
      '1',
      'in_sync',
      'Title 1',
      '',
    ]);
  });
});

it('a scene that a listing repeats has the line of the verdict it was counted with', async () => {
  // The second thousand is synced, and so is scene 5, which was updated since.
  const timestamps = { ...synced(2000, AT + 9, (id) => id > 1000), 5: AT - 9 };
  const rig = await scanRig({ scenes: scenesOf(2000), items: itemsOf(2000), syncTimestamps: timestamps });
  // Its light row, as it was before, comes once more among theirs; one page is asked for at a time.
  const row = `{"id":"5","title":"Title 5","updated_at":"2025-01-01T10:00:00Z"},`;
  const rewrite = (text: string) => text.replace('"scenes":[', `"scenes":[${row}`);
  rig.stash.fault = ({ body }) =>
    body.includes('BETWEEN') && !body.includes('files') ? { kind: 'rewrite', rewrite } : undefined;
  const { summary, lines } = await rig.run({ include: 'all', gentle: true });
  expect(summary.verdicts).toMatchObject({ stale: 1, in_sync: 1000, empty: 999 });
  expect(lines.get(5)?.verdict).toBe('stale');
});

describe('scenes that were updated since', () => {
  it('are read by range where nearly all were, each counted once', async () => {
    // By their timestamps all are synced; two of ten really are.
    const timestamps = { ...synced(2500, AT - 9), ...synced(2500, AT + 9, (id) => id % 10 < 2) };
    const rig = await scanRig({ scenes: scenesOf(2500), items: itemsOf(2500), syncTimestamps: timestamps });
    const done: number[] = [];
    const onEvent = (event: ScanEvent) => {
      if (event.type === 'progress' && event.phase === 'stash') done.push(event.done);
    };
    const { summary, lines } = await rig.run({ include: 'all', onEvent });
    expect(summary.verdicts).toMatchObject({ stale: 2000, in_sync: 500 });
    expect(summary.queue.enqueued).toBe(2000);
    expect(lines.size).toBe(2500);
    expect(pages(rig).filter((body) => body.includes('"ids"'))).toEqual([]);
    expect(done.at(-1)).toBe(2500);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('are read by their ids where few were', async () => {
    const timestamps = { ...synced(2500, AT + 9), ...synced(2500, AT - 9, (id) => id % 10 === 3) };
    const rig = await scanRig({ scenes: scenesOf(2500), items: itemsOf(2500), syncTimestamps: timestamps });
    const { verdicts, asked } = await scan(rig.options);
    expect(verdicts).toMatchObject({ stale: 250, in_sync: 2250 });
    expect(asked.stash.rows).toBe(2500 + 250);
  });
});

describe('a library of which half is synced', () => {
  const COUNT = 7000;
  const small = {
    scenes: scenesOf(COUNT),
    items: itemsOf(COUNT),
    syncTimestamps: synced(COUNT, AT + 9, (id) => id % 2 === 0),
  };

  it('is read while Plex is, once its light rows have come, and judged as if it were read before', async () => {
    const quick = await scanRig(small);
    const plain = await scan(quick.options);
    const rig = await scanRig(small);
    const order: string[] = [];
    rig.plex.fault = ({ path: url }) => {
      if (!url.includes('/all') || url.includes('Size=0')) return undefined;
      order.push('plex');
      return { kind: 'delay', ms: 700 };
    };
    rig.stash.fault = ({ body }) => {
      if (/BETWEEN|"ids"/.test(body)) order.push(body.includes('files') ? 'full' : 'light');
      return undefined;
    };
    const summary = await scan(rig.options);
    expect(order.lastIndexOf('light')).toBeLessThan(order.indexOf('plex'));
    expect(order.indexOf('full')).toBeGreaterThan(order.indexOf('plex'));
    expect(order.indexOf('full')).toBeLessThan(order.lastIndexOf('plex'));
    expect([summary.verdicts, summary.queue]).toEqual([plain.verdicts, plain.queue]);
    expect(summary.verdicts).toMatchObject({ in_sync: 3500, empty: 3500 });
    const jobs = (one: ScanRig) => one.rows().map((row) => ({ ...payloadOf(row), poster_url: '' }));
    expect(jobs(rig)).toEqual(jobs(quick));
  });
});

/** Scenes in sync, looked at again: what an audit finds, and that it changes nothing else. */
import { join } from 'node:path';
import fc from 'fast-check';
import type { ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../src/main/demo/demo-world.js';
import {
  sampleItem,
  sampleScene,
  sampleSection,
  type SampleItem,
  type SampleScene,
} from '../../src/main/demo/world.js';
import { readRunHistory } from '../../src/main/state/run-history.js';
import { runCli } from '../support/cli.js';
import { runs } from '../support/property.js';
import { asLightRow } from '../support/report.js';
import { cliEnvironment, payloadOf, scanRig, type SmallWorld } from '../support/scan-world.js';

const SYNCED = 1_760_000_000;
const scene = (id: number, more: Partial<SampleScene> = {}): SampleScene =>
  sampleScene({
    id,
    details: 'd',
    performers: [{ name: 'Ann' }],
    tags: [{ name: 'T' }],
    files: [{ path: `/data/c/${id}.mp4`, size: 1000 + id, duration: 60 }],
    ...more,
  });
const item = (id: number, more: Partial<SampleItem> = {}): SampleItem => ({
  ...sampleItem({
    ratingKey: String(100 + id),
    parts: [{ file: `/media/c/${id}.mp4`, size: 1000 + id, duration: 60000 }],
  }),
  summary: 'd',
  roles: ['Ann'],
  genres: ['T'],
  ...more,
});

/** A synced scene and its item, beside one that is well. */
async function audit(
  world: { scene?: Partial<SampleScene>; item?: Partial<SampleItem> | null },
  options: Partial<ScanOptions> = {},
) {
  const items = world.item === null ? [] : [item(1, world.item)];
  const rig = await scanRig({
    scenes: [scene(1, world.scene), scene(2), scene(3)],
    items: [...items, item(2), item(3, { summary: '', roles: [], genres: [] })],
    syncTimestamps: { 1: SYNCED, 2: SYNCED },
  });
  const { summary, lines } = await rig.run({ audit: true, ...options });
  expect(lines.get(2)?.verdict).toBe('in_sync');
  expect(lines.get(3)).toMatchObject({ verdict: 'empty' });
  const line = lines.get(1)!;
  return { rig, summary, line, said: [line.verdict, line.code, line.action] };
}

const EMPTY = { summary: '', roles: [], genres: [] };

describe('an audit', () => {
  it.each([
    ['is gone', null, 'item_gone', /but no Plex item is this scene$/],
    ['is empty', EMPTY, 'item_empty', /but the Plex item has none of studio/],
    ['has no performers', { roles: [] }, 'partly_written', /but the Plex item has no performers$/],
    ['has no tags', { genres: [] }, 'partly_written', /but the Plex item has no tags$/],
    ['has no picture', { thumb: null }, 'partly_written', /but the Plex item has no thumb$/],
    ['has little', { roles: [], thumb: null }, 'partly_written', /has no performers, no thumb$/],
  ])('calls a synced scene lost whose item %s, and reports it only', async (_, other, code, reason) => {
    const { said, line, summary, rig } = await audit({ item: other });
    expect(said).toEqual(['lost', code, 'not_selected']);
    expect(line.reason).toMatch(reason);
    expect(line.missing).toBeNull();
    expect(summary.verdicts).toMatchObject({ lost: 1, in_sync: 1, empty: 1 });
    expect(summary.queue).toMatchObject({ not_selected: 1, enqueued: 1 });
    expect(rig.rows().map(({ job }) => job.get('scene_id'))).toEqual([3]);
    // The locked rule stays the default.
    const plain = await rig.run({ audit: false, dryRun: true });
    expect(plain.lines.get(1)).toMatchObject({ verdict: 'in_sync', action: null });
  });

  it('is no gap that a run without an audit would call fixed', async () => {
    const { rig } = await audit({ item: EMPTY });
    await rig.run({ audit: false });
    const read = readRunHistory(join(rig.dataDir, 'gapscan', 'runs.msgpack'));
    expect(read).toMatchObject({
      kind: 'read',
      value: {
        runs: [
          { new: 0, fixed: 0, persistent: 1 },
          { new: 1, fixed: 0, persistent: 0 },
        ],
      },
    });
  });

  it.each([
    ['neither performers nor tags of its own', { performers: [], tags: [] }, { roles: [], genres: [] }],
    ['no metadata at all', { details: '', performers: [], tags: [] }, EMPTY],
    ['no file', { files: [] }, null],
  ])('leaves a scene in sync that has %s', async (_, own, other) => {
    expect((await audit({ scene: own, item: other })).said).toEqual(['in_sync', 'synced', null]);
  });

  it('does not ask for pictures where jobs carry none', async () => {
    expect((await audit({ item: { thumb: null } }, { pictures: 'none' })).said[0]).toBe('in_sync');
  });

  it('leaves what an ignore rule fits, and what it cannot tell', async () => {
    const twins = ['/media/x/9.mp4', '/media/y/9.mp4'].map((file, i) =>
      sampleItem({ ratingKey: `9${i}`, parts: [{ file }] }),
    );
    const rig = await scanRig({
      scenes: [scene(9), scene(8, { tags: [{ name: 'Hidden' }] })],
      items: twins,
      syncTimestamps: { 8: SYNCED, 9: SYNCED },
    });
    const { lines } = await rig.run({ audit: true, ignore: { tags: ['hidden'] }, force: true });
    expect([lines.get(9)?.verdict, lines.get(8)?.verdict]).toEqual(['in_sync', 'in_sync']);
  });

  it('queues what is lost where it is named, as any gap', async () => {
    const { said, rig, summary } = await audit({ item: EMPTY }, { gaps: ['empty', 'lost'] });
    expect(said).toEqual(['lost', 'item_empty', 'enqueued']);
    expect(summary.queue.enqueued).toBe(2);
    expect(payloadOf(rig.rows()[0]!)).toMatchObject({
      path: '/data/c/1.mp4',
      details: 'd',
      performers: ['Ann'],
      tags: ['T'],
    });
    const only = await audit({ item: null }, { gaps: ['lost'] });
    expect(only.rig.rows().map(({ job }) => job.get('scene_id'))).toEqual([1]);
    const again = await only.rig.run({ audit: true, gaps: ['lost'] });
    expect(again.lines.get(1)).toMatchObject({ verdict: 'lost', action: 'already_queued' });
  });

  it('lets no job hit the item of another scene', async () => {
    const rig = await scanRig({
      scenes: [scene(1), scene(2, { files: [{ path: '/data/other/1.mp4', size: 5, duration: 9 }] })],
      items: [{ ...item(2), media: [{ parts: [{ file: '/media/other/1.mp4', size: 5, duration: 9000 }] }] }],
      syncTimestamps: { 1: SYNCED },
    });
    const { lines } = await rig.run({ audit: true, gaps: ['lost'] });
    expect(lines.get(1)).toMatchObject({ verdict: 'lost', code: 'item_gone', action: 'unsafe_name' });
  });

  it('keeps what a scene in sync holds', async () => {
    const weak = scene(7, { files: [{ path: '/data/c/1.mp4', size: 0, duration: 0 }] });
    const world: SmallWorld = { scenes: [scene(1), weak], items: [item(1, EMPTY)] };
    const rig = await scanRig(world);
    await rig.run({ ids: [1] });
    const lines = await rig.scanWith({ 1: SYNCED }, { audit: true });
    expect(lines.get(1)).toMatchObject({ verdict: 'lost', item: { ratingKey: '101' } });
    expect(lines.get(7)).toMatchObject({ verdict: 'ambiguous', code: 'held' });
  });

  it('changes nothing for other scenes, over sample libraries', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(2),
        async (seed, share, threads) => {
          const { scenes: all, ...world } = makeDemoWorld({ scenes: 150, seed });
          // Of a scene in sync nobody knows that it is broken, unless an audit looks at it.
          const scenes = all.filter(({ broken }) => broken !== true);
          const syncTimestamps = Object.fromEntries(
            scenes.filter(({ id }) => id % share === 0).map(({ id }) => [id, SYNCED]),
          );
          const rig = await scanRig({ ...world, scenes, syncTimestamps });
          const options = { dryRun: true, force: true, threads };
          const plain = await rig.run(options);
          const audited = await rig.run({ ...options, audit: true });
          const lost = [...audited.lines].filter(([, { verdict }]) => verdict === 'lost').map(([id]) => id);
          expect(lost.every((id) => plain.lines.get(id)?.verdict === 'in_sync')).toBe(true);
          const others = (lines: typeof plain.lines) =>
            [...lines.values()].filter(({ sceneId }) => !lost.includes(sceneId)).map(asLightRow);
          expect(others(audited.lines).map((line) => ({ ...line, missing: null }))).toEqual(
            others(plain.lines).map((line) => ({ ...line, missing: null })),
          );
          expect(audited.summary.queue).toEqual({ ...plain.summary.queue, not_selected: lost.length });
        },
      ),
      { numRuns: runs(5) },
    );
  });
});

describe('on the command line', () => {
  it('--gaps lost needs --audit, and is told so', async () => {
    const rig = await scanRig({ scenes: [scene(1)], items: [], sections: [sampleSection({ items: [item(1)] })] });
    const { code, stderr } = await runCli(['scan', '--gaps', 'lost'], cliEnvironment(rig));
    expect([code, stderr.trim().split('\n')[0]]).toEqual([
      2,
      'gapscan: --gaps: lost scenes are found only by an audit; add --audit (audit: true in the config file)',
    ]);
    const audited = await runCli(['scan', '--audit', '--dry-run', '--json'], cliEnvironment(rig));
    expect(JSON.parse(audited.stdout)).toMatchObject({ audit: true, verdicts: { lost: 0, matched: 1 } });
  });
});

import type { ScanEvent } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene, sampleSection } from '../../src/main/demo/world.js';
import { payloadOf, scanRig, type SmallWorld } from '../support/scan-world.js';

const UPDATED = Date.parse('2025-06-01T10:00:00+02:00') / 1000;
/** As Stash gives it, which knows itself by another name than the scan does. */
const pictureOf = (id: number) => `http://stash.example:9999/scene/${id}/screenshot?t=${UPDATED}`;
const file = (path: string, size = 100) => ({ path, size, duration: 60 });

/** Scans a world and reports `verdict/action` per scene, and how many scenes the progress came to. */
async function outcomes(world: SmallWorld) {
  const rig = await scanRig(world);
  let read = 0;
  const onEvent = (event: ScanEvent) => {
    if (event.type === 'progress' && event.phase === 'stash') read = event.done;
  };
  const { summary, lines } = await rig.run({ onEvent });
  const verdicts = Object.values(summary.verdicts).reduce((a, b) => a + b, 0);
  expect(verdicts).toBe(summary.scenes.checked);
  const gaps = summary.verdicts.empty + summary.verdicts.stale + summary.verdicts.missing;
  expect(Object.values(summary.queue).reduce((a, b) => a + b, 0)).toBe(gaps);
  const byScene = Object.fromEntries(
    [...lines].map(([id, { verdict, action }]) => [id, action ? `${verdict}/${action}` : verdict]),
  );
  return { rig, byScene, lines, summary, read };
}

describe('verdicts', () => {
  it('are as the table says, one by one', async () => {
    const full = { studio: { name: 'Acme' }, details: 'd' };
    const { byScene, summary } = await outcomes({
      scenes: [
        sampleScene({ id: 1, files: [file('/s/one.mp4')], ...full }),
        sampleScene({ id: 2, files: [file('/s/two.mp4')], ...full }),
        sampleScene({ id: 3, files: [file('/s/three.mp4')] }),
        sampleScene({ id: 4, files: [file('/s/four.mp4')], ...full }),
        sampleScene({ id: 5, files: [], ...full }),
        sampleScene({ id: 6, files: [file('/s/six.mp4')], ...full }),
        sampleScene({ id: 7, files: [file('/s/seven.mp4')], ...full }),
        sampleScene({ id: 8, files: [file('/s/eight.mp4')], ...full }),
        sampleScene({ id: 9, files: [file('/s/nine.mp4')] }),
        sampleScene({ id: 10, files: [file('/s/pack.zip/ten.mp4')], ...full }),
        sampleScene({ id: 11, files: [file('/s/eleven.mp4')], updated_at: 'never', ...full }),
        sampleScene({ id: 12, files: [file('/s/twelve.mp4')], ...full, broken: true }),
      ],
      items: [
        sampleItem({ ratingKey: '101', studio: 'Acme', parts: [{ file: '/p/one.mp4', size: 100 }] }),
        sampleItem({ ratingKey: '102', genres: [' '], parts: [{ file: '/p/two.mp4', size: 100 }] }),
        sampleItem({ ratingKey: '103', parts: [{ file: '/p/three.mp4', size: 100 }] }),
        sampleItem({ ratingKey: '106', parts: [{ file: '/p/six.mp4', size: 100 }] }),
        sampleItem({ ratingKey: '108', parts: [{ file: '/a/eight.mp4', size: 100 }] }),
        sampleItem({ ratingKey: '109', parts: [{ file: '/b/eight.mp4', size: 100 }] }),
      ],
      syncTimestamps: { 6: UPDATED, 7: UPDATED - 0.5, 11: 5 },
    });
    expect(byScene).toEqual({
      1: 'matched',
      2: 'empty/enqueued',
      3: 'nothing_to_sync',
      4: 'missing/enqueued',
      5: 'no_file',
      6: 'in_sync',
      7: 'stale/enqueued',
      8: 'ambiguous',
      9: 'missing/withheld',
      10: 'missing/enqueued',
      11: 'unreadable',
      12: 'unreadable',
    });
    expect(summary.warnings.map(({ code, sceneIds }) => [code, sceneIds])).toEqual([
      ['scenes_unreadable', [12]],
      ['update_times_unreadable', [11]],
    ]);
  });

  it('take a Plex date for metadata except where Plex takes it from the file', async () => {
    const scene = (id: number, date: string | null) =>
      sampleScene({ id, date, details: 'd', files: [file(`/s/${id}.mp4`)] });
    const item = (id: number, date: string) =>
      sampleItem({
        ratingKey: `${id}`,
        originallyAvailableAt: date,
        year: Number(date.slice(0, 4)),
        parts: [{ file: `/p/${id}.mp4`, size: 100 }],
      });
    const { byScene } = await outcomes({
      scenes: [scene(1, null), scene(2, '2024-01-01'), scene(3, '2024-01-01'), scene(4, '2024')],
      sections: [
        sampleSection({ key: '1', title: 'Agent', items: [item(1, '2024-01-01')] }),
        sampleSection({
          key: '2',
          title: 'None',
          agent: 'tv.plex.agents.none',
          items: [item(2, '2023-05-05'), item(3, '2024-01-01'), item(4, '2024-06-01')],
        }),
      ],
    });
    expect(byScene).toEqual({ 1: 'matched', 2: 'empty/enqueued', 3: 'matched', 4: 'empty/enqueued' });
  });

  it('give an item two scenes claim to the stronger evidence, the loser is missing and unsafe', async () => {
    const scene = (id: number, path: string, size: number) =>
      sampleScene({ id, details: 'd', files: [file(path, size)] });
    const { byScene, lines, read } = await outcomes({
      scenes: [scene(1, '/s/a/x.mp4', 0), scene(2, '/p/a/x.mp4', 9), scene(3, '/s/y.mp4', 5), scene(4, '/t/y.mp4', 5)],
      items: [
        sampleItem({ ratingKey: '1', parts: [{ file: '/p/a/x.mp4', size: 9 }] }),
        sampleItem({ ratingKey: '2', parts: [{ file: '/q/y.mp4', size: 5 }] }),
      ],
    });
    expect(byScene).toEqual({ 1: 'missing/unsafe_name', 2: 'empty/enqueued', 3: 'ambiguous', 4: 'ambiguous' });
    expect(read).toBe(4);
    expect(lines.get(1)!.candidates.map(({ ratingKey }) => ratingKey)).toEqual(['1']);
    expect(lines.get(3)!.candidates.map(({ ratingKey }) => ratingKey)).toEqual(['2']);
  });
});

describe('ids', () => {
  it('limit the scan to some scenes; those that do not exist are named', async () => {
    const scenes = [1, 2, 3].map((id) => sampleScene({ id, details: 'd', files: [file(`/s/${id}.mp4`)] }));
    const rig = await scanRig({ scenes, items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4' }] })] });
    const { summary, lines } = await rig.run({ ids: [3, 77, 1, 3] });
    expect([...lines.keys()]).toEqual([1, 3]);
    expect(summary.warnings).toEqual([
      { code: 'scenes_gone', message: 'Stash has no scene with this id (any more): 77', sceneIds: [77] },
    ]);
  });
});

describe('jobs', () => {
  it('carry the fields that are filled, with the file name as Plex spells it', async () => {
    const { rig } = await outcomes({
      scenes: [
        sampleScene({
          id: 5,
          title: 'A \u{1f3ac}',
          date: '2024-05-02',
          rating100: 80,
          performers: [{ name: 'Ann' }, { name: ' ' }],
          tags: [{ name: 'x' }],
          files: [file('/s/first.mp4', 1), file('/s/deep/Cafe\u0301.MP4', 2)],
        }),
        sampleScene({ id: 6, title: '', date: '2024', details: 'line1\nline2', files: [file('/s/gone.mp4')] }),
        sampleScene({ id: 7, studio: { name: 'S' }, files: [file('/s/win.mp4')] }),
      ],
      items: [
        sampleItem({ ratingKey: '1', parts: [{ file: '/p/deep/Caf\u00e9.mp4', size: 2 }] }),
        sampleItem({ ratingKey: '2', parts: [{ file: 'D:\\clips\\win.mp4', size: 100 }] }),
      ],
    });
    const rows = rig.rows();
    expect(rows.map(({ job }) => [...job.keys()])).toEqual(
      rows.map(() => ['job_id', 'scene_id', 'update_type', 'data', 'enqueued_at', 'job_key']),
    );
    expect(rows.map(payloadOf)).toEqual([
      {
        path: '/s/deep/Caf\u00e9.mp4',
        title: 'A \u{1f3ac}',
        date: '2024-05-02',
        rating100: 80,
        performers: ['Ann'],
        tags: ['x'],
        poster_url: pictureOf(5),
      },
      { path: '/s/gone.mp4', details: 'line1\nline2', poster_url: pictureOf(6) },
      { path: '/s/D:\\clips\\win.mp4', studio: 'S', poster_url: pictureOf(7) },
    ]);
  });

  it('are not queued twice by a second run, and are refreshed when the scene changes meanwhile', async () => {
    const scenes = [1, 2, 3].map((id) => sampleScene({ id, details: 'old', files: [file(`/s/${id}.mp4`)] }));
    const { rig, summary } = await outcomes({
      scenes,
      items: [sampleItem({ ratingKey: '9', parts: [{ file: '/p/9.mp4' }] })],
    });
    expect(summary.queue.enqueued).toBe(3);
    expect((await rig.run()).summary.queue).toMatchObject({ enqueued: 0, refreshed: 0, already_queued: 3 });
    const soon = new Date(Date.now() + 2000).toISOString();
    const changed = scenes.map((scene) => (scene.id === 2 ? { ...scene, details: 'new', updated_at: soon } : scene));
    rig.stash.state.world = { ...rig.stash.state.world, scenes: changed };
    const again = await rig.run();
    expect(again.summary.queue).toMatchObject({ enqueued: 0, refreshed: 1, already_queued: 2 });
    expect(rig.rows().map((row) => [row.id, payloadOf(row)['details']])).toEqual([
      [1, 'old'],
      [2, 'new'],
      [3, 'old'],
    ]);
  });

  it('are withheld from names that belong to another item, unless allowed', async () => {
    const world = {
      scenes: [sampleScene({ id: 1, details: 'd', files: [file('/s/a/x.mp4', 7)] })],
      items: [sampleItem({ ratingKey: '1', title: 'q', parts: [{ file: '/p/b/X.mp4', size: 9 }] })],
    };
    const { byScene, rig } = await outcomes(world);
    expect(byScene).toEqual({ 1: 'missing/unsafe_name' });
    expect((await rig.run({ allowUnsafeNames: true })).summary.queue.enqueued).toBe(1);
  });
});

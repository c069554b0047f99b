import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { sampleItem, sampleScene, sampleSection } from '../../../src/main/demo/world.js';
import { scanRig } from '../../support/scan-world.js';

const UPDATED = Date.parse('2025-06-01T10:00:00+02:00') / 1000;

/** A sample library of which most was synced after its last update. */
function mostlySynced(seed: number) {
  const world = makeDemoWorld({ scenes: 700, seed });
  const timestamps = world.scenes.flatMap(({ id, broken }) => {
    // Light rows do not show that a scene's full row cannot be delivered.
    const seconds = id % 10 === 0 || broken ? undefined : id % 10 === 1 ? UPDATED - 1e8 : 2_000_000_000;
    return seconds === undefined ? [] : [[id, seconds] as const];
  });
  return { ...world, syncTimestamps: Object.fromEntries(timestamps) };
}

const isGap = ({ verdict }: { verdict: string }) => ['empty', 'stale', 'missing'].includes(verdict);

describe('a scan that reads the few scenes to be judged before it reads Plex', () => {
  it.each([1, 2, 3])('says what a scan with the whole index says (sample library %i)', async (seed) => {
    const rig = await scanRig(mostlySynced(seed));
    // A report of all scenes needs the full row of each, and so the whole index.
    const whole = await rig.run({ dryRun: true, include: 'all' });
    const ahead = await rig.run({ dryRun: true, include: 'gaps' });
    expect(ahead.summary.verdicts).toEqual(whole.summary.verdicts);
    expect(ahead.summary.queue).toEqual(whole.summary.queue);
    expect(ahead.summary.plex).toEqual(whole.summary.plex);
    expect([...ahead.lines.values()]).toEqual([...whole.lines.values()].filter(isGap));
    expect(ahead.lines.size).toBeGreaterThan(20);
    const ids = [...whole.lines.keys()].filter((id) => id % 10 < 2 && whole.lines.get(id)?.verdict !== 'unreadable');
    const some = await rig.run({ dryRun: true, include: 'all', ids });
    expect([...some.lines.values()]).toEqual(ids.map((id) => whole.lines.get(id)));
  });

  it('reads Plex whole when a match of an earlier run has a name it did not ask for', async () => {
    const scenes = [1, 2, 3, 4, 5].map((id) =>
      sampleScene({ id, details: 'd', files: [{ path: `/s/${id}.mp4`, size: 100 + id, duration: 60 }] }),
    );
    const item = (file: string, size: number, ratingKey: string) => sampleItem({ ratingKey, parts: [{ file, size }] });
    const now = Date.now() / 1000;
    const synced = { 2: now, 3: now, 4: now, 5: now };
    const rig = await scanRig({ scenes, items: [item('/p/1.mp4', 101, '101')], syncTimestamps: synced });
    expect((await rig.run()).lines.get(1)).toMatchObject({ verdict: 'empty', action: 'enqueued' });
    // Renamed in Plex: known by its size alone now, and another item has the new name too.
    const items = [item('/p/new.mp4', 101, '101'), item('/q/new.mp4', 999, '102')];
    rig.plex.state.world = { ...rig.plex.state.world, sections: [sampleSection({ items })] };
    rig.plex.requests.length = 0;
    const tooSmall = (body: string) => body.replace('"totalSize":2', '"totalSize":1');
    rig.plex.fault = ({ path }) => (path.includes('/all') ? { kind: 'rewrite', rewrite: tooSmall } : undefined);
    const { lines, summary } = await rig.run({ include: 'gaps' });
    // Met in both readings, said once.
    expect(summary.warnings.map(({ code }) => code)).toEqual(['plex_count_too_small']);
    expect(lines.get(1)).toMatchObject({ verdict: 'empty', action: 'unsafe_name', item: { path: '/p/new.mp4' } });
    expect(summary.plex).toMatchObject({ items: 2, files: 2 });
    expect(rig.plex.requests.filter(({ path }) => path.includes('Container-Start=0')).length).toBeGreaterThan(2);
  });

  it('counts a row that repeats once, kept or not', async () => {
    const scenes = [1, 2, 3].map((id) =>
      sampleScene({ id, details: 'd', files: [{ path: `/s/${id}.mp4`, size: id, duration: 60 }] }),
    );
    const items = [1, 2, 3, 4].map((n) => sampleItem({ ratingKey: `${n}`, parts: [{ file: `/p/${n}.mp4`, size: n }] }));
    const sections = ['1', '2'].map((key) => sampleSection({ key, title: key, items: key === '1' ? items : [] }));
    const rig = await scanRig({ scenes, sections, syncTimestamps: { 2: 2e9, 3: 2e9 } });
    const { summary } = await rig.run({ include: 'gaps', force: true });
    expect(summary.plex.sections.map((section) => section.items)).toEqual([4, 0]);
    expect(summary.verdicts).toMatchObject({ in_sync: 2, empty: 1 });
  });
});

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
    // Named by id, every scene is read in full.
    const named = rig.stash.state.world.scenes.map(({ id }) => id);
    const whole = await rig.run({ dryRun: true, include: 'all', ids: named });
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

import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { VERDICTS } from '../../../src/shared/verdicts.js';
import { scanRig } from '../../support/scan-world.js';

describe('the demo world', () => {
  it('is the same for the same seed, another for another', () => {
    const world = (seed: number) => makeDemoWorld({ scenes: 200, seed });
    expect(world(7)).toEqual(world(7));
    expect(world(7).scenes).not.toEqual(world(8).scenes);
  });

  it.each([1, 2, 3])('is judged scene by scene as it was made (seed %i)', async (seed) => {
    const world = makeDemoWorld({ scenes: 3000, seed });
    const rig = await scanRig(world);
    const { summary, lines } = await rig.run();
    const wrong = [...lines.values()].filter(({ sceneId, verdict }) => world.expected.get(sceneId) !== verdict);
    expect(wrong.map(({ sceneId, verdict, path }) => [sceneId, world.expected.get(sceneId), verdict, path])).toEqual(
      [],
    );
    expect(summary.verdicts).toEqual(world.totals);
    // Nothing is ignored, and nothing in sync looked at, unless the user says so.
    expect(VERDICTS.filter((verdict) => summary.verdicts[verdict] === 0)).toEqual(['lost', 'ignored']);
    expect(summary.queue.unsafe_name).toBeGreaterThan(0);
    const again = await rig.run();
    expect(again.summary.verdicts).toEqual(world.totals);
    expect(again.summary.queue).toMatchObject({ enqueued: 0, refreshed: 0, already_queued: summary.queue.enqueued });
  });

  it('gives the same verdicts on worker threads as inline', async () => {
    const world = makeDemoWorld({ scenes: 3000, seed: 4 });
    const rig = await scanRig(world);
    for (const threads of [0, 1, 2]) {
      const { summary } = await rig.run({ threads, dryRun: true });
      expect(summary.verdicts).toEqual(world.totals);
    }
  });
});

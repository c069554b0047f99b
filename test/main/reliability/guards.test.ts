import { existsSync } from 'node:fs';
import { GuardError, scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene, sampleSection } from '../../../src/main/demo/world.js';
import { scanRig, toWorld } from '../../support/scan-world.js';

const scenes = Array.from({ length: 200 }, (_, i) =>
  sampleScene({ id: i + 1, details: 'd', files: [{ path: `/s/${i + 1}.mp4`, size: 10 + i, duration: 1 }] }),
);
const items = scenes.map(({ id }) =>
  sampleItem({ ratingKey: String(id), studio: 'Acme', parts: [{ file: `/p/${id}.mp4`, size: 9 + id }] }),
);

describe('guards', () => {
  it('stop at an empty library before anything is written, unless forced', async () => {
    const rig = await scanRig({ scenes, items: [] });
    const failed = scan(rig.options);
    await expect(failed).rejects.toBeInstanceOf(GuardError);
    await expect(failed).rejects.toMatchObject({
      code: 'guard_tripped',
      exitCode: 5,
      message: 'Plex library "Clips" is empty, so every scene would count as missing; nothing was written',
    });
    expect(existsSync(rig.queueFile)).toBe(false);
    expect((await scan({ ...rig.options, force: true })).verdicts.missing).toBe(200);
  });

  it('stop at a library that shrank by more than half since the last good run', async () => {
    const rig = await scanRig({ scenes, items });
    await scan(rig.options);
    rig.plex.state.world = toWorld({ scenes, items: items.slice(0, 99) });
    await expect(scan(rig.options)).rejects.toThrow(
      'Plex library "Clips" shrank from 200 to 99 items since the last run; nothing was written',
    );
    expect(existsSync(rig.queueFile)).toBe(false);
  });

  it('stop at a leap of missing scenes, which a library of the same size does not explain', async () => {
    const rig = await scanRig({ scenes, items });
    await scan(rig.options);
    const moved = items.map((item, i) =>
      i < 60 ? { ...item, media: [{ parts: [{ file: `/q/moved ${i}.mp4` }] }] } : item,
    );
    rig.plex.state.world = { ...toWorld({ scenes }), sections: [sampleSection({ items: moved })] };
    await expect(scan(rig.options)).rejects.toThrow(
      '60 of 200 scenes (30.0%) are missing in Plex, against 0.0% in the last run; nothing was written',
    );
    expect(existsSync(rig.queueFile)).toBe(false);
    expect((await scan({ ...rig.options, force: true })).queue.enqueued).toBe(60);
    // What was forced through is the new normal.
    expect((await scan(rig.options)).queue.already_queued).toBe(60);
  });

  it('do not compare partial scans', async () => {
    const rig = await scanRig({ scenes, items });
    await scan(rig.options);
    rig.stash.state.world = toWorld({
      scenes: scenes.map((scene) => ({ ...scene, files: [{ path: `/new/${scene.id}x.mp4`, size: 1, duration: 1 }] })),
    });
    expect((await scan({ ...rig.options, ids: scenes.map(({ id }) => id) })).verdicts.missing).toBe(200);
  });
});

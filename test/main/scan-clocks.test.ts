import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleScene } from '../../src/main/demo/world.js';
import { scanRig } from '../support/scan-world.js';

const DAY = 24 * 3600;
const now = Date.now() / 1000;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

const sceneOf = (id: number, updatedAt: number) =>
  sampleScene({
    id,
    updated_at: iso(updatedAt),
    details: 'text',
    files: [{ path: `/s/${id}.mp4`, size: 5, duration: 6 }],
  });

/** Nothing that any of the scenes could be. */
const items = [{ ratingKey: '1', title: 'other', media: [{ parts: [{ file: '/p/other.mp4' }] }] }];

describe('clocks that are wrong', () => {
  it.each([
    ['three days ahead', 3 * DAY],
    ['years ahead', 5 * 365 * DAY],
  ])('an update time %s is queued once per retryAfter, however often its job is drained', async (_, ahead) => {
    const scenes = [sceneOf(1, now + ahead), sceneOf(2, now - DAY)];
    const rig = await scanRig({ scenes, items, syncTimestamps: { 1: now - 2 * DAY, 2: now - 2 * DAY } });
    const drain = () => {
      const database = new Database(rig.queueFile);
      database.exec('UPDATE ack_queue_default SET status = 5 WHERE status = 0');
      database.close();
      writeFileSync(
        join(rig.dataDir, 'sync_timestamps.json'),
        JSON.stringify({ 1: Date.now() / 1000, 2: Date.now() / 1000 }),
      );
    };
    expect((await scan(rig.options)).queue.enqueued).toBe(2);
    for (let night = 0; night < 3; night++) {
      drain();
      expect((await scan(rig.options)).queue).toMatchObject({ enqueued: 0, refreshed: 0 });
    }
    expect(rig.rows()).toHaveLength(2);
  });

  it('a sync time in milliseconds is read as such, one in the future counts as now, with a warning that names the scene', async () => {
    const scenes = [1, 2, 3, 4].map((id) => sceneOf(id, now - DAY));
    const syncTimestamps = { 1: now * 1000, 2: (now - 2 * DAY) * 1000, 3: now + 5 * 365 * DAY, 4: now + 1 };
    const rig = await scanRig({ scenes, items, syncTimestamps });
    const { verdicts, warnings } = await scan(rig.options);
    expect(verdicts).toMatchObject({ in_sync: 3, stale: 1, missing: 0 });
    expect(warnings).toMatchObject([{ code: 'sync_timestamps_future', sceneIds: [3] }]);
  });
});

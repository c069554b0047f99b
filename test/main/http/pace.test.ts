import { setTimeout as sleep } from 'node:timers/promises';
import { scan, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import type { SampleRequest } from '../../../src/main/demo/sample-server.js';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { Pace } from '../../../src/main/http/pace.js';
import { until } from '../../support/until.js';
import { scanRig, type ScanRig } from '../../support/scan-world.js';

describe('the pace of pages', () => {
  const answers = (pace: Pace, count: number, milliseconds: number, bytes = 1000) => {
    for (let i = 0; i < count; i++) pace.note({ milliseconds, bytes });
    return pace.limit;
  };

  it('falls where a server slows down under us, down to one, and rises when it recovers', () => {
    const pace = new Pace(3);
    expect(answers(pace, 8, 1000)).toBe(3);
    expect(answers(pace, 7, 9000)).toBe(3);
    expect([answers(pace, 1, 9000), answers(pace, 8, 9000), answers(pace, 80, 9000)]).toEqual([2, 1, 1]);
    expect(answers(pace, 8, 2000)).toBe(1);
    expect([answers(pace, 8, 1000), answers(pace, 8, 1000), answers(pace, 8, 1000)]).toEqual([2, 3, 3]);
  });

  it('takes larger pages for what they are, and a single slow answer for nothing', () => {
    const pace = new Pace(4);
    answers(pace, 8, 400, 10_000);
    expect(answers(pace, 16, 4000, 100_000)).toBe(4);
    for (let i = 0; i < 32; i++) pace.note({ milliseconds: i % 8 === 0 ? 60_000 : 4000, bytes: 100_000 });
    expect(pace.limit).toBe(4);
  });

  it('does not mind a server that is quick all the same', () => {
    const pace = new Pace(4);
    answers(pace, 8, 5);
    expect(answers(pace, 80, 900)).toBe(4);
  });

  it('lets no more through than it says, and all of them in the end', async () => {
    const pace = new Pace(2);
    let [now, most, done] = [0, 0, 0];
    const ask = async () => {
      most = Math.max(most, ++now);
      await sleep(1);
      now--;
      done++;
      if (done % 5 === 0) throw new Error('refused');
      return { body: new Uint8Array(10) };
    };
    await Promise.allSettled(Array.from({ length: 40 }, () => pace.take(ask)));
    expect([most, done]).toEqual([2, 40]);
  });
});

/** Pages asked for at once. */
interface Pages {
  stash: number;
  plex: number;
}

describe('a scan', () => {
  const scenes = Array.from({ length: 3000 }, (_, i) =>
    sampleScene({ id: i + 1, details: 'd', files: [{ path: `/m/${i}.mp4`, size: i + 1, duration: 1 }] }),
  );
  const items = Array.from({ length: 3000 }, (_, i) =>
    sampleItem({ ratingKey: String(i + 1), parts: [{ file: `/m/${i}.mp4`, size: i + 1 }] }),
  );

  /** The most pages each server was asked for at once. They give none before they were asked for as many as are expected. */
  async function mostAtOnce(rig: ScanRig, expected: Readonly<Pages>, options: Partial<ScanOptions>): Promise<Pages> {
    const most: Pages = { stash: 0, plex: 0 };
    for (const name of ['stash', 'plex'] as const) {
      const { send } = rig[name];
      let now = 0;
      rig[name].send = async (outgoing, answer, request) => {
        if (!isPage(request)) return send(outgoing, answer, request);
        most[name] = Math.max(most[name], ++now);
        // The first page of Plex shows how many rows a page has, and is asked for alone.
        if (!request.path.includes('Start=0&')) await until(() => most[name] >= expected[name]);
        // One more would come in this time; a slow machine can make this test blind to it, but not fail.
        await sleep(20);
        now--;
        return send(outgoing, answer, request);
      };
    }
    await scan({ ...rig.options, ...options });
    return most;
  }

  const isPage = ({ path, body }: SampleRequest) =>
    path.includes('/all') ? !path.includes('Size=0') : /BETWEEN|"ids"/.test(body);

  it('asks for a few pages at once, and for one with gentle', async () => {
    const [few, one] = [
      { stash: 4, plex: 3 },
      { stash: 1, plex: 1 },
    ];
    expect(await mostAtOnce(await scanRig({ scenes, items }), few, {})).toEqual(few);
    expect(await mostAtOnce(await scanRig({ scenes, items }), one, { gentle: true })).toEqual(one);
  });

  it('says how much it asked of each server, and how long it was kept waiting', async () => {
    const rig = await scanRig({ scenes, items });
    const { asked, requests } = await scan(rig.options);
    expect([asked.stash.requests, asked.plex.requests]).toEqual([requests.stash, requests.plex]);
    expect([asked.stash.rows, asked.plex.rows]).toEqual([3000, 3000]);
    const sent = rig.plex.requests.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
    expect(asked.plex.bytes).toBe(sent);
    expect(asked.stash.waitSeconds).toBeGreaterThan(0);
    // Plex is waited for once, however many pages are on their way.
    rig.plex.fault = ({ path }) => (path.includes('/all') ? { kind: 'delay', ms: 200 } : undefined);
    const { asked: slow, phases } = await scan({ ...rig.options, dryRun: true });
    expect(slow.plex.waitSeconds).toBeGreaterThan(0.4);
    expect(slow.plex.waitSeconds).toBeLessThanOrEqual(phases.reduce((sum, { seconds }) => sum + seconds, 0) + 1);
  });
});

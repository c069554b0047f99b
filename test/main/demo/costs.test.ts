import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lanesOf, stashRowCost } from '../../../src/main/demo/costs.js';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { startSamplePlex } from '../../../src/main/demo/sample-plex.js';
import { startSampleStash } from '../../../src/main/demo/sample-stash.js';
import { idsQuery, rangeQuery } from '../../../src/main/stash/queries.js';
import { runCli } from '../../support/cli.js';

const KINDS = ['light', 'match', 'metadata', 'full'] as const;
const wishes = { since: undefined, titles: false };

describe('what answers take real servers', () => {
  it('is by row what was measured for the fields that are asked for', () => {
    const byRange = KINDS.map((kind) => [kind, stashRowCost(rangeQuery(kind, { from: 1, to: 9 }, wishes))]);
    expect(Object.fromEntries(byRange)).toEqual({ light: 27, match: 235, metadata: 241, full: 435 });
    expect(stashRowCost(rangeQuery('light', { from: 1, to: 9 }, { ...wishes, titles: true }))).toBe(41);
    const byIds = KINDS.map((kind) => [kind, stashRowCost(idsQuery(kind, [1], wishes))]);
    expect(Object.fromEntries(byIds)).toEqual({ light: 286, match: 460, metadata: 500, full: 660 });
  });

  it('is waited for one behind the other where all lanes are taken', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(5000);
    onTestFinished(() => {
      clock.mockRestore();
    });
    const lane = lanesOf(2);
    expect([lane(100), lane(200), lane(100), lane(100)]).toEqual([101, 201, 202, 302]);
    clock.mockReturnValue(5250);
    expect([lane(10), lane(10)]).toEqual([11, 22]);
  });

  it('is taken by the sample servers that are told so', async () => {
    const all = makeDemoWorld({ scenes: 300, seed: 1 });
    const world = { ...all, scenes: all.scenes.filter(({ broken }) => broken !== true) };
    const stash = await startSampleStash({ world, isCosted: true });
    const plex = await startSamplePlex({ world, isCosted: true });
    try {
      const milliseconds = async (url: string, init?: RequestInit) => {
        const started = performance.now();
        await (await fetch(url, init)).text();
        return performance.now() - started;
      };
      const page = '/library/sections/1/all?X-Plex-Container-Start=0&X-Plex-Container-Size=110&type=1';
      expect(await milliseconds(plex.url + page, { headers: { accept: 'application/json' } })).toBeGreaterThan(95);
      const body = rangeQuery('full', { from: 1, to: 300 }, wishes).replace('"rows":600', '"rows":300');
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      expect(await milliseconds(`${stash.url}/graphql`, { method: 'POST', body, headers })).toBeGreaterThan(100);
    } finally {
      await stash.close();
      await plex.close();
    }
  });

  it('is seen in the demo', async () => {
    const { code, stdout } = await runCli(['demo', '--real-pace', '--scenes', '300', '--json']);
    const { first, second } = JSON.parse(stdout) as Record<
      'first' | 'second',
      { asked: { plex: { rows: number; waitSeconds: number } } }
    >;
    expect(code).toBe(0);
    expect(first.asked.plex.waitSeconds).toBeGreaterThan((first.asked.plex.rows / 1100) * 0.95);
    expect(second.asked.plex.rows).toBe(0);
  });
});

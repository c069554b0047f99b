/** What Plex is asked to scan, as the server hears it. */
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene, sampleSection } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const scene = (id: number, path: string) =>
  sampleScene({ id, details: 'd', files: [{ path, size: 1000 + id, duration: 60 }] });
const known = sampleItem({
  ratingKey: '1',
  parts: [{ file: '/media/Clips & Co/Été/one.mp4', size: 1001, duration: 60000 }],
});
const rigWith = (paths: readonly string[]): Promise<ScanRig> =>
  scanRig({
    scenes: [scene(1, '/data/Clips & Co/été/one.mp4'), ...paths.map((path, i) => scene(10 + i, path))],
    sections: [sampleSection({ key: '4', title: 'Clips', locations: ['/media/Clips & Co'], items: [known] })],
  });
const heard = ({ plex }: ScanRig) =>
  plex.requests
    .map(({ path }) => new URL(path, 'http://x'))
    .filter(({ pathname }) => pathname.endsWith('/refresh'))
    .map(({ pathname, searchParams }) => [pathname, Object.fromEntries(searchParams)]);

const PATHS = [
  '/data/Clips & Co/a/b/2.mp4',
  '/data/Clips & Co/a/3.mp4',
  '/data/Clips & Co/a/c/4.mp4',
  '/data/Clips & Co/ab/5.mp4',
  '/data/Clips & Co/6.mp4',
  '/data/Clips & Co/été/new/7.mp4',
  '/data/new/8.mp4',
];

describe('--refresh-plex', () => {
  it('asks for the directories of scenes that are not scanned, none below another, never a whole location', async () => {
    const rig = await rigWith(PATHS);
    const { summary } = await rig.run({ refreshPlex: true });
    const asked = [
      ['/media/Clips & Co/a', 3],
      ['/media/Clips & Co/ab', 1],
      // In the spelling of Plex as far as it has the directory.
      ['/media/Clips & Co/été/new', 1],
    ] as const;
    expect(summary.refreshPlex).toEqual(asked.map(([path, scenes]) => ({ section: 'Clips', path, scenes })));
    expect(heard(rig)).toEqual(asked.map(([path]) => ['/library/sections/4/refresh', { path }]));
    expect(summary.warnings).toEqual([
      {
        code: 'refresh_left',
        message:
          '1 directory more with scenes Plex has not scanned: gapscan asks for 50 at most, and never for a whole library',
      },
    ]);
  });

  it('asks for fifty at most, the largest first', async () => {
    const paths = Array.from({ length: 120 }, (_, i) => `/data/Clips & Co/d${i % 60}/${i < 60 ? 'a' : 'b'}${i}.mp4`);
    const rig = await rigWith([...paths, '/data/Clips & Co/d59/c.mp4']);
    const { summary } = await rig.run({ refreshPlex: true, force: true });
    expect(heard(rig)).toHaveLength(50);
    expect(summary.refreshPlex?.[0]).toEqual({ section: 'Clips', path: '/media/Clips & Co/d59', scenes: 3 });
    const left = summary.warnings.filter(({ code }) => code === 'refresh_left');
    expect(left.map(({ message }) => message)).toEqual([expect.stringMatching(/^10 directories more/)]);
  });

  it('asks nothing in a dry run, and nothing unless it is told to', async () => {
    const rig = await rigWith(PATHS);
    expect((await rig.run({ refreshPlex: true, dryRun: true })).summary.refreshPlex).toEqual([]);
    expect((await rig.run()).summary.refreshPlex).toBeUndefined();
    expect(heard(rig)).toEqual([]);
  });

  it('that is refused ends with 4 and the whole summary: the jobs are queued', async () => {
    const rig = await rigWith(PATHS);
    rig.plex.fault = ({ path }) => (path.includes('/refresh') ? { kind: 'status', status: 403 } : undefined);
    const { code, stdout, stderr } = await runCli(['scan', '--refresh-plex', '--json'], cliEnvironment(rig));
    const summary = JSON.parse(stdout) as { queue: { enqueued: number }; error: unknown; refreshPlex: unknown };
    expect(code).toBe(4);
    expect(summary.queue.enqueued).toBe(8);
    expect(summary.refreshPlex).toEqual([]);
    expect(summary.error).toMatchObject({ code: 'refresh_plex_failed' });
    expect(stderr).toMatch(/^gapscan: Plex was not asked to scan \/media\/Clips & Co\/a: .*403/m);
  });

  it('is told on the terminal', async () => {
    const rig = await rigWith(PATHS.slice(0, 1));
    const { code, stdout } = await runCli(['scan', '--refresh-plex'], cliEnvironment(rig));
    expect(code).toBe(0);
    expect(stdout).toContain('\nPlex scans /media/Clips & Co/a/b in "Clips" (1 missing scene)\n');
  });
});

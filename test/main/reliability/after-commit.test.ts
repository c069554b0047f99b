import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan, type ScanSummary } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const world = {
  scenes: [1, 2].map((id) =>
    sampleScene({ id, details: 'text', files: [{ path: `/s/${id}.mp4`, size: 5, duration: 6 }] }),
  ),
  items: [{ ratingKey: '1', title: 'other', media: [{ parts: [{ file: '/p/other.mp4' }] }] }],
};

/** A directory for reports, gone as soon as the scenes are asked for: too late for the check before the scan. */
function vanishingDirectory(rig: ScanRig): string {
  const directory = join(rig.dataDir, '..', 'reports');
  mkdirSync(directory);
  rig.stash.fault = ({ body }) => {
    if (body.includes('ScenePage')) rmSync(directory, { recursive: true, force: true });
    return undefined;
  };
  return directory;
}

describe('what cannot be written once the jobs are queued', () => {
  it('a report: the summary comes all the same, with the error in it, and the other report is written', async () => {
    const rig = await scanRig(world);
    const gone = join(vanishingDirectory(rig), 'r.json');
    const other = join(rig.dataDir, 'r.ndjson');
    const summary = await scan({
      ...rig.options,
      reports: [
        { path: gone, format: 'json' },
        { path: other, format: 'ndjson' },
      ],
    });
    expect(summary.queue.enqueued).toBe(2);
    expect(summary.error).toEqual({
      code: 'report_unwritable',
      message: expect.stringMatching(
        /^2 jobs are queued, but the report could not be written: Cannot write the report .*r\.json: ENOENT/,
      ) as string,
      hint: 'Name a writable file with --report.',
    });
    expect(rig.rows()).toHaveLength(2);
    expect((await rig.run()).summary).not.toHaveProperty('error');
  });

  it('a report, on the command line: exit 2, the summary on stdout, the failure on stderr', async () => {
    const rig = await scanRig(world);
    const gone = join(vanishingDirectory(rig), 'r.html');
    const { code, stdout, stderr } = await runCli(['scan', '--report', gone], cliEnvironment(rig));
    expect(code).toBe(2);
    expect(stdout).toContain('Checked 2 scenes');
    expect(stderr).toContain('gapscan: 2 jobs are queued, but the report could not be written: ');
  });

  it('a report, with --json: the summary object with the error in it', async () => {
    const rig = await scanRig(world);
    const gone = join(vanishingDirectory(rig), 'r.csv');
    const { code, stdout } = await runCli(['scan', '--json', '--report', gone], cliEnvironment(rig));
    expect(code).toBe(2);
    const summary = JSON.parse(stdout) as ScanSummary;
    expect(summary).toMatchObject({
      schema: 'gapscan.summary/1',
      queue: { enqueued: 2 },
      error: { code: 'report_unwritable' },
    });
  });

  it.skipIf(process.platform === 'win32')(
    'report lines that outgrow the disk before anything is queued: nothing is',
    async () => {
      const scenes = Array.from({ length: 2000 }, (_, i) =>
        sampleScene({ id: i + 1, files: [{ path: `/s/${i}.mp4`, size: 5, duration: 6 }] }),
      );
      const rig = await scanRig({
        ...world,
        scenes: [...scenes, ...world.scenes.map((scene) => ({ ...scene, id: scene.id + 2000 }))],
      });
      const path = join(rig.dataDir, 'r.ndjson');
      const args = ['scan', '--json', '--include', 'all', '--threads', '0', '--report', path];
      // A limit on the size of files fails like a disk that is full.
      const { code, stdout } = await runCli(args, cliEnvironment(rig), { maxFileKilobytes: 256 });
      const error = JSON.parse(stdout) as { code: string; message: string; hint: string };
      expect([code, error.code]).toEqual([2, 'report_unwritable']);
      expect([error.message, error.hint]).toEqual([
        expect.stringMatching(/^The report cannot be prepared .*EFBIG/),
        expect.stringMatching(/^Nothing was queued/),
      ]);
      expect(readdirSync(rig.dataDir).sort()).toEqual(['gapscan', 'sync_timestamps.json']);
    },
  );

  it('a report of a dry run: nothing is said to be queued', async () => {
    const rig = await scanRig(world);
    const reports = [{ path: join(vanishingDirectory(rig), 'r.json'), format: 'json' as const }];
    const { error } = await scan({ ...rig.options, reports, dryRun: true });
    expect(error?.message).toMatch(/^The report could not be written: /);
  });

  it('the state: said with its code, and the next run works', async () => {
    const rig = await scanRig(world);
    const inTheWay = join(rig.dataDir, 'gapscan', 'last-run.msgpack');
    rig.stash.fault = ({ body }) => {
      if (body.includes('ScenePage')) mkdirSync(inTheWay, { recursive: true });
      return undefined;
    };
    const { code, stdout } = await runCli(['scan', '--json'], cliEnvironment(rig));
    expect(code).toBe(2);
    const { queue, error } = JSON.parse(stdout) as ScanSummary;
    expect(queue.enqueued).toBe(2);
    expect(error?.code).toBe('state_unwritable');
    expect(error?.message).toMatch(/^2 jobs are queued, but the state could not be written: Cannot write .*last-run/);
    rig.stash.fault = undefined;
    rmSync(inTheWay, { recursive: true });
    expect((await scan(rig.options)).queue.already_queued).toBe(2);
  });

  it('an interruption comes too late to lose the summary', async () => {
    const rig = await scanRig(world);
    const controller = new AbortController();
    const onEvent = (event: { type: string; phase?: string }) => {
      if (event.type === 'phase' && event.phase === 'report') controller.abort();
    };
    const reports = ['r1', 'r2'].map((name) => ({ path: join(rig.dataDir, `${name}.json`), format: 'json' as const }));
    const summary = await scan({ ...rig.options, reports, onEvent, signal: controller.signal });
    expect(summary.queue.enqueued).toBe(2);
  });
});

describe('what could not be written anyway is said before any server is asked', () => {
  it('the state: a file or a directory in the way', async () => {
    const rig = await scanRig(world);
    const asked = () => rig.stash.requests.length + rig.plex.requests.length;
    writeFileSync(join(rig.dataDir, 'file'), '');
    const stateDir = join(rig.dataDir, 'file', 'state');
    await expect(scan({ ...rig.options, stateDir })).rejects.toMatchObject({ code: 'state_unwritable', exitCode: 2 });
    mkdirSync(join(rig.dataDir, 'gapscan', 'known-matches.msgpack'), { recursive: true });
    await expect(scan(rig.options)).rejects.toMatchObject({
      code: 'state_unwritable',
      message: expect.stringMatching(/known-matches\.msgpack: it is a directory$/) as string,
    });
    expect(asked()).toBe(0);
  });
});

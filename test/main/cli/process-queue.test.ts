import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import type { ScanSummary } from '../../../src/main/scan-types.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const scenes = [1, 2, 3].map((id) =>
  sampleScene({ id, details: 'd', files: [{ path: `/s/${id}.mp4`, size: 1, duration: 1 }] }),
);
const items = [1, 2].map((id) => sampleItem({ ratingKey: `${id}`, parts: [{ file: `/p/${id}.mp4`, size: 1 }] }));
const task = (status: string, description = 'Running plugin task: Process Queue') => ({ id: '7', status, description });

/** Scans with --process-queue; the summary and how it ended. */
async function drain(rig: ScanRig, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(['scan', '--process-queue', '--json', ...args], cliEnvironment(rig));
  const summary = JSON.parse(stdout) as ScanSummary;
  return { code, stderr, summary, codes: summary.warnings.map((warning) => warning.code) };
}

describe('--process-queue', () => {
  it('names the job it started, as JSON and in words', async () => {
    const rig = await scanRig({ scenes: scenes.slice(0, 2), items });
    const { code, summary, codes } = await drain(rig);
    expect([code, summary.processQueue, codes]).toEqual([0, { jobId: '1' }, []]);
    const { stdout } = await runCli(['scan', '--process-queue'], cliEnvironment(rig));
    expect(stdout).toContain('Stash works on the queue: job 2\n');
  });

  it.each(['RUNNING', 'READY'])('starts no other task where one is %s', async (status) => {
    const rig = await scanRig({ scenes: scenes.slice(0, 2), items });
    rig.stash.state.jobs = [task(status)];
    const { code, stderr, summary, codes } = await drain(rig, '--quiet');
    expect([code, rig.stash.state.processQueueCalls, summary.processQueue]).toEqual([0, 0, undefined]);
    expect(codes).toEqual(['process_queue_running']);
    expect(stderr).toContain('"Process Queue" is');
    expect(summary.queue.enqueued).toBe(2);
  });

  it.each([task('FINISHED'), task('STOPPING'), task('RUNNING', 'Running plugin task: Other')])(
    'starts one beside %o',
    async (other) => {
      const rig = await scanRig({ scenes: scenes.slice(0, 2), items });
      rig.stash.state.jobs = [other];
      expect((await drain(rig)).summary.processQueue).toEqual({ jobId: '1' });
    },
  );

  it('warns of jobs that will hold the job queue of Stash, and only of those', async () => {
    const rig = await scanRig({ scenes, items });
    const { summary } = await drain(rig);
    expect(summary.warnings).toMatchObject([
      { code: 'jobs_for_missing', message: expect.stringMatching(/^1 job is for scenes Plex does not have/) as string },
    ]);
    const without = await drain(await scanRig({ scenes, items }), '--gaps', 'empty,stale');
    expect(without.codes).toEqual([]);
  });

  it('ends with 4 and the whole summary where the plugin is not there, and asks once', async () => {
    const rig = await scanRig({ scenes: scenes.slice(0, 2), items });
    rig.stash.state.plugins = [];
    const { code, stderr, summary } = await drain(rig, '--quiet');
    expect(code).toBe(4);
    expect(summary).toMatchObject({
      queue: { enqueued: 2 },
      error: {
        code: 'process_queue_failed',
        message: expect.stringMatching(/The jobs are queued.*plugin not found/) as string,
        hint: expect.stringContaining('Install and enable') as string,
      },
    });
    expect(stderr).toContain('gapscan: The jobs are queued, but "Process Queue" was not started');
    expect(rig.stash.requests.filter(({ body }) => body.includes('mutation')).length).toBe(1);
    expect(rig.rows().length).toBe(2);
  });

  it('does not ask again after a dropped connection: the task may have been started', async () => {
    const rig = await scanRig({ scenes: scenes.slice(0, 2), items });
    rig.stash.fault = ({ body }) => (body.includes('mutation') ? { kind: 'drop' } : undefined);
    expect((await drain(rig)).code).toBe(4);
    expect(rig.stash.requests.filter(({ body }) => body.includes('mutation')).length).toBe(1);
  });
});

describe('while Stash is busy', () => {
  it.each([
    ['RUNNING', 'Scanning...', ['stash_busy']],
    ['READY', 'scanning...', ['stash_busy']],
    ['RUNNING', 'Identifying...', ['stash_busy']],
    ['RUNNING', 'Generating...', []],
    ['FINISHED', 'Scanning...', []],
  ])('%s %s', async (status, description, codes) => {
    const rig = await scanRig({ scenes: scenes.slice(0, 1), items });
    rig.stash.state.jobs = [task(status, description)];
    const { stdout } = await runCli(['scan', '--dry-run', '--json'], cliEnvironment(rig));
    expect((JSON.parse(stdout) as ScanSummary).warnings.map(({ code }) => code)).toEqual(codes);
  });
});

describe('what the summary says of the run', () => {
  it('counts requests and repetitions, and says what was looked at', async () => {
    const rig = await scanRig({ scenes, items });
    rig.plex.fault = ({ number }) => (number === 2 ? { kind: 'status', status: 500 } : undefined);
    const args = ['scan', '--json', '--ids', '1-2', '--library', 'clips', '--threads', '0'];
    const { stdout } = await runCli(args, cliEnvironment(rig));
    const { requests, retries, threads, scope, version } = JSON.parse(stdout) as ScanSummary;
    expect(requests).toEqual({ stash: rig.stash.requests.length, plex: rig.plex.requests.length });
    expect({ retries, threads, scope }).toEqual({
      retries: { stash: 0, plex: 1 },
      threads: 0,
      scope: { libraries: ['clips'], since: null, ids: 2 },
    });
    expect(version).toMatch(/^\d+\.\d+/);
  });

  it.each([
    ['matched', 0],
    ['missing', 1],
    ['matched,empty', 1],
  ])('exits by --fail-on %s with %i', async (verdicts, code) => {
    const rig = await scanRig({ scenes, items });
    expect((await runCli(['scan', '-n', '-q', '--fail-on', verdicts], cliEnvironment(rig))).code).toBe(code);
  });
});

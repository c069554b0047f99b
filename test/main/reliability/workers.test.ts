import { existsSync } from 'node:fs';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, payloadOf, scanRig } from '../../support/scan-world.js';

const world = makeDemoWorld({ scenes: 1500, seed: 61 });

/** Code that is loaded into every thread and strikes in a worker, in the middle of a task. */
const inWorker = (strike: string) =>
  `data:text/javascript,${encodeURIComponent(
    `import { isMainThread } from 'node:worker_threads';
     const { Instance } = WebAssembly;
     let calls = 0;
     const striking = (call) => (...args) => { if (++calls > 2) ${strike}; return call(...args); };
     if (!isMainThread) WebAssembly.Instance = function (...args) {
       const { exports } = new Instance(...args);
       return { exports: { ...exports, readItems: striking(exports.readItems) } };
     };`,
  )}`;

describe('a worker that fails', () => {
  it.each([
    ['throws', 'throw new Error("struck")', 'struck'],
    ['dies', 'process.exit(9)', 'worker exited with code: 9'],
  ])('%s: the run ends as a bug, it does not hang, and the queue is untouched', async (_, strike, message) => {
    const rig = await scanRig(world);
    const { code, stdout, stderr, milliseconds } = await runCli(['scan', '--threads', '2'], {
      NODE_OPTIONS: `--import=${inWorker(strike)}`,
      ...cliEnvironment(rig),
    });
    expect([code, stdout]).toEqual([70, '']);
    expect(stderr).toContain(`gapscan: Internal error: ${message}`);
    expect(milliseconds).toBeLessThan(10_000);
    expect(existsSync(rig.queueFile)).toBe(false);
  });
});

describe('odd content', () => {
  it('huge and hostile texts arrive in the job as they are', async () => {
    const hostile = ['\u001b[31mred\u001b[0m', 'two\nlines', '\u202egnp.exe', '=cmd()|x', '<script>alert(1)</script>'];
    const scenes = hostile.map((title, i) =>
      sampleScene({
        id: i + 1,
        title,
        details: 'x'.repeat(3_000_000),
        files: [{ path: `/s/${i}.mp4`, size: 1, duration: 1 }],
      }),
    );
    const rig = await scanRig({
      scenes,
      items: [sampleItem({ ratingKey: '1', title: hostile[0]!, parts: [{ file: '/p/other.mp4' }] })],
    });
    const { lines, summary } = await rig.run();
    expect(summary.queue.enqueued).toBe(hostile.length);
    expect(rig.rows().map((row) => payloadOf(row)['title'])).toEqual(hostile);
    expect([...lines.values()].map(({ title }) => title)).toEqual(hostile);
    expect(rig.rows().every((row) => (payloadOf(row)['details'] as string).length === 3_000_000)).toBe(true);
  });

  it('scenes that appear twice are judged once', async () => {
    const rig = await scanRig(world);
    rig.stash.fault = ({ body }) => {
      if (!body.includes('ScenePage')) return undefined;
      return {
        kind: 'rewrite',
        rewrite: (text) => text.replace(/"scenes":\[(\{.*?\}),\{"id"/, '"scenes":[$1,$1,{"id"'),
      };
    };
    expect((await scan(rig.options)).verdicts).toEqual(world.totals);
  });
});

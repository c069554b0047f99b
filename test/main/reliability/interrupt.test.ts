import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { scan, InterruptedError } from 'gapscan';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { startCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';
import { until } from '../../support/until.js';

const world = makeDemoWorld({ scenes: 1500, seed: 31 });

/** Starts a scan and waits for a moment of it. */
async function startUntil(rig: ScanRig, moment: (said: string) => boolean) {
  const started = startCli(['scan', '--threads', '2', '--report', `${rig.dataDir}/r.ndjson`], cliEnvironment(rig));
  await until(() => moment(started.said()));
  return started;
}

/** A machine busy with other tests is slow to stop too; what would not stop would hang for ten times as long. */
const SOON_MS = 5000;

describe('Ctrl-C', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s once stops clean and soon, the queue untouched, and exits %i', async (signal, exit) => {
    const rig = await scanRig(world);
    rig.stash.fault = ({ body }) => (body.includes('ScenePage') ? { kind: 'hang' } : undefined);
    const running = await startUntil(rig, () => rig.stash.requests.some(({ body }) => body.includes('ScenePage')));
    const asked = performance.now();
    running.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect(performance.now() - asked).toBeLessThan(SOON_MS);
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toContain('gapscan: Interrupted; the queue is untouched');
    expect(stderr).not.toContain('kept the process alive');
    expect(existsSync(rig.queueFile)).toBe(false);
    expect(readdirSync(rig.dataDir).sort()).toEqual(['gapscan', 'sync_timestamps.json']);
    expect(readdirSync(`${rig.dataDir}/gapscan`)).toEqual(['lock.db']);
  });

  it('is heard while waiting to try again', async () => {
    const rig = await scanRig(world);
    rig.plex.fault = () => ({ kind: 'status', status: 503, headers: { 'retry-after': '50' } });
    const running = await startUntil(rig, (said) => said.includes('trying again in'));
    const asked = performance.now();
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(performance.now() - asked).toBeLessThan(SOON_MS);
  });

  it('twice ends at once', async () => {
    const rig = await scanRig(world);
    rig.stash.fault = () => ({ kind: 'hang' });
    const running = await startUntil(rig, () => rig.stash.requests.length > 0);
    running.kill('SIGINT');
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });

  it('twice says where to look, while the first is still being told of', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url !== '/fail') response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close().closeAllConnections();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const rig = await scanRig(world);
    rig.stash.fault = () => ({ kind: 'hang' });
    const config = join(tempDir(), 'gapscan.yml');
    writeFileSync(config, `notify: { ping: 'http://127.0.0.1:${port}' }\n`);
    const running = startCli(['scan', '--config', config], cliEnvironment(rig));
    await until(() => rig.stash.requests.length > 0);
    running.kill('SIGINT');
    await until(() => asked.includes('/fail'));
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      130,
      'gapscan: Ended at once; gapscan status shows what is queued',
    ]);
  });
});

describe('an aborted signal', () => {
  it('rejects with InterruptedError, before the start and in the middle', async () => {
    const rig = await scanRig(world);
    await expect(scan({ ...rig.options, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(InterruptedError);
    const controller = new AbortController();
    const onEvent = ({ type }: { type: string }) => {
      if (type === 'progress') controller.abort();
    };
    await expect(scan({ ...rig.options, signal: controller.signal, onEvent })).rejects.toBeInstanceOf(InterruptedError);
    expect(existsSync(rig.queueFile)).toBe(false);
  });
});

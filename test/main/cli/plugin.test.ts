import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, TOKEN } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const world = {
  scenes: [
    sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] }),
    sampleScene({ id: 2, details: 'd', files: [{ path: '/s/2.mp4', size: 2, duration: 1 }] }),
  ],
  items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

function connectionOf(url: string, mode: string): string {
  return JSON.stringify({
    server_connection: {
      Scheme: 'http',
      Host: '0.0.0.0',
      Port: Number(new URL(url).port),
      SessionCookie: null,
      Dir: '/none',
      PluginDir: '/none',
    },
    args: { mode },
  });
}

describe('gapscan plugin', () => {
  it.each([
    ['report', 0],
    ['queue', 1],
  ])('%s: ends with its output, and leaves missing scenes alone', async (mode, jobs) => {
    const rig = await scanRig(world);
    const env = { ...cliEnvironment(rig), STASH_URL: '' };
    mkdirSync(join(rig.dataDir, 'queue'), { recursive: true });
    const result = await runCli(['plugin'], env, { input: connectionOf(rig.stash.url, mode) });
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toEqual({ output: expect.stringContaining('2 gaps') as string });
    const lines = result.stderr.split('\n').filter(Boolean);
    const isTold = (line: string) => line.startsWith('\u0001') && 'iwep'.includes(line[1]!) && line[2] === '\u0002';
    expect(lines.filter((line) => !isTold(line))).toEqual([]);
    expect(lines).toContain('\u0001p\u00021.000');
    expect(result.stderr).not.toContain(TOKEN);
    if (jobs > 0) expect(rig.rows()).toHaveLength(jobs);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'secret-cookie'],
    ['no connection', '{"args":{"mode":"queue"}}'],
    ['no mode', connectionOf('http://localhost:1', '')],
  ])('%s: ends with an error', async (_, input) => {
    const result = await runCli(['plugin'], {}, { input });
    expect(result.code).toBe(2);
    expect(JSON.parse(result.stdout)).toEqual({ error: expect.stringContaining('Expected') as string });
    expect(result.stdout + result.stderr).not.toContain('secret-cookie');
  });

  it('leaves standard output to Stash, whatever the config file says', async () => {
    const rig = await scanRig(world);
    const config = join(tempDir(), 'gapscan.yml');
    writeFileSync(config, 'reports: ["csv:-"]\n');
    const env = { ...cliEnvironment(rig), STASH_URL: '', GAPSCAN_CONFIG: config };
    const result = await runCli(['plugin'], env, { input: connectionOf(rig.stash.url, 'report') });
    expect(result.code).toBe(2);
    expect(JSON.parse(result.stdout)).toEqual({ error: expect.stringContaining('reports: ') as string });
  });

  it('says through its launcher that gapscan is not installed', async () => {
    const env = { PATH: tempDir() };
    const result = await runCli([], env, { bin: join(process.cwd(), 'plugin', 'launch.mjs'), input: '{}' });
    expect(JSON.parse(result.stdout)).toEqual({ error: expect.stringContaining('PATH') as string });
  });
});

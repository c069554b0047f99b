import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli, startCli } from '../../support/cli.js';
import { cliEnvironment, scanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';
import { until } from '../../support/until.js';

const world = {
  scenes: [sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] })],
  items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

interface Received {
  readonly url: string;
  readonly body: string;
}

/** Takes notifications. */
async function listener(status = 200): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      received.push({ url: request.url ?? '', body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function notified(when: string, status = 200, args: readonly string[] = ['--quiet']) {
  const rig = await scanRig(world);
  const hooks = await listener(status);
  const config = join(tempDir(), 'gapscan.yml');
  const url = (name: string) => `${hooks.url}/${name}/topsecret`;
  const notify = { when, webhook: url('hook'), discord: [url('discord')], ntfy: url('ntfy'), ping: url('ping') };
  writeFileSync(config, JSON.stringify({ notify }));
  const run = (env = {}) => runCli(['scan', '--config', config, ...args], { ...cliEnvironment(rig), ...env });
  return { run, hooks, config, rig };
}

describe('notifications', () => {
  it('tells of what has changed, and pings on every run', async () => {
    const { run, hooks } = await notified('changes');
    expect((await run()).code).toBe(0);
    const paths = hooks.received.map(({ url }) => url);
    expect(paths[0]).toBe('/ping/topsecret/start');
    expect(paths.slice(1).sort()).toEqual([
      '/discord/topsecret',
      '/hook/topsecret',
      '/ntfy/topsecret',
      '/ping/topsecret',
    ]);
    const sent = JSON.parse(hooks.received.find(({ url }) => url.startsWith('/hook'))?.body ?? '') as object;
    const ajv = new Ajv({ formats: { 'date-time': true } });
    for (const name of ['summary-1', 'notification-1'])
      ajv.addSchema(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')) as object, `${name}.schema.json`);
    expect(ajv.validate('notification-1.schema.json', sent) || ajv.errors).toBe(true);
    hooks.received.length = 0;
    await run();
    expect(hooks.received.map(({ url }) => url)).toEqual(['/ping/topsecret/start', '/ping/topsecret']);
  });

  it('tells of a failure, and shows nothing but the host', async () => {
    const { run, hooks, config } = await notified('errors', 500);
    const result = await run({ STASH_API_KEY: 'wrong-key-123' });
    expect(result.code).toBe(4);
    expect(hooks.received.map(({ url }) => url)).toContain('/ping/topsecret/fail');
    expect(result.stderr).toContain('could not be notified: it answered 500');
    expect(result.stderr).not.toContain('topsecret');
    const shown = await runCli(['config', '--json', '--config', config]);
    expect(shown.stdout).toContain(new URL(hooks.url).host);
    expect(shown.stdout).not.toContain('topsecret');
  });
});

it('--log-file appends JSON lines', async () => {
  const rig = await scanRig(world);
  const file = join(tempDir(), 'log.ndjson');
  writeFileSync(file, '');
  const run = async () => (await runCli(['scan', '--log-file', file], cliEnvironment(rig))).code;
  expect([await run(), await run()]).toEqual([0, 0]);
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ time, level, message }) => !(time && level && message))).toEqual([]);
  expect(lines.filter(({ summary }) => summary !== undefined)).toHaveLength(2);
  const refused = await runCli(['scan', '--log-file', '/nonexistent/log'], cliEnvironment(rig));
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('Cannot write the log file')]);
});

describe('--wait', () => {
  const absent = { PLEX_URL: 'http://127.0.0.1:9' };

  it('gives up within its bound, a line per try', async () => {
    const rig = await scanRig(world);
    const config = join(tempDir(), 'gapscan.yml');
    writeFileSync(config, 'retries: 0\n');
    const env = { ...cliEnvironment(rig), ...absent };
    const result = await runCli(['scan', '--config', config, '--wait', '2s'], env);
    expect(result.code).toBe(4);
    expect(result.milliseconds).toBeGreaterThan(2000);
    expect(result.stderr.match(/trying again in/g)?.length).toBeGreaterThan(1);
  });

  it('ends at once when it is interrupted', async () => {
    const rig = await scanRig(world);
    const cli = startCli(['scan', '--wait', '30m'], { ...cliEnvironment(rig), ...absent });
    await until(() => cli.said().includes('trying again'));
    cli.kill('SIGINT');
    expect((await cli.ended).code).toBe(130);
  });
});

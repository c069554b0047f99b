import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../support/faults.js';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { runCli, startCli } from '../../support/cli.js';
import { cliEnvironment, KEY, scanRig, type ScanRig, TOKEN } from '../../support/scan-world.js';

const world = makeDemoWorld({ scenes: 600, seed: 41 });
const SECRETS = [KEY, TOKEN];

/** Everything below a directory, as bytes. */
function allBytes(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

function expectNoSecret(rig: ScanRig, ...texts: string[]): void {
  for (const secret of SECRETS) {
    expect(allBytes(rig.dataDir).includes(secret)).toBe(false);
    for (const text of texts) expect(text).not.toContain(secret);
    for (const { path } of [...rig.plex.requests, ...rig.stash.requests]) expect(path).not.toContain(secret);
  }
}

const config = (rig: ScanRig, extra = '') => {
  const path = join(rig.dataDir, '..', 'gapscan.yml');
  writeFileSync(path, `timeoutSeconds: 1\nretries: 1\n${extra}`);
  return path;
};

/** A server that repeats the request's secrets in whatever it answers. */
const echo = `secret ${KEY} ${TOKEN}`;
const FAULTS: [string, Fault][] = [
  ['401', { kind: 'status', status: 401, body: echo }],
  ['404', { kind: 'status', status: 404, body: echo }],
  ['a redirect', { kind: 'status', status: 302, headers: { location: `/login?token=${TOKEN}` } }],
  ['503', { kind: 'status', status: 503, body: echo }],
  ['drop', { kind: 'drop' }],
  ['hang', { kind: 'hang' }],
  ['HTML', { kind: 'body', body: `<html>${echo}</html>`, type: 'text/html' }],
  ['broken JSON', { kind: 'body', body: `{"${echo}`, type: 'application/json' }],
  ['other JSON', { kind: 'body', body: JSON.stringify({ [echo]: echo }), type: 'application/json' }],
  [
    'a GraphQL error',
    { kind: 'body', body: JSON.stringify({ errors: [{ message: echo }], data: null }), type: 'application/json' },
  ],
];

describe('a secret that cannot be sent', () => {
  it.each(['two\nlines', 'wide \u20ac', ''])('is refused at once: %j', async (secret) => {
    const rig = await scanRig(world);
    const failed = scan({ ...rig.options, plex: { ...rig.options.plex, secret } });
    await expect(failed).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'PLEX_TOKEN holds characters that cannot be sent in a header',
    });
  });
});

describe('no secret is shown, written or sent on', () => {
  it.each(FAULTS)('when both servers answer with %s', async (_, fault) => {
    const rig = await scanRig(world);
    const args = ['scan', '--verbose', '--config', config(rig)];
    rig.plex.fault = () => fault;
    const byPlex = await runCli(args, cliEnvironment(rig));
    rig.plex.fault = undefined;
    rig.stash.fault = () => fault;
    const byStash = await runCli([...args, '--json'], cliEnvironment(rig));
    expect([byPlex.code, byStash.code]).toEqual([4, 4]);
    expectNoSecret(rig, byPlex.stdout, byPlex.stderr, byStash.stdout, byStash.stderr);
  });

  it('in reports, state, queue and arguments of a run that works', async () => {
    const rig = await scanRig(world);
    const args = [
      'scan',
      '--verbose',
      '--include',
      'all',
      '--report',
      join(rig.dataDir, 'r.json'),
      '--report',
      join(rig.dataDir, 'r.ndjson'),
    ];
    const running = startCli(args, cliEnvironment(rig));
    const argv = readFileSync(`/proc/${running.pid}/cmdline`, 'utf8');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(3);
    expectNoSecret(rig, argv, stdout, stderr);
  });

  it('to another origin: redirects are not followed', async () => {
    const rig = await scanRig(world);
    const other = await scanRig(world);
    rig.plex.fault = () => ({
      kind: 'status',
      status: 307,
      headers: { location: `${other.plex.url}/library/sections` },
    });
    const { code } = await runCli(['scan', '--config', config(rig)], cliEnvironment(rig));
    expect([code, other.plex.requests]).toEqual([4, []]);
  });

  it('by a config file others can read without a warning', async () => {
    const rig = await scanRig(world);
    const path = config(rig, `stashApiKey: ${KEY}\nplexToken: ${TOKEN}\n`);
    const env = { ...cliEnvironment(rig), STASH_API_KEY: '', PLEX_TOKEN: '' };
    const { code, stderr } = await runCli(['scan', '--config', path], env);
    expect(code).toBe(3);
    expect(stderr).toContain(`Warning: ${path} holds a secret and can be read by other users; run: chmod 600 ${path}`);
    expectNoSecret(rig, stderr);
  });

  it('in what is said of a config file that is wrong', async () => {
    const rig = await scanRig(world);
    for (const wrong of [
      `plexToken: [${TOKEN}]`,
      `plexTokn: ${TOKEN}`,
      `plexToken: "${TOKEN}`,
      `plexUrl: http://u:${TOKEN}@h`,
      `stashApiKey: {a: ${KEY}}`,
    ]) {
      const { code, stdout, stderr } = await runCli(
        ['scan', '--verbose', '--config', config(rig, wrong)],
        cliEnvironment(rig),
      );
      const secretUrl = wrong.includes('plexUrl');
      // The environment's URL wins over the file's, which is then not looked at.
      if (!secretUrl) expect(code).toBe(2);
      expectNoSecret(rig, stdout, stderr);
    }
  });
});

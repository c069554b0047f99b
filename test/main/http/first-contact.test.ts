import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { scan, type GapscanError, type ScanEvent, type ScanOptions } from 'gapscan';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../support/faults.js';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { ServerError } from '../../../src/main/errors.js';
import { PassingFailure, withRetries } from '../../../src/main/http/retry.js';
import { connectPlex } from '../../../src/main/plex/connection.js';
import { connectStash } from '../../../src/main/stash/connection.js';
import { startProcessQueue } from '../../../src/main/stash/jobs.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, TOKEN, type ScanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const small = {
  scenes: [sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] })],
  items: [sampleItem({ ratingKey: '1', studio: 'Acme', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener) => `http://127.0.0.1:${await listen(createHttpServer(listener))}`;

async function failureOf(run: Promise<unknown>): Promise<GapscanError> {
  try {
    await run;
  } catch (error: unknown) {
    return error as GapscanError;
  }
  throw new Error('it did not fail');
}

/** Scans with other options for one server; returns the error and what was told meanwhile. */
async function fail(rig: ScanRig, name: 'stash' | 'plex', options: Partial<ScanOptions['stash']>) {
  const events: ScanEvent[] = [];
  const own = { ...rig.options[name], retries: 4, retryDelayMs: 1, ...options };
  const onEvent = (event: ScanEvent) => events.push(event);
  const error = await failureOf(scan({ ...rig.options, [name]: own, onEvent }));
  return { error, retries: events.filter(({ type }) => type === 'retry') };
}

const LOGIN_PAGE: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Login</title></html>');
};

describe('what answers and is not the server', () => {
  it.each(['stash', 'plex'] as const)(
    'a login page instead of %s is refused at once, with the URL it came from',
    async (name) => {
      const rig = await scanRig(small);
      const url = await serve(LOGIN_PAGE);
      const { error, retries } = await fail(rig, name, { url: `${url}/proxy` });
      const path = name === 'stash' ? '/proxy/graphql' : '/proxy/library/sections';
      expect([error.code, error.exitCode, retries]).toEqual([`${name}_bad_answer`, 4, []]);
      expect(error.message).toContain(`${url}${path} gave an unexpected answer: expected JSON, got text/html`);
    },
  );

  it.each([
    ['stash', '/graphql'],
    ['stash', '/scenes'],
    ['plex', '/web'],
    ['plex', '/web/index.html'],
  ] as const)('a page of %s itself (%s): the URL without it is suggested', async (name, page) => {
    const rig = await scanRig(small);
    const url = await serve(LOGIN_PAGE);
    const { error } = await fail(rig, name, { url: `${url}/under${page}` });
    expect(error.message).toContain(`did you mean ${url}/under?`);
  });

  it('Plex where Stash was expected, and Stash where Plex was: told as such', async () => {
    const rig = await scanRig(small);
    const swapped = await fail(rig, 'stash', { url: rig.plex.url });
    expect(swapped.error).toMatchObject({
      code: 'stash_bad_answer',
      message: `Stash at ${rig.plex.url} is Plex, not Stash`,
      hint: 'Set the URL of Stash; perhaps those of Stash and Plex were mixed up.',
    });
    const other = await fail(rig, 'plex', { url: rig.stash.url });
    expect(other.error.message).toBe(`Plex at ${rig.stash.url} is Stash, not Plex`);
    // Whoever is asked who it is gets no secret.
    expect(
      rig.stash.requests.some(({ headers }) => 'x-plex-token' in headers && headers['x-plex-token'] !== TOKEN),
    ).toBe(false);
    expect(rig.stash.requests.filter(({ path }) => path === '/graphql').at(-1)?.headers).not.toHaveProperty(
      'x-plex-token',
    );
  });

  it('JSON of the other server, whatever is asked, is told as such', async () => {
    const rig = await scanRig(small);
    const json =
      (body: string): RequestListener =>
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      };
    const plex = await serve(json('{"MediaContainer":{"size":0,"machineIdentifier":"m"}}'));
    expect((await fail(rig, 'stash', { url: plex })).error.message).toContain('is Plex, not Stash');
    const stash = await serve(json('{"data":{"systemStatus":{"status":"OK"}}}'));
    expect((await fail(rig, 'plex', { url: stash })).error.message).toContain('is Stash, not Plex');
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('plain http on a port that speaks TLS', () => {
  it.skipIf(!hasOpenssl)(
    `dropped by the server${hasOpenssl ? '' : ' (skipped: openssl is not installed)'}`,
    async () => {
      const directory = tempDir();
      const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
      const made = spawnSync('openssl', [
        ...[
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-keyout',
          key,
          '-out',
          cert,
          '-days',
          '2',
          '-subj',
          '/CN=x',
        ],
      ]);
      expect(made.status).toBe(0);
      const port = await listen(createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }));
      const rig = await scanRig(small);
      const { error, retries } = await fail(rig, 'plex', { url: `http://127.0.0.1:${port}` });
      expect(error).toMatchObject({
        code: 'plex_unreachable',
        message: `Plex at http://127.0.0.1:${port}/identity speaks TLS on this port, but was asked without`,
        hint: 'Use https:// instead of http://.',
      });
      expect(retries).toEqual([]);
    },
  );

  it('answered as servers written in Go answer it', async () => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () =>
          socket.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'),
        );
      }),
    );
    const rig = await scanRig(small);
    const { error } = await fail(rig, 'stash', { url: `http://127.0.0.1:${port}` });
    expect(error.message).toBe(
      `Stash at http://127.0.0.1:${port}/graphql speaks TLS on this port, but was asked without`,
    );
  });
});

describe('a secret that is refused', () => {
  it('names the place it came from', async () => {
    const rig = await scanRig(small);
    const stash = await fail(rig, 'stash', { secret: 'wrong', secretSource: '/etc/stash.key' });
    expect(stash.error).toMatchObject({
      code: 'stash_refused',
      message: `Stash at ${rig.stash.url}/graphql refused the request (401): the key from /etc/stash.key is not valid there`,
      hint: 'Check /etc/stash.key.',
    });
    const plex = await fail(rig, 'plex', { secret: 'wrong' });
    expect(plex.error.message).toBe(
      `Plex at ${rig.plex.url}/library/sections refused the request (401): the token from PLEX_TOKEN is not valid there`,
    );
    const { stderr } = await runCli(['scan'], { ...cliEnvironment(rig), STASH_API_KEY: 'wrong-key-0123456789' });
    expect(stderr).toContain('the key from STASH_API_KEY is not valid there');
  });

  it('or says that none was sent', async () => {
    const rig = await scanRig(small);
    const environment = { ...cliEnvironment(rig), STASH_API_KEY: '' };
    const { code, stderr } = await runCli(['scan'], environment);
    expect(code).toBe(4);
    expect(stderr).toContain(
      `${rig.stash.url}/graphql refused the request (401): no key was sent\n  Set STASH_API_KEY.`,
    );
  });
});

describe('a Stash that waits for a person', () => {
  it.each([
    ['NEEDS_MIGRATION', 'waits for its database to be migrated', 'migrate'],
    ['SETUP', 'has not been set up yet', 'go through its setup'],
  ] as const)(
    '%s is told as such before anything else is asked, with settings from Stash and without',
    async (status, problem, todo) => {
      const rig = await scanRig(small);
      rig.stash.state.systemStatus = status;
      const bare = { ...cliEnvironment(rig), PLEX_URL: '', PLEX_TOKEN: '', GAPSCAN_DATA_DIR: '' };
      for (const environment of [cliEnvironment(rig), bare]) {
        const { code, stdout } = await runCli(['scan', '--json'], environment);
        expect(code).toBe(4);
        const error = JSON.parse(stdout) as { code: string; message: string; hint: string };
        expect([error.code, error.message]).toEqual([
          'stash_not_ready',
          `Stash at ${rig.stash.url} ${problem} (${status})`,
        ]);
        expect(error.hint).toMatch(new RegExp(`^Open ${rig.stash.url} in a browser and .*${todo}`));
      }
      expect(rig.plex.requests).toEqual([]);
      expect(rig.stash.requests.every(({ body }) => body.includes('systemStatus'))).toBe(true);
    },
  );

  it('is no concern where the question is not known', async () => {
    const rig = await scanRig(small);
    rig.stash.fault = ({ body }): Fault | undefined =>
      body.includes('systemStatus')
        ? {
            kind: 'status',
            status: 422,
            headers: { 'content-type': 'application/json' },
            body: '{"errors":[{"message":"Cannot query field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}',
          }
        : undefined;
    expect((await scan(rig.options)).verdicts.matched).toBe(1);
  });
});

describe('patience', () => {
  it('does not outlast its bound, whatever pause a server asks for', async () => {
    const error = new ServerError('busy', { code: 'plex_unreachable' });
    const asked: number[] = [];
    const policy = {
      retries: 100,
      firstDelayMs: 1,
      isTooLate: (milliseconds: number) => milliseconds > 900,
      onRetry: (_: unknown, attempt: number) => asked.push(attempt),
      signal: new AbortController().signal,
    };
    const busy = () => Promise.reject(new PassingFailure(error, { retryAfterMs: 300 }));
    const started = performance.now();
    await expect(withRetries(policy, busy)).rejects.toBe(error);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it('is ten seconds for the first answer, though more was set for later ones', async () => {
    const rig = await scanRig(small);
    rig.stash.fault = () => ({ kind: 'hang' });
    const started = performance.now();
    const { error } = await fail(rig, 'stash', { retries: 0, timeoutSeconds: 600 });
    expect(error.message).toBe(`Stash at ${rig.stash.url}/graphql did not answer in time`);
    expect(performance.now() - started).toBeLessThan(13_000);
  });

  it('is told in lines of at most 160 characters', async () => {
    const rig = await scanRig(small);
    const url = `${rig.plex.url}/${'under/'.repeat(30)}proxy`;
    rig.plex.fault = () => ({ kind: 'status', status: 503 });
    const config = { ...cliEnvironment(rig), PLEX_URL: url };
    const running = await runCli(['scan'], config);
    const lines = running.stderr.split('\n').filter((line) => line.includes('trying again'));
    expect(lines.length).toBe(4);
    expect(lines.every((line) => line.length <= 160 && line.startsWith(`Plex at ${rig.plex.url}/… answered 503`))).toBe(
      true,
    );
    expect(running.stderr).toContain(`gapscan: Plex at ${url}/identity answered 503`);
  });

  it('is none with a mutation that was refused', async () => {
    const rig = await scanRig(small);
    rig.stash.fault = () => ({
      kind: 'body',
      type: 'application/json',
      body: '{"errors":[{"message":"plugin not found"}],"data":null}',
    });
    const stash = connectStash(rig.options.stash, new AbortController().signal);
    try {
      await expect(startProcessQueue(stash)).rejects.toMatchObject({ code: 'stash_bad_answer' });
      expect([stash.requests, stash.retries, rig.stash.requests.length]).toEqual([1, 0, 1]);
    } finally {
      await stash.close();
    }
  });
});

describe('a connection', () => {
  it('counts what it asks and what it asks again', async () => {
    const rig = await scanRig(small);
    rig.plex.fault = ({ number }) => (number <= 2 ? { kind: 'status', status: 500 } : undefined);
    const options = { ...rig.options.plex, retries: 4, retryDelayMs: 1 };
    const plex = connectPlex(options, new AbortController().signal);
    try {
      await plex.read({ path: '/identity' });
      await plex.read({ path: '/library/sections' });
      expect([plex.requests, plex.retries, rig.plex.requests.length]).toEqual([4, 2, 4]);
    } finally {
      await plex.close();
    }
  });
});

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { scan, type GapscanError, type ScanEvent, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import type { Fault, FaultChooser } from '../../support/faults.js';
import type { SampleRequest } from '../../../src/main/demo/sample-server.js';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import { scanRig, type ScanRig } from '../../support/scan-world.js';

/** Three pages of Plex, three of Stash, every verdict among them. */
const world = makeDemoWorld({ scenes: 1200, seed: 11 });

/** A queue that somebody else has filled, to be found byte for byte as it was. */
function fillQueue({ queueFile }: ScanRig): Buffer {
  mkdirSync(dirname(queueFile), { recursive: true });
  const database = new Database(queueFile);
  database.pragma('journal_mode = WAL');
  database.exec(
    'CREATE TABLE ack_queue_default (_id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB, timestamp FLOAT, status INTEGER)',
  );
  database.exec("INSERT INTO ack_queue_default (data, timestamp, status) VALUES (x'80047d2e', 1.5, 5)");
  database.close();
  return readFileSync(queueFile);
}

async function failureOf(run: Promise<unknown>): Promise<GapscanError> {
  try {
    await run;
  } catch (error: unknown) {
    return error as GapscanError;
  }
  throw new Error('the scan did not fail');
}

const isPlexPage = ({ path }: SampleRequest) => path.includes('/all?') && !path.includes('Container-Size=0');
const isScenePage = ({ body }: SampleRequest) => body.includes('ScenePage');
const always =
  (fault: Fault): FaultChooser =>
  () =>
    fault;
const on =
  (which: (request: SampleRequest) => boolean, fault: Fault): FaultChooser =>
  (request) =>
    which(request) ? fault : undefined;

const maintenance =
  '<?xml version="1.0"?><Response code="503" title="Maintenance" status="Plex is running startup maintenance"/>';
const json = (body: string): Fault => ({ kind: 'body', body, type: 'application/json' });
const quick = { timeoutSeconds: 1, retries: 1 } as const;

const PLEX_FAULTS: [string, FaultChooser, code: string, message: RegExp][] = [
  ['401', always({ kind: 'status', status: 401, body: '<h1>401</h1>' }), 'plex_refused', /refused the request \(401/],
  ['403', always({ kind: 'status', status: 403 }), 'plex_refused', /403/],
  ['404, a wrong base path', always({ kind: 'status', status: 404 }), 'plex_refused', /answered 404/],
  [
    'a redirect to a login page',
    always({ kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/login' } }),
    'plex_refused',
    /redirected/,
  ],
  ['429', always({ kind: 'status', status: 429, headers: { 'retry-after': '0' } }), 'plex_unreachable', /answered 429/],
  ['500', on(isPlexPage, { kind: 'status', status: 500 }), 'plex_unreachable', /answered 500/],
  [
    '503 while starting',
    always({ kind: 'status', status: 503, body: maintenance }),
    'plex_unreachable',
    /answered 503/,
  ],
  [
    '503 in the middle',
    (request) =>
      isPlexPage(request) && request.number > 7 ? { kind: 'status', status: 503, body: maintenance } : undefined,
    'plex_unreachable',
    /answered 503/,
  ],
  ['a dropped connection', on(isPlexPage, { kind: 'drop' }), 'plex_unreachable', /dropped the connection/],
  [
    'a body cut off',
    on(isPlexPage, { kind: 'cut' }),
    'plex_unreachable',
    /(cut an answer short|dropped the connection)/,
  ],
  ['half a body that claims to be whole', on(isPlexPage, { kind: 'half' }), 'plex_bad_answer', /not whole JSON/],
  ['a page that hangs', on(isPlexPage, { kind: 'hang' }), 'plex_unreachable', /did not answer in time/],
  ['a slow drip', on(isPlexPage, { kind: 'drip', bytes: 10, ms: 50 }), 'plex_unreachable', /too slow/],
  [
    'HTML with 200',
    always({ kind: 'body', body: '<html>login</html>', type: 'text/html' }),
    'plex_bad_answer',
    /expected JSON, got text\/html/,
  ],
  ['JSON that is something else', on(isPlexPage, json('[]')), 'plex_bad_answer', /expected a MediaContainer object/],
  [
    'rows that are null',
    on(isPlexPage, json('{"MediaContainer":{"size":1,"totalSize":1,"Metadata":[null]}}')),
    'plex_bad_answer',
    /Metadata\[0\]/,
  ],
  [
    'a total that changes',
    (request) =>
      isPlexPage(request)
        ? {
            kind: 'rewrite',
            rewrite: (body) => body.replace(/"totalSize":(\d+)/, `"totalSize":${9000 + request.number}`),
          }
        : undefined,
    'plex_changing',
    /could not be read whole/,
  ],
  [
    'a section that vanishes',
    (request) => (isPlexPage(request) && request.path.includes('/2/') ? { kind: 'status', status: 404 } : undefined),
    'plex_refused',
    /answered 404/,
  ],
  ['no libraries', always(json('{"MediaContainer":{"size":0}}')), 'plex_bad_answer', /no movie or show library/],
];

const STASH_FAULTS: [string, FaultChooser, code: string, message: RegExp][] = [
  ['401 with an empty body', always({ kind: 'status', status: 401 }), 'stash_refused', /refused the request \(401/],
  ['the tripwire, 403', always({ kind: 'status', status: 403 }), 'stash_refused', /403/],
  ['404, a wrong base path', always({ kind: 'status', status: 404 }), 'stash_refused', /answered 404/],
  [
    'a redirect to a login page',
    always({ kind: 'status', status: 302, headers: { location: '/login' } }),
    'stash_refused',
    /redirected/,
  ],
  ['500', on(isScenePage, { kind: 'status', status: 500 }), 'stash_unreachable', /answered 500/],
  ['a dropped connection', on(isScenePage, { kind: 'drop' }), 'stash_unreachable', /dropped the connection/],
  [
    'a body cut off',
    on(isScenePage, { kind: 'cut' }),
    'stash_unreachable',
    /(cut an answer short|dropped the connection)/,
  ],
  ['half a body that claims to be whole', on(isScenePage, { kind: 'half' }), 'stash_bad_answer', /not whole JSON/],
  ['a page that hangs', on(isScenePage, { kind: 'hang' }), 'stash_unreachable', /did not answer in time/],
  [
    'HTML with 200',
    always({ kind: 'body', body: '<html>login</html>', type: 'text/html' }),
    'stash_bad_answer',
    /expected JSON/,
  ],
  [
    'an error of the whole query',
    on(isScenePage, json('{"errors":[{"message":"database is locked","path":["findScenes"]}],"data":null}')),
    'stash_bad_answer',
    /database is locked/,
  ],
  [
    'a schema that refuses the query',
    on(isScenePage, {
      kind: 'status',
      status: 422,
      headers: { 'content-type': 'application/json' },
      body: '{"errors":[{"message":"Unknown field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}],"data":null}',
    }),
    'stash_bad_answer',
    /Unknown field/,
  ],
  [
    'the same with 400',
    on(isScenePage, {
      kind: 'status',
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: '{"errors":[{"message":"Unknown field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}],"data":null}',
    }),
    'stash_bad_answer',
    /Unknown field/,
  ],
  [
    'data: null',
    on(isScenePage, json('{"data":null}')),
    'stash_bad_answer',
    /expected data\.findScenes\.scenes to be a list/,
  ],
  [
    'a null scene',
    on(isScenePage, json('{"data":{"findScenes":{"scenes":[null]}}}')),
    'stash_bad_answer',
    /scenes\[0\]/,
  ],
  [
    'a scene without an id',
    on(isScenePage, json('{"data":{"findScenes":{"scenes":[{"id":null}]}}}')),
    'stash_bad_answer',
    /scenes\[0\]\.id/,
  ],
];

describe.each([
  ['plex', PLEX_FAULTS],
  ['stash', STASH_FAULTS],
] as const)('when %s fails', (name, faults) => {
  it.each(faults)('%s: one clear error, and the queue is as it was', async (_, fault, code, message) => {
    const rig = await scanRig(world);
    const before = fillQueue(rig);
    rig[name].fault = fault;
    const { stash, plex, dataDir } = rig.options;
    const error = await failureOf(scan({ dataDir, stash: { ...stash, ...quick }, plex: { ...plex, ...quick } }));
    expect([error.code, error.exitCode]).toEqual([code, 4]);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(name === 'plex' ? 'Plex' : 'Stash');
    expect(error.hint).toBeTruthy();
    expect(readFileSync(rig.queueFile).equals(before)).toBe(true);
    expect([existsSync(`${rig.queueFile}-wal`), existsSync(`${rig.queueFile}-shm`)]).toEqual([false, false]);
  });
});

describe('when a server is not there', () => {
  const cases: [string, (port: number) => string, RegExp][] = [
    ['nobody listens', (port) => `http://127.0.0.1:${port}`, /refused the connection/],
    ['the name is unknown', () => 'http://no-such-host.invalid:9', /has no address/],
    ['it does not speak TLS', () => '', /does not speak TLS|dropped the connection|not HTTP/],
  ];
  it.each(cases)('%s: one clear error', async (_, urlOf, message) => {
    const rig = await scanRig(world);
    const url = urlOf(await freePort()) || rig.plex.url.replace('http:', 'https:');
    const options: ScanOptions = { ...rig.options, plex: { ...rig.options.plex, ...quick, url } };
    const error = await failureOf(scan(options));
    expect([error.code, error.exitCode]).toEqual(['plex_unreachable', 4]);
    expect(error.message).toMatch(message);
    expect(existsSync(rig.queueFile)).toBe(false);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('failures that pass', () => {
  const flaky =
    (every: number, fault: Fault): FaultChooser =>
    ({ number }) =>
      number % every === 0 ? fault : undefined;
  const faults: Fault[] = [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'drop' },
    { kind: 'cut' },
    { kind: 'half' },
    { kind: 'gzip' },
    { kind: 'delay', ms: 30 },
    { kind: 'body', body: '<html>', type: 'text/html' },
  ];
  it.each(faults)('every third request: $kind $status; the verdicts are true all the same', async (fault) => {
    const rig = await scanRig(world);
    rig.plex.fault = flaky(3, fault);
    rig.stash.fault = flaky(3, fault);
    const { summary } = await rig.run({
      stash: { ...rig.options.stash, retries: 10 },
      plex: { ...rig.options.plex, retries: 10 },
    });
    expect(summary.verdicts).toEqual(world.totals);
  });

  it('leaves a server alone as long as it asks, and does not come back with all pages at once', async () => {
    const rig = await scanRig(world);
    const tooMany: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '1' } };
    // Each of the first three pages is refused once.
    const refused = new Set<string>();
    rig.stash.fault = ({ body }) => {
      if (!/BETWEEN|"ids"/.test(body) || refused.size === 3 || refused.has(body)) return undefined;
      refused.add(body);
      return tooMany;
    };
    const delays: number[] = [];
    const onEvent = (event: ScanEvent) => {
      if (event.type === 'retry') delays.push(event.delayMs);
    };
    expect((await rig.run({ onEvent })).summary.verdicts).toEqual(world.totals);
    expect(delays).toHaveLength(3);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1000);
    expect(new Set(delays).size).toBeGreaterThan(1);
  });

  it('reads everything although the count is too small, and says so', async () => {
    const rig = await scanRig(world);
    const tooSmall = (body: string) =>
      body.replace(/"totalSize":(\d+)/, (_, n) => `"totalSize":${Math.floor(Number(n) * 0.7)}`);
    rig.plex.fault = on(isPlexPage, { kind: 'rewrite', rewrite: tooSmall });
    const { summary } = await rig.run();
    expect(summary.verdicts).toEqual(world.totals);
    expect(new Set(summary.warnings.map(({ code }) => code))).toContain('plex_count_too_small');
  });

  it('reads a section again when rows were repeated once', async () => {
    const rig = await scanRig(world);
    let repeated = false;
    rig.plex.fault = (request) => {
      if (!isPlexPage(request) || repeated) return undefined;
      repeated = true;
      return {
        kind: 'rewrite',
        rewrite: (body) => {
          const answer = JSON.parse(body) as { MediaContainer: { Metadata: unknown[] } };
          const { Metadata } = answer.MediaContainer;
          Metadata[1] = Metadata[0];
          return JSON.stringify(answer);
        },
      };
    };
    expect((await rig.run()).summary.verdicts).toEqual(world.totals);
  });

  it('manages with servers that grant fewer rows than asked for', async () => {
    const rig = await scanRig(world);
    rig.plex.fault = (request) => {
      const size = Number(/Container-Size=(\d+)/.exec(request.path)?.[1]);
      if (!isPlexPage(request) || size <= 90) return undefined;
      return {
        kind: 'rewrite',
        rewrite: (body) => {
          const answer = JSON.parse(body) as { MediaContainer: { size: number; Metadata?: unknown[] | undefined } };
          answer.MediaContainer.Metadata = answer.MediaContainer.Metadata?.slice(0, 90);
          answer.MediaContainer.size = answer.MediaContainer.Metadata?.length ?? 0;
          return JSON.stringify(answer);
        },
      };
    };
    expect((await rig.run()).summary.verdicts).toEqual(world.totals);
  });

  it('bisects pages to a few bad scenes and reports exactly those', async () => {
    const broken = new Set([7, 8, 300, 611]);
    const scenes = world.scenes.map((scene) => (broken.has(scene.id) ? { ...scene, broken: true } : scene));
    const rig = await scanRig({ ...world, scenes });
    const { summary, lines } = await rig.run();
    const unreadable = [...lines.values()]
      .filter(({ verdict }) => verdict === 'unreadable')
      .map(({ sceneId }) => sceneId);
    const own = world.scenes.filter(({ broken: own }) => own === true).map(({ id }) => id);
    expect(new Set(unreadable)).toEqual(
      new Set([...own, ...world.scenes.filter(({ id }) => broken.has(id)).map(({ id }) => id)]),
    );
    expect(summary.scenes.checked).toBe(1200);
  });
});

describe('requests', () => {
  it('are the pages and a constant, never one per scene', async () => {
    const many = makeDemoWorld({ scenes: 6000, seed: 3 });
    const scenes = many.scenes.map((scene) => ({ ...scene, broken: false }));
    const rig = await scanRig({ ...many, scenes });
    await rig.run({ threads: 2 });
    expect(rig.plex.requests.length).toBeLessThanOrEqual(Math.ceil(6000 / 500) + 4 * 3 + 4);
    // Stash's state and newest scene, light pages of a thousand, then full ones of those that need them.
    expect(rig.stash.requests.length).toBeLessThanOrEqual(Math.ceil(6000 / 500) + Math.ceil(6000 / 1000) + 3);
  });

  it('fetch light rows only where most scenes are synced', async () => {
    const synced = makeDemoWorld({ scenes: 3000, seed: 3 });
    const all = Object.fromEntries(synced.scenes.map(({ id }) => [id, 4e9]));
    const rig = await scanRig({ ...synced, syncTimestamps: all });
    const summary = await scan(rig.options);
    expect(summary.verdicts.in_sync).toBe(3000);
    expect(rig.stash.requests.filter(({ body }) => body.includes('files{'))).toEqual([]);
  });
});

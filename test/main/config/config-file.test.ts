import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/main/errors.js';
import { openConfig } from '../../../src/main/config/config-file.js';
import { findConfig } from '../../../src/main/config/find-config.js';
import { Problems } from '../../../src/main/config/problems.js';
import { readSettings } from '../../../src/main/config/read-settings.js';
import type { Setting } from '../../../src/main/config/setting.js';
import { SETTINGS } from '../../../src/main/config/settings-table.js';
import { tempDir } from '../../support/temp-dir.js';

function write(content: string, name = 'gapscan.yml'): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** Reads a file alone: no flags, no environment but what `${NAME}` may name. */
function read(path: string, env: Readonly<Record<string, string>> = {}) {
  const problems = new Problems();
  const text = findConfig(path, env);
  const config = text && openConfig(text, SETTINGS, env, problems);
  // A variable that is itself a setting would win over the file.
  const found = readSettings(SETTINGS, { flags: new Map(), env: { HOME: '/home/me' }, config }, problems);
  problems.throwIfAny();
  return { values: found.values, found, warnings: config?.warnings ?? [] };
}

function refusal(path: string, env?: Readonly<Record<string, string>>): ConfigError {
  try {
    read(path, env);
  } catch (error: unknown) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const URL_EXPECTED = (port: number) => `expected a URL like http://localhost:${port}`;
const TEXT = 'expected a text that is not empty, got';
const FLAG = 'expected true or false, got';
const DIRECTORY = 'expected a directory, got';
const RULE = 'expected {stash: directory, plex: directory}, got';
const MAPPINGS = 'expected a list of {stash: directory, plex: directory}, got';
const GAPS = 'expected a list of empty, stale, missing, lost, got';
const SPAN = 'expected a span like 12h or 7d, or seconds, got';
const ADDRESSES = 'expected a URL that begins with http:// or https://, or a list of them, got';
const REPORT = 'expected a file ending in .ndjson, .json, .csv, .md or .html, or FORMAT:- for standard output, got';

const WRONG: readonly (readonly [yaml: string, key: string, what: string])[] = [
  ['stashUrl: 5', 'stashUrl', `${URL_EXPECTED(9999)}, got a number`],
  ['stashUrl: [http://u:MARKED@h]', 'stashUrl', `${URL_EXPECTED(9999)}, got a list`],
  ['stashUrl: " "', 'stashUrl', `${URL_EXPECTED(9999)}, got an empty text`],
  [
    'stashUrl: http://MARKED:MARKED@h/x',
    'stashUrl',
    'must not hold a user, password or query; did you mean http://h/x?',
  ],
  ['stashUrl: MARKED', 'stashUrl', URL_EXPECTED(9999)],
  ['stashUrl: localhost:9999', 'stashUrl', `${URL_EXPECTED(9999)}; did you mean http://localhost:9999?`],
  ['stashApiKey: [MARKED]', 'stashApiKey', `${TEXT} a list`],
  ['stashApiKeyFile: 12345', 'stashApiKeyFile', 'expected a path, got 12345'],
  ['plexUrl:', 'plexUrl', `${URL_EXPECTED(32400)}, got nothing`],
  ['plexToken: {MARKED: MARKED}', 'plexToken', `${TEXT} keys with values`],
  ['plexToken: 123456', 'plexToken', `${TEXT} a number`],
  ['plexTokenFile: true', 'plexTokenFile', 'expected a path, got true'],
  ['libraries: 5', 'libraries', 'expected a list of library titles or keys, got 5'],
  ['libraries: [{title: Clips}]', 'libraries[1]', 'expected a title or key, got keys with values'],
  ['libraries: [Clips, " "]', 'libraries[2]', 'expected a title or key, got an empty text'],
  ['dataDir: 5', 'dataDir', 'expected a path, got 5'],
  ['stateDir: [a]', 'stateDir', 'expected a path, got a list'],
  ['gaps: stale', 'gaps', `${GAPS} "stale"`],
  ['gaps: []', 'gaps', `${GAPS} an empty list`],
  ['gaps: [empty, stael]', 'gaps[2]', 'expected empty or stale or missing or lost, got "stael"'],
  ['threads: "2"', 'threads', 'expected a whole number from 0 to 64, got "2"'],
  ['threads: -1', 'threads', 'expected a whole number from 0 to 64, got -1'],
  ['threads: 65', 'threads', 'expected a whole number from 0 to 64, got 65'],
  ['threads: 1.5', 'threads', 'expected a whole number from 0 to 64, got 1.5'],
  ['threads: .nan', 'threads', 'expected a whole number from 0 to 64, got NaN'],
  ['pathMappings: /data', 'pathMappings', `${MAPPINGS} "/data"`],
  ['pathMappings: [{stash: /data}]', 'pathMappings[1]', `${RULE} the key stash`],
  [
    'pathMappings: [{stash: /a, plex: /b}, {stash: /data, plex: ""}]',
    'pathMappings[2].plex',
    `${DIRECTORY} an empty text`,
  ],
  ['pathMappings: [{stash: /data, plex: /media, to: /x}]', 'pathMappings[1]', `${RULE} the keys stash, plex, to`],
  ['pathMappings: {stash: /data, plex: /media}', 'pathMappings', `${MAPPINGS} keys with values`],
  ['pathMappings: {/data: 5}', 'pathMappings./data', `${DIRECTORY} 5`],
  ['plexDate: always', 'plexDate', 'expected auto, counts or ignored, got "always"'],
  ['plexDate: 1', 'plexDate', 'expected auto, counts or ignored, got 1'],
  ['plexMaxAge: soon', 'plexMaxAge', `${SPAN} "soon"`],
  ['retryAfter: soon', 'retryAfter', `${SPAN} "soon"`],
  ['retryAfter: -1', 'retryAfter', `${SPAN} -1`],
  ['retryAfter: .inf', 'retryAfter', `${SPAN} Infinity`],
  ['retryAfter: true', 'retryAfter', `${SPAN} true`],
  ['gentle: 5', 'gentle', `${FLAG} 5`],
  ['retryFailed: "yes"', 'retryFailed', `${FLAG} "yes"`],
  ['csvBom: "yes"', 'csvBom', `${FLAG} "yes"`],
  ['allowUnsafeNames: 1', 'allowUnsafeNames', `${FLAG} 1`],
  ['processQueue: [true]', 'processQueue', `${FLAG} a list`],
  ['refreshPlex: "yes"', 'refreshPlex', `${FLAG} "yes"`],
  ['audit: 1', 'audit', `${FLAG} 1`],
  ['pictures: posters', 'pictures', 'expected poster, all or none, got "posters"'],
  [
    'stashUrlForWorker: stash:9999',
    'stashUrlForWorker',
    'expected a URL like http://stash:9999; did you mean http://stash:9999?',
  ],
  [
    'reports: gaps.json',
    'reports',
    'expected a list of files ending in .ndjson, .json, .csv, .md or .html, or FORMAT:- for standard output, got "gaps.json"',
  ],
  ['reports: [a.json, b.txt]', 'reports[2]', `${REPORT} "b.txt"`],
  ['reports: [.json]', 'reports[1]', `${REPORT} ".json"`],
  ['reports: [1]', 'reports[1]', `${REPORT} 1`],
  ['include: none', 'include', 'expected gaps or all, got "none"'],
  ['timeoutSeconds: 0', 'timeoutSeconds', 'expected a whole number from 1 to 3600, got 0'],
  ['timeoutSeconds: 60s', 'timeoutSeconds', 'expected a whole number from 1 to 3600, got "60s"'],
  ['retries: 21', 'retries', 'expected a whole number from 0 to 20, got 21'],
  ['stash: {caFile: 5}', 'stash.caFile', 'expected a path, got 5'],
  ['stash: {insecure: "no"}', 'stash.insecure', `${FLAG} "no"`],
  ['plex: {caFile: [a]}', 'plex.caFile', 'expected a path, got a list'],
  ['plex: {insecure: "no"}', 'plex.insecure', `${FLAG} "no"`],
  ['ignore: 5', 'ignore', 'expected {paths: [directory], tags: [name], studios: [name]}, got 5'],
  ['wait: soon', 'wait', `${SPAN} "soon"`],
  ['logFile: 5', 'logFile', 'expected a path, got 5'],
  ['notify: {when: sometimes}', 'notify.when', 'expected never, errors, changes or always, got "sometimes"'],
  ['notify: {webhook: 5}', 'notify.webhook', `${ADDRESSES} a number`],
  ['notify: {discord: MARKED}', 'notify.discord', `${ADDRESSES} a text`],
  ['notify: {ntfy: true}', 'notify.ntfy', `${ADDRESSES} a boolean`],
  ['notify: {ping: {MARKED: MARKED}}', 'notify.ping', `${ADDRESSES} keys with values`],
];

describe('every key that is wrong', () => {
  it.each(WRONG)('%s', (yaml, key, what) => {
    const path = write(`# a comment\n${yaml}\n`);
    const error = refusal(path);
    expect(error.message).toBe(`${path}:2: ${key}: ${what}`);
    expect([error.code, error.exitCode]).toEqual(['config_invalid', 2]);
    expect(error.stack).not.toContain('MARKED');
  });

  it('is in the table above', () => {
    const keys = Object.values<Setting<unknown>>(SETTINGS).flatMap(({ config }) => config?.[0] ?? []);
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter((key) => !WRONG.some(([, wrong]) => wrong.replace(/\[.*/, '') === key))).toEqual([]);
  });

  it('is said with all others, each with its own line', () => {
    const path = write(
      'threads: many\nnonsense: 1\ngaps:\n  - empty\n  - stael\npathMappings:\n  - stash: /a\n    plex: ""\n',
    );
    expect(
      refusal(path)
        .message.replace(/; known are .*/, '')
        .split('\n'),
    ).toEqual([
      '4 problems with the settings',
      `${path}:1: threads: expected a whole number from 0 to 64, got "many"`,
      `${path}:2: nonsense: unknown key`,
      `${path}:5: gaps[2]: expected empty or stale or missing or lost, got "stael"`,
      `${path}:8: pathMappings[1].plex: expected a directory, got an empty text`,
    ]);
  });
});

describe('keys', () => {
  it.each([
    ['plexTokn: MARKED', 'plexTokn: unknown key; did you mean plexToken?'],
    ['stash_api_key: MARKED', 'stash_api_key: unknown key; did you mean stashApiKey?'],
    ['librarys: [a]', 'librarys: unknown key; did you mean libraries?'],
    ['stash: {caFil: x}', 'stash.caFil: unknown key; did you mean caFile?'],
    ['stash: {token: MARKED}', 'stash.token: unknown key; known are url, apiKey, apiKeyFile, caFile, insecure'],
    ['plex: {ur: x}', 'plex.ur: unknown key; did you mean url?'],
  ])('that are unknown: %s', (yaml, what) => {
    const path = write(yaml);
    const error = refusal(path);
    expect(error.message).toBe(`${path}:1: ${what}`);
    expect(error.stack).not.toContain('MARKED');
  });

  it('that may be secrets are not shown', () => {
    const path = write('"MARKED 123": x');
    expect(refusal(path).message).toMatch(/^[^\n]*:1: unknown key; known are stashUrl, /);
    expect(refusal(path).message).not.toContain('MARKED');
  });

  it.each([
    [
      'stash: http://MARKED:9999',
      'expected keys (url, apiKey, apiKeyFile, caFile, insecure), got a text; did you mean stashUrl?',
    ],
    ['plex: [MARKED]', 'expected keys (url, token, tokenFile, libraries, caFile, insecure), got a list'],
  ])('that hold keys: %s', (yaml, what) => {
    const path = write(yaml);
    expect(refusal(path).message).toBe(`${path}:1: ${yaml.split(':')[0] ?? ''}: ${what}`);
  });

  it('may lie in a map, and are said once', () => {
    const nested = 'stash:\n  url: http://s\n  apiKey: k\nplex:\n  url: http://p\n  token: t\n  libraries: [Clips]\n';
    expect(read(write(nested)).values).toEqual({
      ...{ stashUrl: 'http://s', stashApiKey: 'k', plexUrl: 'http://p', plexToken: 't', libraries: ['Clips'] },
    });
    const path = write('stashUrl: http://a\nstash:\n  url: http://b\n');
    expect(refusal(path).message).toBe(`${path}:3: stash.url: says the same as stashUrl on line 1; keep one of them`);
  });

  it('of a map may all be commented out', () => {
    expect(read(write('stash:\n# insecure: true\nthreads: 2\n')).values).toEqual({ threads: 2 });
  });
});

describe('a file that is no config file', () => {
  it.each([
    ['a secret by itself', 'MARKED123', 'a text'],
    ['a list of it', '- MARKED123', 'a list'],
    ['a number', '42', 'a number'],
  ])('%s is not shown', (_, content, came) => {
    const path = write(content);
    const error = refusal(path);
    expect(error.message).toBe(`${path}:1: expected keys with values, for example threads: 2, got ${came}`);
    expect(error.stack).not.toContain('MARKED');
  });

  const ALIAS = ': not valid YAML: an alias (*name) in it cannot be resolved';
  const BOMB = `a: &a [x,x]\nb: &b [${'*a,'.repeat(40)}]\nc: &c [${'*b,'.repeat(40)}]\nd: [${'*c,'.repeat(40)}]\n`;
  it.each([
    ['g.yml', 'plexToken: "MARKED\n', ':2:1: not valid YAML: a quote, bracket or comma is missing'],
    ['g.yml', 'threads: 1\n\tplexToken: MARKED\n', ':2:1: not valid YAML: a tab where spaces are expected'],
    ['g.yml', 'threads: 1\nthreads: 2\n', ':2:1: not valid YAML: the same key twice'],
    ['g.yml', 'threads: 1\n---\nplexToken: MARKED\n', ':2:1: not valid YAML: more than one document'],
    ['g.yml', 'plexToken: *MARKED\n', ALIAS],
    ['g.yml', BOMB, ALIAS],
    ['g.yml', 'a: &MARKED [*MARKED]\n', ALIAS],
    ['g.json', '{"threads": 1,\n "plexToken": "MARKED",}', ':2:24: not valid JSON'],
    ['g.json', '{"threads": 1,\n "threads": 2}', ':2:2: not valid JSON: the same key twice'],
    ['g.json', 'threads: 1', ':1:1: not valid JSON'],
    ['G.JSON', '{"gaps": ["MARKED",]}', ': not valid JSON'],
    ['g.json', '{"threads": 1', ':1:14: not valid JSON'],
  ])('%s %j', (name, content, problem) => {
    const path = write(content, name);
    const error = refusal(path);
    // Not every version of JSON.parse says where.
    expect(error.message.replace(/:1:\d+(?=: not valid JSON$)/, name === 'G.JSON' ? '' : '$&')).toBe(path + problem);
    // A cause would be printed by --verbose, and the parsers' own errors quote the line.
    expect([error.cause, error.stack?.includes('MARKED')]).toEqual([undefined, false]);
  });

  it('is missing', () => {
    const path = join(tempDir(), 'none.yml');
    expect(refusal(path).message).toBe(`Cannot read the config file ${path}`);
  });
});

describe('what stands for something else', () => {
  it('~ and ${NAME} are expanded', () => {
    const yaml = [
      'stashUrl: http://${HOST}:${PORT}/',
      'plexToken: ${TOKEN}',
      'dataDir: ~/data',
      'stateDir: ${BASE}/state',
      'threads: ${THREADS}',
      'retryFailed: ${YES}',
      'libraries: ["${HOST}", "$${HOST}"]',
      'pathMappings: { "${BASE}": ~x }',
    ].join('\n');
    const env = { HOST: 'h', PORT: '1', TOKEN: '123', BASE: '/b', THREADS: '3', YES: 'true' };
    expect(read(write(yaml), env).values).toEqual({
      stashUrl: 'http://h:1',
      plexToken: '123',
      dataDir: '/home/me/data',
      stateDir: '/b/state',
      threads: 3,
      retryFailed: true,
      libraries: ['h', '${HOST}'],
      pathMappings: [{ stash: '/b', plex: '~x' }],
    });
  });

  it('what is not set is named, once and with its place', () => {
    const path = write(
      'plexToken: x${GAPSCAN_A}y${GAPSCAN_B}\npathMappings:\n  - stash: /a\n    plex: ${GAPSCAN_C}/b\nthreads: ${1}\n',
    );
    expect(refusal(path, { GAPSCAN_B: ' ' }).message.split('\n')).toEqual([
      '4 problems with the settings',
      `${path}:1: plexToken: \${GAPSCAN_A} is not set in the environment`,
      `${path}:1: plexToken: \${GAPSCAN_B} is not set in the environment`,
      `${path}:4: pathMappings[1].plex: \${GAPSCAN_C} is not set in the environment`,
      `${path}:5: threads: expected \${NAME}, or $\${ for a plain \${`,
    ]);
  });

  it('a value from the environment is checked as any other, and shown only where it is no secret', () => {
    const path = write('threads: ${N}\nplexUrl: ${N}\n');
    expect(refusal(path, { N: 'MARKED' }).message.split('\n').slice(1)).toEqual([
      `${path}:1: threads: expected a whole number from 0 to 64, got "MARKED"`,
      `${path}:2: plexUrl: ${URL_EXPECTED(32400)}`,
    ]);
  });
});

describe('a config file', () => {
  it('may be empty, YAML or JSON, with a byte order mark', () => {
    expect(read(write('')).values).toEqual({});
    expect(read(write('# nothing\n')).values).toEqual({});
    expect(read(write('', 'g.json')).values).toEqual({});
    expect(read(write('\uFEFFthreads: 2\n')).values).toEqual({ threads: 2 });
    expect(read(write('\uFEFF{"threads": 2}', 'g.json')).values).toEqual({ threads: 2 });
  });

  it('says where each value stands', () => {
    const path = write('threads: 2\ngaps:\n  - empty\nplex:\n  insecure: true\n');
    const { found } = read(path);
    expect(['threads', 'gaps', 'plexInsecure'].map((name) => found.find(name)?.source)).toEqual([
      `${path}:1`,
      `${path}:3`,
      `${path}:5`,
    ]);
  });

  it('takes paths from its own directory', () => {
    const directory = tempDir();
    const path = join(directory, 'g.yml');
    writeFileSync(join(directory, 't'), 'secret-in-file\n');
    writeFileSync(
      path,
      'dataDir: data\nstateDir: ../state\nplexTokenFile: t\nreports: [r.json]\nplex: {caFile: ca.pem}\nstash: {insecure: true}\n',
    );
    expect(read(path).values).toEqual({
      dataDir: join(directory, 'data'),
      stateDir: join(directory, '..', 'state'),
      plexToken: 'secret-in-file',
      reports: [{ path: join(directory, 'r.json'), format: 'json' }],
      plexCaFile: join(directory, 'ca.pem'),
      stashInsecure: true,
    });
  });

  it.each([
    ['[{stash: /a, plex: /b}, {stash: "C:\\\\c", plex: /d}]', { '/a': '/b', 'C:\\c': '/d' }],
    ['[{from: /a, to: /b}]', { '/a': '/b' }],
    ['{/a: /b, "D:": /d}', { '/a': '/b', 'D:': '/d' }],
    ['[]', {}],
  ])('takes pathMappings as %s', (yaml, rules) => {
    const expected = Object.entries(rules).map(([stash, plex]) => ({ stash, plex }));
    expect(read(write(`pathMappings: ${yaml}`)).values.pathMappings).toEqual(expected);
  });

  it.each([
    ['libraries: [Clips, 3]', { libraries: ['Clips', '3'] }],
    ['libraries: " Clips, Holidays ,"', { libraries: ['Clips', 'Holidays'] }],
    ['libraries: []', { libraries: [] }],
    ['gaps: [stale, empty, stale]', { gaps: ['empty', 'stale'] }],
    ['retryAfter: 12h', { retryAfter: 43_200 }],
    ['retryAfter: 90', { retryAfter: 90 }],
    ['threads: 0', { threads: 0 }],
    ['threads: 64', { threads: 64 }],
    ['pictures: none', { pictures: 'none' }],
    ['x: &n 3\nthreads: *n', undefined],
  ])('understands %s', (yaml, values) => {
    if (values) expect(read(write(yaml)).values).toEqual(values);
    else expect(refusal(write(yaml)).message).toContain(':1: x: unknown key');
  });

  it.skipIf(process.platform === 'win32')('with a secret others can read is warned of', () => {
    const path = write('plexToken: MARKED\n');
    expect(read(path).warnings).toEqual([]);
    for (const mode of [0o640, 0o604]) {
      chmodSync(path, mode);
      expect(read(path).warnings).toEqual([
        `${path} holds a secret and can be read by other users; run: chmod 600 ${path}`,
      ]);
    }
    writeFileSync(path, 'threads: 1\n');
    expect(read(path).warnings).toEqual([]);
  });
});

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/main/config/config-file.js';
import { ConfigError } from '../../../src/main/errors.js';
import { tempDir } from '../../support/temp-dir.js';

function write(content: string, name = 'gapscan.yml'): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function refusal(path: string): ConfigError {
  try {
    readConfigFile(path);
  } catch (error: unknown) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const TEXT = 'a text';
const FLAG = 'true or false';
const THREADS = 'a whole number from 0 to 64';
const SECONDS = 'a whole number from 1 to 3600';
const RETRIES = 'a whole number from 0 to 20';
const LIBRARIES = 'a list of library titles or keys';
const GAPS = 'a list of empty, stale, missing';
const MAPPINGS = 'a list of {stash: directory, plex: directory}';
const DATE_RULE = 'auto, counts or ignored';
const SPAN = 'a span like 12h or 7d, or seconds';
const REPORT = 'a file ending in .ndjson, .json, .csv or .html';
const SERVER = '{caFile, insecure}';

const WRONG: readonly (readonly [yaml: string, expected: string, key: string, came: string])[] = [
  ['stashUrl: 5', TEXT, 'stashUrl', 'a number'],
  ['stashUrl: [http://u:MARKED@h]', TEXT, 'stashUrl', 'a list'],
  ['stashUrl: " "', 'a text that is not empty', 'stashUrl', 'an empty text'],
  ['stashApiKey: [MARKED]', TEXT, 'stashApiKey', 'a list'],
  ['stashApiKeyFile: 12345', TEXT, 'stashApiKeyFile', 'a number'],
  ['plexUrl:', TEXT, 'plexUrl', 'nothing'],
  ['plexToken: {MARKED: MARKED}', TEXT, 'plexToken', 'keys with values'],
  ['plexTokenFile: true', TEXT, 'plexTokenFile', 'a boolean'],
  ['libraries: 5', LIBRARIES, 'libraries', '5'],
  ['libraries: [{title: Clips}]', LIBRARIES, 'libraries', 'a list'],
  ['dataDir: 5', TEXT, 'dataDir', '5'],
  ['stateDir: [a]', TEXT, 'stateDir', 'a list'],
  ['gaps: stale', GAPS, 'gaps', '"stale"'],
  ['gaps: [empty, stael]', GAPS, 'gaps.1', '"stael"'],
  ['threads: "2"', THREADS, 'threads', '"2"'],
  ['threads: -1', THREADS, 'threads', '-1'],
  ['threads: 65', THREADS, 'threads', '65'],
  ['threads: 1.5', THREADS, 'threads', '1.5'],
  ['threads: .nan', THREADS, 'threads', 'NaN'],
  ['pathMappings: /data', MAPPINGS, 'pathMappings', '"/data"'],
  ['pathMappings: [{stash: /data}]', MAPPINGS, 'pathMappings', 'a list'],
  ['pathMappings: [{stash: /data, plex: ""}]', 'a text that is not empty', 'pathMappings.0.plex', '""'],
  ['pathMappings: [{stash: /data, plex: /media, to: /x}]', MAPPINGS, 'pathMappings', 'a list'],
  ['pathMappings: {stash: /data, plex: /media}', MAPPINGS, 'pathMappings', 'keys with values'],
  ['plexDate: always', DATE_RULE, 'plexDate', '"always"'],
  ['plexDate: 1', DATE_RULE, 'plexDate', '1'],
  ['retryAfter: soon', SPAN, 'retryAfter', '"soon"'],
  ['retryAfter: -1', SPAN, 'retryAfter', '-1'],
  ['retryAfter: .inf', SPAN, 'retryAfter', 'Infinity'],
  ['retryAfter: true', SPAN, 'retryAfter', 'true'],
  ['retryFailed: "yes"', FLAG, 'retryFailed', '"yes"'],
  ['allowUnsafeNames: 1', FLAG, 'allowUnsafeNames', '1'],
  ['processQueue: [true]', FLAG, 'processQueue', 'a list'],
  ['reports: gaps.json', 'a list of files', 'reports', '"gaps.json"'],
  ['reports: [a.json, b.xls]', REPORT, 'reports.1', '"b.xls"'],
  ['reports: [.json]', REPORT, 'reports.0', '".json"'],
  ['reports: [1]', REPORT, 'reports.0', '1'],
  ['include: none', 'gaps or all', 'include', '"none"'],
  ['timeoutSeconds: 0', SECONDS, 'timeoutSeconds', '0'],
  ['timeoutSeconds: 3601', SECONDS, 'timeoutSeconds', '3601'],
  ['timeoutSeconds: 60s', SECONDS, 'timeoutSeconds', '"60s"'],
  ['retries: 21', RETRIES, 'retries', '21'],
  ['retries: many', RETRIES, 'retries', '"many"'],
  ['stash: MARKED', SERVER, 'stash', 'a text'],
  ['stash: {caFile: 5}', TEXT, 'stash.caFile', '5'],
  ['plex: [MARKED]', SERVER, 'plex', 'a list'],
  ['plex: {insecure: "no"}', FLAG, 'plex.insecure', '"no"'],
];

describe('every key that is wrong', () => {
  it.each(WRONG)('%s', (yaml, expected, key, came) => {
    const path = write(`${yaml}\n`);
    const error = refusal(path);
    expect(error.message).toBe(`Expected ${expected} for "${key}" in ${path}, got ${came}`);
    expect([error.code, error.exitCode, error.hint]).toEqual(['config_invalid', 2, 'Correct it there.']);
    expect(error.stack).not.toContain('MARKED');
  });

  it('is in the table above', () => {
    const { hint = '' } = refusal(write('nonsense: 1\n'));
    const keys = /^Known keys: (.*)\.$/.exec(hint)?.[1]?.split(', ') ?? [];
    expect(keys).toHaveLength(23);
    expect(keys.filter((key) => !WRONG.some(([yaml]) => yaml.startsWith(`${key}:`)))).toEqual([]);
  });
});

describe('unknown keys', () => {
  it.each([
    ['plexTokn: MARKED', ' "plexTokn"', '; did you mean plexToken?'],
    ['stash_api_key: MARKED', ' "stash_api_key"', '; did you mean stashApiKey?'],
    ['librarys: [a]', ' "librarys"', '; did you mean libraries?'],
    ['zzzzzzzz: 1', ' "zzzzzzzz"', ''],
    ['stash: {caFil: x}', ' "stash.caFil"', '; did you mean caFile?'],
    ['stash: {apiKey: MARKED}', ' "stash.apiKey"', ''],
    ['"MARKED 123": x', '', ''],
  ])('%s', (yaml, shown, suggestion) => {
    const path = write(yaml);
    const error = refusal(path);
    expect(error.message).toBe(`Unknown key${shown} in ${path}${suggestion}`);
    expect(error.hint).toMatch(/^Known keys: /);
    expect(error.stack).not.toContain('MARKED');
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
    expect(error.message).toBe(`Expected keys with values in ${path}, got ${came}`);
    expect(error.stack).not.toContain('MARKED');
  });

  const ALIAS = ': an alias (*name) in it cannot be resolved';
  const BOMB = `a: &a [x,x]\nb: &b [${'*a,'.repeat(10)}]\nc: &c [${'*b,'.repeat(10)}]\nd: [${'*c,'.repeat(10)}]\n`;
  it.each([
    ['g.yml', 'plexToken: "MARKED\n', 'YAML at line 2, column 1: a quote, bracket or comma is missing'],
    ['g.yml', 'threads: 1\n\tplexToken: MARKED\n', 'YAML at line 2, column 1: a tab where spaces are expected'],
    ['g.yml', 'threads: 1\nthreads: 2\n', 'YAML at line 2, column 1: the same key twice'],
    ['g.yml', 'threads: 1\n---\nplexToken: MARKED\n', 'YAML at line 2, column 1: more than one document'],
    ['g.yml', 'plexToken: *MARKED\n', `YAML${ALIAS}`],
    ['g.yml', BOMB, `YAML${ALIAS}`],
    ['g.json', '{"threads": 1,\n "plexToken": "MARKED",}', 'JSON at line 2, column 24'],
    ['g.json', '{"threads": 1,\n "threads": 2}', 'JSON at line 2, column 2: the same key twice'],
    ['g.json', 'threads: 1', 'JSON at line 1, column 1'],
    ['G.JSON', '{"gaps": ["MARKED",]}', 'JSON'],
    ['g.json', '{"threads": 1', 'JSON at line 1, column 14'],
  ])('%s %j', (name, content, problem) => {
    const path = write(content, name);
    const error = refusal(path);
    expect(error.message).toBe(`The config file ${path} is not valid ${problem}`);
    // A cause would be printed by --verbose, and the parsers' own errors quote the line.
    expect([error.cause, error.stack?.includes('MARKED')]).toEqual([undefined, false]);
  });

  it('is missing', () => {
    const path = join(tempDir(), 'none.yml');
    expect(refusal(path).message).toBe(`Cannot read the config file ${path}`);
  });
});

describe('a config file', () => {
  it('may be empty, YAML or JSON, with a byte order mark', () => {
    expect(readConfigFile(write('')).config).toEqual({});
    expect(readConfigFile(write('# nothing\n')).config).toEqual({});
    expect(readConfigFile(write('', 'g.json')).config).toEqual({});
    expect(readConfigFile(write('\uFEFFthreads: 2\n')).config).toEqual({ threads: 2 });
    expect(readConfigFile(write('\uFEFF{"threads": 2}', 'g.json')).config).toEqual({ threads: 2 });
  });

  it('takes paths from its own directory', () => {
    const directory = tempDir();
    const path = join(directory, 'g.yml');
    writeFileSync(
      path,
      'dataDir: data\nstateDir: ../state\nplexTokenFile: t\nstashApiKeyFile: /k\nreports: [r.json]\nplex: {caFile: ca.pem}\nstash: {insecure: true}\n',
    );
    expect(readConfigFile(path).config).toEqual({
      dataDir: join(directory, 'data'),
      stateDir: join(directory, '..', 'state'),
      plexTokenFile: join(directory, 't'),
      stashApiKeyFile: '/k',
      reports: [join(directory, 'r.json')],
      plex: { caFile: join(directory, 'ca.pem') },
      stash: { insecure: true },
    });
  });

  it.each([
    [
      '[{stash: /a, plex: /b}, {stash: "C:\\\\c", plex: /d}]',
      [
        ['/a', '/b'],
        ['C:\\c', '/d'],
      ],
    ],
    ['[{from: /a, to: /b}]', [['/a', '/b']]],
    [
      '{/a: /b, "D:": /d}',
      [
        ['/a', '/b'],
        ['D:', '/d'],
      ],
    ],
    ['[]', []],
  ])('takes pathMappings as %s', (yaml, pairs) => {
    const { config } = readConfigFile(write(`pathMappings: ${yaml}`));
    expect(config.pathMappings).toEqual(pairs.map(([stash, plex]) => ({ stash, plex })));
  });

  it.each([
    ['libraries: [Clips, 3]', { libraries: ['Clips', '3'] }],
    ['libraries: " Clips, Holidays ,"', { libraries: ['Clips', 'Holidays'] }],
    ['retryAfter: 12h', { retryAfter: 43_200 }],
    ['retryAfter: 90', { retryAfter: 90 }],
    ['threads: 0', { threads: 0 }],
    ['threads: 64', { threads: 64 }],
  ])('understands %s', (yaml, config) => {
    expect(readConfigFile(write(yaml)).config).toEqual(config);
  });

  it.skipIf(process.platform === 'win32')('with a secret others can read is warned of', () => {
    const path = write('plexToken: MARKED\n');
    expect(readConfigFile(path).warnings).toEqual([]);
    for (const mode of [0o640, 0o604]) {
      chmodSync(path, mode);
      expect(readConfigFile(path).warnings).toEqual([
        `${path} holds a secret and can be read by other users; run: chmod 600 ${path}`,
      ]);
    }
    writeFileSync(path, 'threads: 1\n');
    expect(readConfigFile(path).warnings).toEqual([]);
  });
});

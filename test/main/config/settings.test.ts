import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseFlags } from '../../../src/main/cli/parse-flags.js';
import { SETTINGS } from '../../../src/main/config/settings-table.js';
import { resolveSettings, type Settings } from '../../../src/main/config/settings.js';
import { startSampleStash, type SampleStash } from '../../../src/main/demo/sample-stash.js';
import { KEY, TOKEN, toWorld } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

/** `file:line` of a config file, whatever its directory. */
const inFile = (source: string | undefined) => source?.replace(/^.*\/(?=g\.yml)/, '');

interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: string;
}

async function resolve({ args = [], env = {}, config }: Given): Promise<Settings & { readonly secrets: string[] }> {
  const secrets: string[] = [];
  const settings = await resolveSettings({
    flags: parseFlags([...args, ...(config === undefined ? [] : ['--config', write('g.yml', config)])], SETTINGS).flags,
    env: { XDG_CONFIG_HOME: '/nonexistent', ...env },
    signal: new AbortController().signal,
    keepSecret: (value) => {
      if (value !== undefined) secrets.push(value);
    },
  });
  return { ...settings, secrets };
}

function write(name: string, content: string): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

async function sampleStash(state: Partial<SampleStash['state']> = {}): Promise<SampleStash> {
  const stash = await startSampleStash({ world: toWorld({ scenes: [] }), apiKey: KEY });
  onTestFinished(() => stash.close());
  Object.assign(stash.state, state);
  return stash;
}

/** Enough for Stash not to be asked anything: nothing listens on port 1. */
const COMPLETE = {
  STASH_URL: 'http://127.0.0.1:1',
  PLEX_URL: 'http://plex:32400',
  PLEX_TOKEN: TOKEN,
  PLEX_LIBRARY: 'Clips',
  GAPSCAN_DATA_DIR: '/data',
};
const without = (name: keyof typeof COMPLETE) => ({ ...COMPLETE, [name]: '' });

describe('the first place that says something wins', () => {
  const everywhere =
    'stashUrl: http://file\nplexUrl: http://file\ndataDir: /file\nstateDir: /file\nlibraries: [file]\nthreads: 3\ngaps: [stale]\ninclude: all\n';

  it('flag before environment before config file', async () => {
    const env = {
      ...COMPLETE,
      STASH_URL: 'http://env',
      PLEX_URL: 'http://env',
      GAPSCAN_DATA_DIR: '/env',
      GAPSCAN_STATE_DIR: '/env',
      PLEX_LIBRARY: 'env, more,',
    };
    const args = ['--stash-url', 'http://flag', '--plex-url', 'http://flag', '--data-dir', '/flag'];
    args.push('--state-dir', '/flag', '--library', 'a,b', '--library', 'c', '--threads', '1', '--gaps', 'empty');
    const pick = ({ options, sources }: Settings) => [
      ...[options.stash.url, options.plex.url, options.dataDir, options.stateDir, options.libraries],
      ...[inFile(sources['stashUrl']), inFile(sources['libraries']), options.threads, options.gaps],
    ];
    expect(pick(await resolve({ args, env, config: everywhere }))).toEqual([
      ...['http://flag', 'http://flag', '/flag', '/flag', ['a,b', 'c'], '--stash-url', '--library', 1, ['empty']],
    ]);
    expect(pick(await resolve({ env, config: everywhere }))).toEqual([
      ...['http://env', 'http://env', '/env', '/env', ['env', 'more'], 'STASH_URL', 'PLEX_LIBRARY', 3, ['stale']],
    ]);
    expect(pick(await resolve({ env: { PLEX_TOKEN: TOKEN, STASH_URL: ' ' }, config: everywhere }))).toEqual([
      ...['http://file', 'http://file', '/file', '/file', ['file'], 'g.yml:1', 'g.yml:5', 3, ['stale']],
    ]);
  });

  it.each([
    ['environment', { PLEX_TOKEN: 'by-env', PLEX_TOKEN_FILE: 'by-env-file' }, 'PLEX_TOKEN', 'by-env'],
    ['secret file', { PLEX_TOKEN: '', PLEX_TOKEN_FILE: 'by-env-file' }, 'PLEX_TOKEN_FILE', 'by-env-file'],
    ['config file', { PLEX_TOKEN: '', PLEX_TOKEN_FILE: '' }, 'g.yml:1', 'by-config'],
  ])('%s for secrets', async (_, { PLEX_TOKEN, PLEX_TOKEN_FILE }, source, value) => {
    const file = PLEX_TOKEN_FILE === '' ? '' : write('token', `  ${PLEX_TOKEN_FILE}\n`);
    const env = { ...COMPLETE, PLEX_TOKEN, PLEX_TOKEN_FILE: file };
    const { options, sources, secrets } = await resolve({ env, config: 'plexToken: by-config\n' });
    expect([options.plex.secret, inFile(sources['plexToken']), secrets]).toEqual([value, source, [value, value]]);
  });

  it('every file that was read is listed', async () => {
    const [key, token] = [write('key', 'k\n'), write('token', 't\n')];
    const env = { ...without('PLEX_TOKEN'), STASH_API_KEY_FILE: key };
    const { options } = await resolve({ env, config: `plexTokenFile: ${token}\n` });
    expect(options.protectedFiles ?? []).toEqual([expect.stringMatching(/g\.yml$/), key, token]);
    expect((await resolve({ env: COMPLETE })).options.protectedFiles).toEqual([]);
  });

  it('a file named by the config file comes last', async () => {
    const named = `plexTokenFile: ${write('token', 'by-named-file\n')}\n`;
    expect((await resolve({ env: without('PLEX_TOKEN'), config: named })).options.plex.secret).toBe('by-named-file');
    const both = await resolve({ env: without('PLEX_TOKEN'), config: `${named}plexToken: by-config\n` });
    expect(both.options.plex.secret).toBe('by-config');
  });

  it('GAPSCAN_CONFIG names a config file too, and --config wins', async () => {
    const env = { ...COMPLETE, GAPSCAN_CONFIG: write('env.yml', 'threads: 5\n') };
    expect((await resolve({ env })).options.threads).toBe(5);
    expect((await resolve({ env, config: 'threads: 6\n' })).options.threads).toBe(6);
  });

  it('a flag can only switch on what the config file says', async () => {
    const config = 'retryFailed: true\nprocessQueue: false\nretryAfter: 1d\nretries: 2\ntimeoutSeconds: 9\n';
    const { options } = await resolve({ args: ['--process-queue'], env: COMPLETE, config });
    expect(options).toEqual({
      stash: { url: 'http://127.0.0.1:1', retries: 2, timeoutSeconds: 9 },
      plex: { url: 'http://plex:32400', secret: TOKEN, secretSource: 'PLEX_TOKEN', retries: 2, timeoutSeconds: 9 },
      protectedFiles: [expect.stringMatching(/\.yml$/)],
      dataDir: '/data',
      libraries: ['Clips'],
      retryFailed: true,
      processQueue: true,
      retryAfterSeconds: 86_400,
    });
  });
});

describe('what Stash2Plex stored in Stash', () => {
  const stored = { plex_url: 'http://stored:32400/', plex_token: 'stored-token', plex_library: 'Clips, Series' };

  it('is used for what nothing else says', async () => {
    const stash = await sampleStash({ pluginSettings: stored });
    const env = { STASH_URL: `${stash.url}/`, STASH_API_KEY: KEY, GAPSCAN_DATA_DIR: '/data' };
    const { options, sources, secrets } = await resolve({ env });
    expect(options.plex).toEqual({
      url: 'http://stored:32400',
      secret: 'stored-token',
      secretSource: "Stash2Plex's settings in Stash",
    });
    expect([options.stash.url, options.libraries]).toEqual([stash.url, ['Clips', 'Series']]);
    const source = "Stash2Plex's settings in Stash";
    expect(sources).toEqual({
      stashUrl: 'STASH_URL',
      stashApiKey: 'STASH_API_KEY',
      plexUrl: source,
      plexToken: source,
      libraries: source,
      dataDir: 'GAPSCAN_DATA_DIR',
    });
    expect(secrets).toEqual([KEY, 'stored-token']);
    // How Stash is, and its settings.
    expect(stash.requests).toHaveLength(2);
  });

  it('is not asked for when all is known, and comes after the config file', async () => {
    const stash = await sampleStash({ pluginSettings: stored });
    const env = { ...COMPLETE, STASH_URL: stash.url, STASH_API_KEY: KEY };
    await resolve({ env });
    expect(stash.requests).toEqual([]);
    const config = 'plexUrl: http://file\nplexToken: file-token\nlibraries: []\n';
    const { options } = await resolve({ env: { ...env, PLEX_URL: '', PLEX_TOKEN: '', PLEX_LIBRARY: '' }, config });
    expect([options.plex, options.libraries]).toEqual([
      { url: 'http://file', secret: 'file-token', secretSource: expect.stringMatching(/g\.yml:2$/) as string },
      undefined,
    ]);
    expect(stash.requests).toEqual([]);
  });

  it('may leave something open, which is said with every place it may come from', async () => {
    const stash = await sampleStash({ pluginSettings: { plex_token: ' ' }, pluginsPath: '/nowhere' });
    const refused = resolve({ env: { STASH_URL: stash.url, STASH_API_KEY: KEY } });
    await expect(refused).rejects.toMatchObject({
      code: 'config_invalid',
      message: [
        '3 problems with the settings',
        "plexUrl: not set; set --plex-url, PLEX_URL, plexUrl in the config file or plex_url in Stash2Plex's settings in Stash",
        "plexToken: not set; set PLEX_TOKEN, PLEX_TOKEN_FILE, plexToken in the config file or plex_token in Stash2Plex's settings in Stash",
        'dataDir: not set, and there is none below /nowhere as seen from here; set --data-dir, GAPSCAN_DATA_DIR or dataDir in the config file',
      ].join('\n'),
    });
  });

  it('is told to the redactor before anything else can fail', async () => {
    const stash = await sampleStash({ pluginSettings: { ...stored, plex_url: 'ftp://x' } });
    const secrets: unknown[] = [];
    const refused = resolveSettings({
      flags: new Map(),
      env: { STASH_URL: stash.url, STASH_API_KEY: KEY, GAPSCAN_DATA_DIR: '/data' },
      signal: new AbortController().signal,
      keepSecret: (value) => secrets.push(value),
    });
    await expect(refused).rejects.toThrow(
      "Stash2Plex's settings in Stash: plex_url: expected a URL like http://localhost:32400",
    );
    expect(secrets).toEqual([KEY, 'stored-token']);
  });
});

describe('the data directory', () => {
  const plugin = (path: string, ...below: string[]) => {
    mkdirSync(join(path, ...below, 'data'), { recursive: true });
    writeFileSync(join(path, ...below, 'Stash2Plex.yml'), 'name: Stash2Plex\n');
    return join(path, ...below, 'data');
  };
  const env = (stash: SampleStash) => ({ ...without('GAPSCAN_DATA_DIR'), STASH_URL: stash.url, STASH_API_KEY: KEY });

  it.each([[[]], [['Stash2Plex']], [['community', 'Stash2Plex']]])('is found at plugins/%j', async (below) => {
    const pluginsPath = tempDir();
    mkdirSync(join(pluginsPath, 'another'));
    const dataDir = plugin(pluginsPath, ...below);
    const { options, sources } = await resolve({ env: env(await sampleStash({ pluginsPath })) });
    expect([options.dataDir, sources['dataDir']]).toEqual([dataDir, "below Stash's plugins"]);
  });

  it('is what Stash tells its plugins, when gapscan is started by one', async () => {
    const { options } = await resolve({ env: { ...without('GAPSCAN_DATA_DIR'), STASH_PLUGIN_DATA: '/told' } });
    expect(options.dataDir).toBe('/told');
  });

  it.each([
    ['not visible here', '/nowhere/plugins'],
    ['too deep', ''],
  ])('%s: the error says what to set', async (_, path) => {
    const pluginsPath = path === '' ? tempDir() : path;
    if (path === '') plugin(pluginsPath, 'one', 'two', 'Stash2Plex');
    const refused = resolve({ env: env(await sampleStash({ pluginsPath })) });
    await expect(refused).rejects.toMatchObject({
      code: 'data_dir_not_found',
      exitCode: 2,
      message: `Stash2Plex's data directory is not known, and there is none below ${pluginsPath} as seen from here`,
      hint: 'Set --data-dir, GAPSCAN_DATA_DIR or dataDir in the config file.',
    });
  });
});

describe('values that cannot be right', () => {
  const url = (port: number) => `expected a URL like http://localhost:${port}`;
  const extras = 'must not hold a user, password or query; did you mean http://h?';
  const ascii =
    'expected a secret of printable ASCII without spaces, got something else; was more than the secret copied: a line break, quotes, a whole line?';
  it.each([
    ['STASH_URL', 'ftp://MARKED', url(9999)],
    ['PLEX_URL', 'MARKED', url(32400)],
    ['PLEX_URL', 'eyJhbGciOi.MARKED.xyz', url(32400)],
    ['PLEX_URL', 'http://me:MARKED@h', extras],
    ['STASH_URL', 'http://h/?apikey=MARKED', extras],
    ['STASH_API_KEY', 'MARKED\nMARKED', ascii],
    ['PLEX_TOKEN', 'MARKED→', ascii],
    ['PLEX_TOKEN', 'Token: MARKED', ascii],
  ])('%s=%j is refused without showing it', async (name, value, what) => {
    const failure: unknown = await resolve({ env: { ...COMPLETE, [name]: value } }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'config_invalid', message: `${name}: ${what}` });
    expect((failure as Error).stack).not.toContain('MARKED');
  });

  it.each([
    ['localhost:9999', 'http://localhost:9999'],
    ['localhost', 'http://localhost'],
    ['localhost:9999/stash/', 'http://localhost:9999/stash'],
    ['nas.local:9999/graphql', 'http://nas.local:9999'],
    ['192.168.1.5:9999', 'http://192.168.1.5:9999'],
    ['stash.example.org/stash', 'http://stash.example.org/stash'],
    ['[::1]:9999', 'http://[::1]:9999'],
    ['stash:9999', 'http://stash:9999'],
  ])('%s is refused with what was probably meant', async (given, meant) => {
    const refused = resolve({ env: { ...COMPLETE, STASH_URL: given } });
    await expect(refused).rejects.toThrow(`STASH_URL: ${url(9999)}; did you mean ${meant}?`);
  });

  it.each([
    ['http://h:1/', 'http://h:1'],
    ['https://H/stash//', 'https://h/stash'],
    [' http://h/a/b ', 'http://h/a/b'],
    ['http://h:9999/graphql', 'http://h:9999'],
    ['http://h/stash/graphql/', 'http://h/stash'],
    ['http://h:9999/scenes', 'http://h:9999'],
    ['http://h:32400/web', 'http://h:32400'],
    ['http://h:32400/web/index.html#!/media', 'http://h:32400'],
    ['http://h/cobweb', 'http://h/cobweb'],
  ])('%j is taken as %s', async (given, taken) => {
    const { options } = await resolve({ env: { ...COMPLETE, STASH_URL: given, PLEX_URL: given } });
    expect([options.stash.url, options.plex.url]).toEqual([taken, taken]);
  });

  it('and what is missing are said together', async () => {
    const config = 'threads: many\nplexUrl: localhost:32400\n';
    const refused = resolve({ args: ['--include', 'x'], env: { PLEX_TOKEN_FILE: '/none' }, config });
    const { message } = (await refused.catch((error: unknown) => error)) as Error;
    expect(message.replaceAll(/\/\S*\/(?=g\.yml)/g, '').split('\n')).toEqual([
      '5 problems with the settings',
      'PLEX_TOKEN_FILE: cannot read the secret file /none (ENOENT)',
      '--include: expected gaps or all, got "x"',
      'stashUrl: not set; set --stash-url, STASH_URL or stashUrl in the config file',
      'g.yml:1: threads: expected a whole number from 0 to 64, got "many"',
      'g.yml:2: plexUrl: expected a URL like http://localhost:32400; did you mean http://localhost:32400?',
    ]);
  });

  it.each([
    [['--since', '1d', '--ids', '1'], '--since: cannot be combined with --ids'],
    [['--since-field', 'created_at'], '--since-field: says which time --since looks at, but --since is not given'],
  ])('%j contradict each other', async (args, message) => {
    await expect(resolve({ args, env: COMPLETE })).rejects.toMatchObject({ code: 'usage', message });
  });

  it('a secret file that is missing or empty is named', async () => {
    const empty = write('empty', ' \n');
    const env = without('PLEX_TOKEN');
    await expect(resolve({ env: { ...env, PLEX_TOKEN_FILE: '/none' } })).rejects.toThrow(
      'PLEX_TOKEN_FILE: cannot read the secret file /none (ENOENT)',
    );
    await expect(resolve({ env: { ...env, PLEX_TOKEN_FILE: empty } })).rejects.toThrow(
      `PLEX_TOKEN_FILE: the secret file ${empty} is empty`,
    );
    await expect(resolve({ env, config: `plexTokenFile: ${empty}\n` })).rejects.toThrow(
      `g.yml:1: the secret file ${empty} is empty`,
    );
  });

  it('a certificate that is not checked is warned of', async () => {
    const { warnings } = await resolve({ env: COMPLETE, config: 'plex: {insecure: true}\nstash: {insecure: false}\n' });
    expect(warnings).toEqual([
      'The certificate of Plex is not checked (insecure): anybody on the network could pose as it',
    ]);
  });
});

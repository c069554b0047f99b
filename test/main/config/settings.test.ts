import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseScanFlags } from '../../../src/main/cli/flags.js';
import { resolveSettings, type Settings } from '../../../src/main/config/settings.js';
import { startSampleStash, type SampleStash } from '../../../src/main/demo/sample-stash.js';
import { KEY, TOKEN, toWorld } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: string;
}

async function resolve({ args = [], env = {}, config }: Given): Promise<Settings & { readonly secrets: string[] }> {
  const secrets: string[] = [];
  const settings = await resolveSettings({
    flags: parseScanFlags([...args, ...(config === undefined ? [] : ['--config', write('g.yml', config)])]),
    env,
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
      ...[sources['stashUrl'], sources['libraries'], options.threads, options.gaps],
    ];
    expect(pick(await resolve({ args, env, config: everywhere }))).toEqual([
      ...['http://flag', 'http://flag', '/flag', '/flag', ['a,b', 'c'], '--stash-url', '--library', 1, ['empty']],
    ]);
    expect(pick(await resolve({ env, config: everywhere }))).toEqual([
      ...['http://env', 'http://env', '/env', '/env', ['env', 'more'], 'STASH_URL', 'PLEX_LIBRARY', 3, ['stale']],
    ]);
    expect(pick(await resolve({ env: { PLEX_TOKEN: TOKEN, STASH_URL: ' ' }, config: everywhere }))).toEqual([
      ...['http://file', 'http://file', '/file', '/file', ['file'], 'config file', 'config file', 3, ['stale']],
    ]);
  });

  it.each([
    ['environment', { PLEX_TOKEN: 'by-env', PLEX_TOKEN_FILE: 'by-env-file' }, 'PLEX_TOKEN', 'by-env'],
    ['secret file', { PLEX_TOKEN: '', PLEX_TOKEN_FILE: 'by-env-file' }, 'PLEX_TOKEN_FILE', 'by-env-file'],
    ['config file', { PLEX_TOKEN: '', PLEX_TOKEN_FILE: '' }, 'config file', 'by-config'],
  ])('%s for secrets', async (_, { PLEX_TOKEN, PLEX_TOKEN_FILE }, source, value) => {
    const file = PLEX_TOKEN_FILE === '' ? '' : write('token', `  ${PLEX_TOKEN_FILE}\n`);
    const env = { ...COMPLETE, PLEX_TOKEN, PLEX_TOKEN_FILE: file };
    const { options, sources, secrets } = await resolve({ env, config: 'plexToken: by-config\n' });
    expect([options.plex.secret, sources['plexToken'], secrets]).toEqual([value, source, [value, value]]);
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
      plex: { url: 'http://plex:32400', secret: TOKEN, retries: 2, timeoutSeconds: 9 },
      dataDir: '/data',
      libraries: ['Clips'],
      retryFailed: true,
      processQueue: true,
      retryAfterSeconds: 86_400,
      dryRun: false,
      force: false,
    });
  });
});

describe('what Stash2Plex stored in Stash', () => {
  const stored = { plex_url: 'http://stored:32400/', plex_token: 'stored-token', plex_library: 'Clips, Series' };

  it('is used for what nothing else says', async () => {
    const stash = await sampleStash({ pluginSettings: stored });
    const env = { STASH_URL: `${stash.url}/`, STASH_API_KEY: KEY, GAPSCAN_DATA_DIR: '/data' };
    const { options, sources, secrets } = await resolve({ env });
    expect(options.plex).toEqual({ url: 'http://stored:32400', secret: 'stored-token' });
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
    expect([options.plex, options.libraries]).toEqual([{ url: 'http://file', secret: 'file-token' }, undefined]);
    expect(stash.requests).toEqual([]);
  });

  it.each([
    [
      {},
      'No Plex URL is set',
      "Set --plex-url, PLEX_URL, plexUrl in the config file, or plex_url in Stash2Plex's settings in Stash.",
    ],
    [
      { plex_url: 'http://p', plex_token: ' ' },
      'No Plex token is set',
      "Set PLEX_TOKEN, PLEX_TOKEN_FILE, plexToken in the config file, or plex_token in Stash2Plex's settings in Stash.",
    ],
  ])(
    '%j leaves something open, which is said with every place it may come from',
    async (pluginSettings, message, hint) => {
      const stash = await sampleStash({ pluginSettings });
      const refused = resolve({ env: { STASH_URL: stash.url, STASH_API_KEY: KEY, GAPSCAN_DATA_DIR: '/data' } });
      await expect(refused).rejects.toMatchObject({ code: 'config_invalid', message, hint });
    },
  );

  it('is told to the redactor before anything else can fail', async () => {
    const stash = await sampleStash({ pluginSettings: { ...stored, plex_url: 'ftp://x' } });
    const secrets: unknown[] = [];
    const refused = resolveSettings({
      flags: parseScanFlags([]),
      env: { STASH_URL: stash.url, STASH_API_KEY: KEY, GAPSCAN_DATA_DIR: '/data' },
      signal: new AbortController().signal,
      keepSecret: (value) => secrets.push(value),
    });
    await expect(refused).rejects.toThrow(
      "Expected an http:// or https:// URL for Plex from Stash2Plex's settings in Stash",
    );
    expect(secrets).toEqual([KEY, undefined, 'stored-token']);
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
  const url = (title: string, source: string) => `Expected an http:// or https:// URL for ${title} from ${source}`;
  const extras = (title: string, source: string) =>
    `The URL of ${title} from ${source} must not hold a user, password or query`;
  const ascii = (what: string, source: string) =>
    `Expected printable ASCII without spaces for ${what} from ${source}, got something else`;
  it.each([
    ['STASH_URL', 'localhost:9999', url('Stash', 'STASH_URL')],
    ['STASH_URL', 'ftp://MARKED', url('Stash', 'STASH_URL')],
    ['PLEX_URL', 'MARKED', url('Plex', 'PLEX_URL')],
    ['PLEX_URL', 'http://me:MARKED@h', extras('Plex', 'PLEX_URL')],
    ['STASH_URL', 'http://h/?apikey=MARKED', extras('Stash', 'STASH_URL')],
    ['STASH_API_KEY', 'MARKED\nMARKED', ascii("Stash's API key", 'STASH_API_KEY')],
    ['PLEX_TOKEN', 'MARKED→', ascii("Plex's token", 'PLEX_TOKEN')],
    ['PLEX_TOKEN', 'Token: MARKED', ascii("Plex's token", 'PLEX_TOKEN')],
  ])('%s=%j is refused without showing it', async (name, value, message) => {
    const failure: unknown = await resolve({ env: { ...COMPLETE, [name]: value } }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'config_invalid', message });
    expect((failure as Error).stack).not.toContain('MARKED');
  });

  it.each([
    ['http://h:1/', 'http://h:1'],
    ['https://H/stash//', 'https://h/stash'],
    [' http://h/a/b ', 'http://h/a/b'],
  ])('%j is taken as %s', async (given, taken) => {
    expect((await resolve({ env: { ...COMPLETE, STASH_URL: given } })).options.stash.url).toBe(taken);
  });

  it('a secret file that is missing or empty is named', async () => {
    const empty = write('empty', ' \n');
    const env = without('PLEX_TOKEN');
    await expect(resolve({ env: { ...env, PLEX_TOKEN_FILE: '/none' } })).rejects.toThrow(
      'Cannot read the secret file /none (PLEX_TOKEN_FILE)',
    );
    await expect(resolve({ env: { ...env, PLEX_TOKEN_FILE: empty } })).rejects.toThrow(
      `The secret file ${empty} (PLEX_TOKEN_FILE) is empty`,
    );
    await expect(resolve({ env, config: `plexTokenFile: ${empty}\n` })).rejects.toThrow(
      `The secret file ${empty} (a file named by the config file) is empty`,
    );
  });

  it('a certificate that is not checked is warned of', async () => {
    const { warnings } = await resolve({ env: COMPLETE, config: 'plex: {insecure: true}\nstash: {insecure: false}\n' });
    expect(warnings).toEqual([
      'The certificate of Plex is not checked (insecure): anybody on the network could pose as it',
    ]);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, KEY, scanRig, TOKEN } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const world = {
  scenes: [sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] })],
  items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

interface ConfigOutput {
  readonly schema: string;
  readonly settings: readonly { readonly key: string; readonly value: unknown; readonly source: string | null }[];
}

function settingsOf(stdout: string): Record<string, [unknown, string | null]> {
  const { settings } = JSON.parse(stdout) as ConfigOutput;
  return Object.fromEntries(settings.map(({ key, value, source }) => [key, [value, source]]));
}

/** A working directory with files in it. */
function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = tempDir();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), content, { mode: 0o600 });
  }
  return directory;
}

const asModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

describe('gapscan config', () => {
  it('says every value and where it comes from, but no secret', async () => {
    const rig = await scanRig(world);
    Object.assign(rig.stash.state, { pluginSettings: { plex_url: rig.plex.url, plex_token: TOKEN } });
    const cwd = directoryWith({ 'gapscan.yml': 'threads: 3\nplex:\n  libraries: [Clips]\n' });
    const env = { STASH_URL: rig.stash.url, STASH_API_KEY: KEY, GAPSCAN_DATA_DIR: rig.dataDir };
    const { code, stdout, stderr } = await runCli(['config', '--json', '--include', 'all'], env, { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(new RegExp(`${KEY}|${TOKEN}`));
    const stored = "Stash2Plex's settings in Stash";
    expect(settingsOf(stdout)).toMatchObject({
      stashUrl: [rig.stash.url, 'STASH_URL'],
      stashApiKey: ['[secret]', 'STASH_API_KEY'],
      plexUrl: [rig.plex.url, stored],
      plexToken: ['[secret]', stored],
      libraries: [['Clips'], 'gapscan.yml:3'],
      dataDir: [rig.dataDir, 'GAPSCAN_DATA_DIR'],
      config: ['gapscan.yml', 'default'],
      threads: [3, 'gapscan.yml:1'],
      include: ['all', '--include'],
      pictures: ['poster', 'default'],
      retryAfter: [604_800, 'default'],
      pathMappings: [null, 'default'],
    });
  });

  it('says it for people too', async () => {
    const rig = await scanRig(world);
    const { code, stdout } = await runCli(['config'], cliEnvironment(rig));
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ['Servers'],
        ['stashUrl', rig.stash.url, 'STASH_URL'],
        ['plexToken', '[secret]', 'PLEX_TOKEN'],
        ['libraries', 'every movie and show library', 'default'],
        ['plexDate', 'auto', 'default'],
      ]),
    );
    expect(stdout).not.toMatch(new RegExp(`${KEY}|${TOKEN}`));
  });

  it('does not load the YAML reader where there is no file', async () => {
    const resolve = `export const resolve = (name, context, next) => {
      if (name === 'yaml') throw new Error('yaml is loaded');
      return next(name, context);
    };`;
    const refuse = `import { register } from 'node:module'; register(${JSON.stringify(asModule(resolve))});`;
    const env = { NODE_OPTIONS: `--import=${asModule(refuse)}` };
    const cwd = tempDir();
    expect((await runCli(['config'], env, { cwd })).code).toBe(0);
    writeFileSync(join(cwd, 'gapscan.yml'), 'threads: 2\n');
    const { code, stderr } = await runCli(['config'], env, { cwd });
    expect([code, stderr.includes('yaml is loaded')]).toEqual([70, true]);
  });

  it('works with nothing set at all', async () => {
    const { code, stdout, stderr } = await runCli(['config', '--json'], {}, { cwd: tempDir() });
    expect([code, stderr]).toEqual([0, '']);
    const settings = settingsOf(stdout);
    for (const key of ['stashUrl', 'plexUrl', 'plexToken', 'dataDir']) expect(settings[key]).toEqual([null, null]);
  });

  it('works when Stash cannot be reached, and says so', async () => {
    const env = { STASH_URL: 'http://127.0.0.1:1' };
    const { code, stdout, stderr, milliseconds } = await runCli(['config', '--json'], env, { cwd: tempDir() });
    expect([code, settingsOf(stdout)['stashUrl']]).toEqual([0, ['http://127.0.0.1:1', 'STASH_URL']]);
    expect(stderr).toMatch(/^Warning: Stash could not say what Stash2Plex has stored there: /);
    expect(milliseconds).toBeLessThan(10_000);
  });

  it('says all that is wrong, each with its place, and exits with 2', async () => {
    const cwd = directoryWith({ 'gapscan.yml': 'threads: many\nnonsens: 1\n' });
    const env = { STASH_URL: 'localhost:9999' };
    const { code, stdout, stderr } = await runCli(['config', '--gaps', 'x'], env, { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n').slice(0, 5)).toEqual([
      'gapscan: 4 problems with the settings',
      'STASH_URL: expected a URL like http://localhost:9999; did you mean http://localhost:9999?',
      '--gaps: expected a comma list of empty, stale, missing, lost, got "x"',
      'gapscan.yml:1: threads: expected a whole number from 0 to 64, got "many"',
      expect.stringMatching(/^gapscan\.yml:2: nonsens: unknown key; known are /),
    ]);
  });
});

describe('the config file', () => {
  const FILES = {
    'gapscan.yml': 'threads: 3\n',
    'env.yml': 'threads: 2\n',
    'flag.yml': 'threads: 1\n',
    'xdg/gapscan/config.yml': 'threads: 4\nretries: 9\n',
    'home/.config/gapscan/config.yml': 'threads: 5\n',
  };
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(FILES).filter(([name]) => !names.includes(name)));
  const XDG = { XDG_CONFIG_HOME: '/xdg' };

  it.each<[string, string[], string[], Record<string, string>, [number | null, string | null]]>([
    ['--config first', [], ['-c', 'flag.yml'], { GAPSCAN_CONFIG: 'env.yml', ...XDG }, [1, 'flag.yml:1']],
    ['then GAPSCAN_CONFIG', [], [], { GAPSCAN_CONFIG: 'env.yml', ...XDG }, [2, 'env.yml:1']],
    ['then ./gapscan.yml', [], [], XDG, [3, 'gapscan.yml:1']],
    ['then XDG_CONFIG_HOME', ['gapscan.yml'], [], XDG, [4, '/xdg/gapscan/config.yml:1']],
    ['else ~/.config', ['gapscan.yml'], [], { XDG_CONFIG_HOME: '' }, [5, '/home/.config/gapscan/config.yml:1']],
    [
      'a relative XDG_CONFIG_HOME is no place',
      ['gapscan.yml'],
      [],
      { XDG_CONFIG_HOME: 'xdg' },
      [5, '/home/.config/gapscan/config.yml:1'],
    ],
    ['and none is no mistake', ['gapscan.yml'], [], { XDG_CONFIG_HOME: '/none' }, [null, 'default']],
  ])('is looked for in order: %s', async (_, missing, args, env, expected) => {
    const cwd = directoryWith(without(...missing));
    const inDirectory = Object.entries(env).map(([name, value]) => [name, value.startsWith('/') ? cwd + value : value]);
    const all = { HOME: join(cwd, 'home'), ...(Object.fromEntries(inDirectory) as Record<string, string>) };
    const { code, stdout } = await runCli(['config', '--json', ...args], all, { cwd });
    const settings = settingsOf(stdout);
    const [value, source] = settings['threads'] ?? [];
    expect([code, value, source?.replace(cwd, '')]).toEqual([0, ...expected]);
    // The first that is found is read alone.
    if (value !== 4) expect(settings['retries']).toEqual([4, 'default']);
  });

  it('that is named has to exist', async () => {
    const { code, stderr } = await runCli(['config'], { GAPSCAN_CONFIG: 'none.yml' }, { cwd: tempDir() });
    expect([code, stderr.split('\n')[0]]).toEqual([2, 'gapscan: Cannot read the config file none.yml']);
  });

  it('is enough for a scan', async () => {
    const rig = await scanRig(world);
    const cwd = directoryWith({
      key: KEY,
      'gapscan.yml': `stash: { url: "${rig.stash.url}/graphql", apiKeyFile: key }\nplexUrl: \${PLEX}/web\nplexToken: \${TOKEN}\ndataDir: ~/data\n`,
    });
    const env = { PLEX: rig.plex.url, TOKEN, HOME: join(rig.dataDir, '..') };
    const { code, stdout } = await runCli(['scan', '--json'], env, { cwd });
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { schema: 'gapscan.summary/1' }]);
  });
});

describe('--ids', () => {
  it('are read from standard input', async () => {
    const rig = await scanRig(world);
    const args = ['scan', '--dry-run', '--json', '--ids', '-'];
    expect((await runCli(args, cliEnvironment(rig), { input: '1 2\n5-7\n' })).code).toBe(0);
    const nothing = await runCli(args, cliEnvironment(rig), { input: '\n' });
    expect([nothing.code, nothing.stderr.split('\n')[0]]).toEqual([
      2,
      'gapscan: --ids: expected scene ids like 1,2,10-20, @FILE, or - for standard input, got none',
    ]);
  });
});

import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endsAbruptly, problemOf } from '../../../src/main/cli/native-module.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

/** Says before anything else that this is another version. */
function pretend(version: string): Record<string, string> {
  const path = join(tempDir(), 'pretend.cjs');
  const text = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  writeFileSync(path, text);
  return { NODE_OPTIONS: `--require ${path}` };
}

describe('a Node.js that is too old', () => {
  it.each([['18.20.8'], ['20.18.3'], ['6.0.0']])('%s is told so in one line, with the cure', async (version) => {
    const rig = await scanRig({ scenes: [] });
    const env = { ...cliEnvironment(rig), ...pretend(version) };
    const { code, stdout, stderr } = await runCli(['scan'], env);
    expect([code, stdout, stderr.split('\n')]).toEqual([
      2,
      '',
      [
        `gapscan: gapscan needs Node.js 20.19 or newer; this is ${version}`,
        expect.stringMatching(/^ {2}Install a newer Node\.js/),
        '',
      ],
    ]);
    expect([...rig.stash.requests, ...rig.plex.requests]).toEqual([]);
  });

  it('is told as JSON too', async () => {
    const { code, stdout } = await runCli(['scan', '--json'], pretend('18.20.8'));
    expect([code, JSON.parse(stdout)]).toMatchObject([2, { schema: 'gapscan.error/1', code: 'node_too_old' }]);
  });

  it.each([['20.19.0'], ['22.12.1'], ['100.0.0']])('%s is new enough', async (version) => {
    expect((await runCli(['--version'], pretend(version))).code).toBe(0);
  });

  it('gets as far as that: the executable loads nothing else before', () => {
    const text = readFileSync('dist/main/bin.js', 'utf8');
    expect(text.match(/^import .*$/gm)).toEqual(["import { readFileSync } from 'node:fs';"]);
  });
});

/** An installation of its own, in which the database driver is what the test makes of it. */
function install(): { readonly bin: string; readonly driver: string } {
  const root = tempDir();
  cpSync('dist', join(root, 'dist'), { recursive: true });
  cpSync('package.json', join(root, 'package.json'));
  mkdirSync(join(root, 'node_modules'));
  for (const name of readdirSync('node_modules')) {
    if (name !== 'better-sqlite3' && !name.startsWith('.')) {
      symlinkSync(join(process.cwd(), 'node_modules', name), join(root, 'node_modules', name));
    }
  }
  const driver = join(root, 'node_modules', 'better-sqlite3');
  const isNative = (path: string) => ['build', 'deps', 'prebuilds', 'src'].includes(basename(path));
  cpSync('node_modules/better-sqlite3', driver, { recursive: true, filter: (path) => !isNative(path) });
  return { bin: join(root, 'dist', 'main', 'bin.js'), driver };
}

describe('a database driver', () => {
  it('that is not built ends the run before any server is asked', async () => {
    const rig = await scanRig({ scenes: [] });
    const { bin } = install();
    const { code, stdout, stderr } = await runCli(['scan'], { ...cliEnvironment(rig), GAPSCAN_DATA_DIR: '' }, { bin });
    expect([code, stdout, stderr.split('\n')]).toEqual([
      2,
      '',
      [
        'gapscan: The database driver better-sqlite3 is not built, as after npm ci --ignore-scripts',
        '  Run npm rebuild better-sqlite3, or npm ci, where gapscan is installed.',
        '',
      ],
    ]);
    expect([...rig.stash.requests, ...rig.plex.requests]).toEqual([]);
    expect((await runCli(['demo'], {}, { bin })).code).toBe(2);
    for (const args of [['--help'], ['config'], ['help', 'scan']])
      expect((await runCli(args, {}, { bin })).code).toBe(0);
  });

  it('that is built for something else is told as such', async () => {
    const { bin, driver } = install();
    mkdirSync(join(driver, 'build', 'Release'), { recursive: true });
    writeFileSync(join(driver, 'build', 'Release', 'better_sqlite3.node'), 'no program of this machine');
    const { code, stderr } = await runCli(['scan'], {}, { bin });
    expect([code, stderr.split('\n')]).toEqual([
      2,
      [
        expect.stringMatching(/^gapscan: The database driver better-sqlite3 cannot be loaded: \S/),
        '  Run npm rebuild better-sqlite3, or npm ci, where gapscan is installed.',
        '',
      ],
    ]);
  });

  it('that would end this Node.js abruptly is told before any server is asked, with the cure', async () => {
    const rig = await scanRig({ scenes: [] });
    const { bin, driver } = install();
    writeFileSync(join(driver, 'package.json'), JSON.stringify({ version: '12.11.1', main: 'lib/index.js' }));
    const { code, stderr } = await runCli(['scan'], { ...cliEnvironment(rig), ...pretend('24.19.0') }, { bin });
    expect([code, stderr.split('\n')]).toEqual([
      2,
      [
        'gapscan: The database driver better-sqlite3 12.11.1 ends Node.js 24.19.0 abruptly',
        '  Install gapscan again, and npm takes a newer one; in a checkout: npm install --no-save better-sqlite3@13.',
        '',
      ],
    ]);
    expect([...rig.stash.requests, ...rig.plex.requests]).toEqual([]);
  });

  it.each([
    ['12.11.1', '20.19.0', false],
    ['12.11.1', '22.23.3', false],
    ['12.11.1', '24.18.1', false],
    ['12.11.1', '24.19.0', true],
    ['11.10.0', '26.0.0', true],
    ['13.0.0', '24.21.0', false],
  ])('%s on Node.js %s: %s', (version, node, isAbrupt) => {
    expect(endsAbruptly(version, node)).toBe(isAbrupt);
  });

  it('that is built for another version of Node.js is told as such', () => {
    const said =
      "The module '/x/better_sqlite3.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 108. This version of Node.js requires\nNODE_MODULE_VERSION 115. Please try re-compiling or re-installing\nthe module (for instance, using `npm rebuild` or `npm install`).";
    expect(problemOf(new Error(said))).toBe(
      `was built for another version of Node.js than this one (${process.version})`,
    );
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { KEY, scanRig, TOKEN } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const BIN = fileURLToPath(new URL('../../../dist/main/bin.js', import.meta.url));
const world = {
  scenes: [sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] })],
  items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

const textOf = (cwd: string, name = 'gapscan.yml') => readFileSync(join(cwd, name), 'utf8');

describe('gapscan init', () => {
  it('writes every setting, commented out, with its meaning, and asks nothing without a terminal', async () => {
    const cwd = tempDir();
    const { code, stdout, stderr } = await runCli(['init'], {}, { cwd });
    expect([code, stderr, stdout.split('\n')[0]]).toEqual([0, '', 'Wrote gapscan.yml']);
    const text = textOf(cwd);
    expect(parse(text)).toBeNull();
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
    expect(JSON.parse(readFileSync(schema, 'utf8'))).toMatchObject({ title: 'Settings of gapscan' });
    expect((await runCli(['config'], {}, { cwd })).code).toBe(0);
    if (process.platform !== 'win32') expect(statSync(join(cwd, 'gapscan.yml')).mode & 0o777).toBe(0o600);
  });

  it('writes what is a sound config file with every line taken in', async () => {
    const cwd = tempDir();
    await runCli(['init'], {}, { cwd });
    const all = textOf(cwd).replace(/^# (?=( {2})?[a-zA-Z]+:(?: |$))/gm, '');
    writeFileSync(join(cwd, 'gapscan.yml'), all);
    const { code, stdout, stderr } = await runCli(
      ['config', '--json'],
      { STASH_API_KEY: 'k', PLEX_TOKEN: 't' },
      { cwd },
    );
    // What the examples name does not exist, but nothing in them is refused.
    expect([code, stderr.replace(/^Warning: Stash could not say.*\n/, '')]).toEqual([0, '']);
    const { settings } = JSON.parse(stdout) as { settings: { key: string; source: string }[] };
    const unset = settings.filter(({ source }) => !source.startsWith('gapscan.yml:')).map(({ key }) => key);
    expect(unset).toEqual(['stashApiKey', 'plexToken', 'config']);
  });

  it('takes over what is known, from flags, the environment and Stash', async () => {
    const rig = await scanRig(world);
    const pluginsPath = tempDir();
    const dataDir = join(pluginsPath, 'Stash2Plex', 'data');
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'sync_timestamps.json'), '{}');
    writeFileSync(join(pluginsPath, 'Stash2Plex', 'Stash2Plex.yml'), '');
    const pluginSettings = { plex_url: rig.plex.url, plex_token: TOKEN, plex_library: 'Clips' };
    Object.assign(rig.stash.state, { pluginSettings, pluginsPath });
    const cwd = tempDir();
    const args = ['init', '-c', 'sub/my.yml', '--stash-url', `${rig.stash.url}/graphql`, '--library', 'Clips'];
    const { code, stdout } = await runCli(args, { STASH_API_KEY: KEY, PLEX_TOKEN: TOKEN }, { cwd });
    expect([code, stdout.split('\n')]).toEqual([
      0,
      ['Wrote sub/my.yml', 'Next: look at what holds with gapscan config, then try gapscan scan --dry-run', ''],
    ]);
    const text = textOf(cwd, 'sub/my.yml');
    expect(parse(text)).toEqual({ stashUrl: rig.stash.url, libraries: ['Clips'], dataDir });
    expect(text).toContain(`# Stash2Plex has ${rig.plex.url} stored in Stash, which is used unless this is set.`);
    for (const secret of [KEY, TOKEN]) expect(text + stdout).not.toContain(secret);
    const env = { STASH_API_KEY: KEY, GAPSCAN_CONFIG: 'sub/my.yml' };
    expect((await runCli(['scan', '--dry-run', '--quiet', '--ids', '1'], env, { cwd })).code).toBe(0);
  });

  it('writes the file although Stash cannot be asked', async () => {
    const cwd = tempDir();
    const { code, stderr } = await runCli(['init'], { STASH_URL: 'http://127.0.0.1:1' }, { cwd });
    expect([code, parse(textOf(cwd))]).toEqual([0, { stashUrl: 'http://127.0.0.1:1' }]);
    expect(stderr).toMatch(/^Warning: Stash could not be asked: /);
  });

  it('never overwrites', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'gapscan.yml'), 'mine: true\n');
    const { code, stderr } = await runCli(['init'], {}, { cwd });
    expect([code, stderr.split('\n')[0], textOf(cwd)]).toEqual([
      2,
      'gapscan: gapscan.yml exists already',
      'mine: true\n',
    ]);
  });

  it('says where it cannot write', async () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'file'), '');
    const { code, stderr } = await runCli(['init', '-c', 'file/gapscan.yml'], {}, { cwd });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^gapscan: Cannot write file\/gapscan\.yml: E/)]);
  });

  const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
  it.skipIf(!hasScript)('asks on a terminal, until an answer is one', async () => {
    const cwd = tempDir();
    const command = `'${process.execPath}' '${BIN}' init`;
    const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nonexistent', TERM: 'dumb' };
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env, stdio: 'pipe' });
    const answers = [
      ['URL of Stash', 'localhost:1'],
      ['did you mean', 'http://127.0.0.1:1'],
      ['data directory', '/srv/data'],
    ];
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [question, answer] = answers[0] ?? [];
      if (question === undefined || !said.includes(question)) return;
      answers.shift();
      said = '';
      child.stdin.write(`${answer ?? ''}\n`);
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(parse(textOf(cwd))).toEqual({ stashUrl: 'http://127.0.0.1:1', dataDir: '/srv/data' });
    expect(existsSync(join(cwd, 'gapscan.yml'))).toBe(true);
  });
});

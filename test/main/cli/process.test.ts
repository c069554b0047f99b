import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { KEY, TOKEN, scanRig, type ScanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const BIN = fileURLToPath(new URL('../../../dist/main/bin.js', import.meta.url));
const FILE = { path: '/s/1.mp4', size: 1, duration: 1 };
const world = {
  scenes: [sampleScene({ id: 1, details: 'd', files: [FILE] })],
  items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

const environment = (rig: ScanRig) => ({
  STASH_URL: rig.stash.url,
  STASH_API_KEY: KEY,
  PLEX_URL: rig.plex.url,
  PLEX_TOKEN: TOKEN,
  GAPSCAN_DATA_DIR: rig.dataDir,
});

function file(name: string, content: string): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

describe('streams that fail', () => {
  const shell = (command: string) =>
    spawnSync('sh', ['-c', command, process.execPath, BIN], { encoding: 'utf8', timeout: 20_000 });

  it.skipIf(!existsSync('/dev/full'))('a result that cannot be written is one line and exit 2', () => {
    const { status, stderr } = shell('"$0" "$1" --help > /dev/full');
    expect([status, stderr]).toEqual([
      2,
      'gapscan: Cannot write the result to stdout: ENOSPC: no space left on device, write\n',
    ]);
  });

  it('a reader of stdout that has gone away is no error', async () => {
    const rig = await scanRig(world);
    const child = spawn(process.execPath, [BIN, 'scan'], { env: { ...environment(rig) }, stdio: 'pipe' });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr, rig.rows()]).toEqual([0, '', [expect.anything()]]);
  });

  it('a reader of stderr that has gone away changes neither the work nor the exit code', async () => {
    const rig = await scanRig(world);
    rig.plex.fault = () => ({ kind: 'status', status: 401 });
    const child = spawn(process.execPath, [BIN, 'scan', '--verbose'], { env: { ...environment(rig) }, stdio: 'pipe' });
    child.stderr.destroy();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(4);
  });
});

describe('secrets', () => {
  it('only a config file knows are not shown with --verbose when that file is damaged', async () => {
    for (const [name, content] of [
      ['g.yml', 'plexToken: "MARKED-SECRET\n'],
      ['g.yml', 'plexToken: *MARKED-SECRET\n'],
      ['g.json', '{"plexToken": "MARKED-SECRET",}'],
      ['g.yml', 'MARKED-SECRET'],
    ] as const) {
      const { code, stdout, stderr } = await runCli(['scan', '--verbose', '--json', '--config', file(name, content)]);
      expect([code, JSON.parse(stdout)]).toMatchObject([2, { code: 'config_invalid' }]);
      expect(stdout + stderr).not.toContain('MARKED-SECRET');
    }
  });

  it.each(['settings', 'scan'])('only a file knows are not shown when Stash repeats them (%s)', async (when) => {
    const rig = await scanRig(world);
    const echo = JSON.stringify({ errors: [{ message: `no such key: ${KEY} ${TOKEN}` }], data: null });
    rig.stash.fault = () => ({ kind: 'body', body: echo, type: 'application/json' });
    const { STASH_API_KEY, PLEX_TOKEN, ...env } = environment(rig);
    const files = { STASH_API_KEY_FILE: file('key', `${STASH_API_KEY}\n`), PLEX_TOKEN_FILE: file('token', PLEX_TOKEN) };
    const library = when === 'scan' ? { PLEX_LIBRARY: 'Clips' } : {};
    const data = when === 'scan' ? {} : { GAPSCAN_DATA_DIR: '' };
    const config = file('g.yml', 'retries: 0\n');
    const args = ['scan', '--verbose', '--json', '--config', config];
    const { code, stdout, stderr } = await runCli(args, { ...env, ...files, ...library, ...data });
    expect([code, JSON.parse(stdout)]).toMatchObject([4, { code: 'stash_bad_answer' }]);
    expect(stdout).toContain('no such key: [secret] [secret]');
    for (const secret of [KEY, TOKEN]) expect(stdout + stderr).not.toContain(secret);
  });

  it('that cannot be sent end the run at once with a reason', async () => {
    const rig = await scanRig(world);
    for (const [name, value] of [
      ['STASH_API_KEY', 'MARKED\nSECRET'],
      ['PLEX_TOKEN', 'MARKED→SECRET'],
    ] as const) {
      const { code, stdout, stderr } = await runCli(['scan'], { ...environment(rig), [name]: value });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`${name}: expected a secret of printable ASCII without spaces, got something else;`);
      expect(stderr).not.toMatch(/MARKED|SECRET/);
    }
    expect([...rig.stash.requests, ...rig.plex.requests]).toEqual([]);
  });

  it('in the place of a number or a command are not repeated', async () => {
    const env = { STASH_API_KEY: 'marked-secret' };
    for (const args of [['scan', '--threads', 'marked-secret'], ['Marked1Secret'], ['scan', 'marked-secret']]) {
      const { code, stderr } = await runCli(args, env);
      expect(code).toBe(2);
      expect(stderr.toLowerCase()).not.toMatch(/marked-?1?secret/);
    }
  });
});

describe('--verbose', () => {
  it('says where each setting came from, but not what it is', async () => {
    const rig = await scanRig(world);
    const config = file('g.yml', 'threads: 1\n');
    const args = ['scan', '--verbose', '--dry-run', '--library', 'Clips', '--config', config];
    const { code, stderr } = await runCli(args, environment(rig));
    expect([code, stderr.split('\n')]).toEqual([
      0,
      [
        'stashUrl: from STASH_URL',
        'stashApiKey: from STASH_API_KEY',
        'plexUrl: from PLEX_URL',
        'plexToken: from PLEX_TOKEN',
        'libraries: from --library',
        'config: from --config',
        'dataDir: from GAPSCAN_DATA_DIR',
        'dryRun: from --dry-run',
        `threads: from ${config}:1`,
        'Library "Clips": read',
        '',
      ],
    ]);
  });
});

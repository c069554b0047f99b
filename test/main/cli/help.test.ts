import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, COMMANDS } from '../../../src/main/cli/commands.js';
import type { Setting } from '../../../src/main/config/setting.js';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { dropRows } from '../../../src/main/queue/drop.js';
import { runCli } from '../../support/cli.js';
import { putJobs } from '../../support/put-jobs.js';
import { cliEnvironment, scanRig, TOKEN, type ScanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const run = promisify(execFile);
const BIN = fileURLToPath(new URL('../../../dist/main/bin.js', import.meta.url));

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']], [['--json', '--help']]])(
    '%j lists commands and first flags',
    async (args) => {
      const { code, stdout, stderr } = await runCli(args);
      expect([code, stderr]).toEqual([0, '']);
      for (const name of COMMAND_NAMES) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      for (const text of ['--stash-url URL', '-n, --dry-run', '-c, --config FILE', '-q, --quiet', '-v, --verbose']) {
        expect(stdout).toContain(text);
      }
      expect(stdout).toContain('-V, --version');
      expect(stdout).not.toContain('--allow-unsafe-names');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it.each(COMMAND_NAMES)('of %s lists every flag it takes', async (name) => {
    const { code, stdout } = await runCli(['help', name]);
    expect(code).toBe(0);
    for (const flag of ['--help', '-h']) expect((await runCli([name, flag])).stdout).toBe(stdout);
    for (const { flag } of Object.values<Setting<unknown>>(COMMANDS[name].settings)) {
      if (flag !== undefined) expect(stdout).toContain(`--${flag}`);
    }
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('without any argument is shown too, but as a mistake', async () => {
    const { code, stdout } = await runCli([]);
    expect([code, stdout.startsWith('gapscan finds')]).toEqual([2, true]);
  });

  it.each([['--version'], ['-V'], ['scan --version'], ['scan -V']])('gapscan %s says the version', async (args) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect((await runCli(args.split(' '))).stdout).toBe(`${version}\n`);
  });
});

describe('the examples of the help texts run', () => {
  const examples = COMMAND_NAMES.flatMap((name) => COMMANDS[name].examples);
  it.each(examples)('%s', async (example) => {
    const rig = await scanRig({
      scenes: [sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] })],
      items: [sampleItem({ ratingKey: '101', parts: [{ file: '/p/1.mp4', size: 1 }] })],
    });
    Object.assign(rig.stash.state, { pluginSettings: { plex_url: rig.plex.url, plex_token: TOKEN } });
    await dropOneRow(rig);
    const cwd = tempDir();
    const shim = join(cwd, 'gapscan');
    writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
    chmodSync(shim, 0o755);
    const env = {
      ...cliEnvironment(rig),
      PATH: `${cwd}${delimiter}${process.env['PATH'] ?? ''}`,
      XDG_CONFIG_HOME: cwd,
    };
    // Lists what a scan has left.
    if (example.startsWith('gapscan list')) await scan(rig.options);
    // Fails with what it said unless it ends with 0.
    const before = readdirSync(cwd);
    const { stdout } = await run('sh', ['-c', example], { cwd, env });
    expect(stdout !== '' || readdirSync(cwd).length > before.length).toBe(true);
  });
});

/** So that there is something to put back. */
async function dropOneRow({ queueFile, dataDir }: ScanRig): Promise<void> {
  putJobs(queueFile, { sceneId: 9 });
  const { signal } = new AbortController();
  await dropRows({ queueFile, stateDir: join(dataDir, 'gapscan'), ids: new Set([1]), now: Date.now(), signal });
}

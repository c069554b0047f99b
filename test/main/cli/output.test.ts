import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { Terminal, type OutputWishes } from '../../../src/main/output/terminal.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const world = {
  scenes: [
    sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] }),
    sampleScene({ id: 2, broken: true }),
  ],
  items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

describe('--quiet', () => {
  it.each([['--quiet'], ['-q'], ['-nq']])('%s says one line, and every warning on stderr', async (flag) => {
    const rig = await scanRig(world);
    const config = join(tempDir(), 'g.yml');
    writeFileSync(config, 'stash: { insecure: true }\n', { mode: 0o600 });
    const { code, stdout, stderr } = await runCli(['scan', flag, '-c', config], cliEnvironment(rig));
    expect([code, stdout.trim().split('\n')]).toEqual([3, [expect.stringMatching(/^gapscan: \d scenes? checked, /)]]);
    expect(stderr.split('\n')).toEqual([
      'Warning: The certificate of Stash is not checked (insecure): anybody on the network could pose as it',
      expect.stringMatching(/^Warning: .*: scene 2$/),
      '',
    ]);
  });

  it('leaves warnings to the summary where there is one', async () => {
    const rig = await scanRig(world);
    const { stdout, stderr } = await runCli(['scan'], cliEnvironment(rig));
    expect([stdout.match(/Warning: .*: scene 2$/gm)?.length, stderr]).toEqual([1, '']);
  });

  it.each([[[]], [['--quiet']], [['--json']]])('warnings are told although the run fails: %j', async (flags) => {
    const rig = await scanRig(world);
    mkdirSync(join(rig.dataDir, 'gapscan'));
    writeFileSync(join(rig.dataDir, 'gapscan', 'last-run.msgpack'), 'damaged');
    rig.plex.fault = ({ path }) => (path.includes('/all') ? { kind: 'status', status: 401 } : undefined);
    const { code, stderr } = await runCli(['scan', ...flags], cliEnvironment(rig));
    expect([code, stderr.split('\n').map((line) => line.replace(/: .*/, ''))]).toEqual([
      4,
      expect.arrayContaining(['Warning', expect.stringMatching(/^gapscan$/)]),
    ]);
  });
});

describe('colours', () => {
  const ESCAPE = '\u001b[';

  it.each([
    ['are not used where stdout is no terminal', [], {}, false],
    ['--color always', ['--color', 'always'], {}, true],
    ['--color=always against NO_COLOR', ['--color=always'], { NO_COLOR: '1' }, true],
    ['--color never against FORCE_COLOR', ['--color', 'never'], { FORCE_COLOR: '1' }, false],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR, but NO_COLOR too', [], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['--color auto', ['--color', 'auto'], {}, false],
  ] as const)('%s', async (_, flags, env, colored) => {
    const rig = await scanRig(world);
    const { code, stdout } = await runCli(['scan', '--dry-run', ...flags], { ...cliEnvironment(rig), ...env });
    expect([code, stdout.includes(ESCAPE)]).toEqual([3, colored]);
  });

  it.each([
    [{}, 'auto', true],
    [{ NO_COLOR: '1' }, 'auto', false],
    [{ TERM: 'dumb' }, 'auto', false],
    [{ TERM: 'dumb', FORCE_COLOR: '1' }, 'auto', true],
    [{ FORCE_COLOR: 'false' }, 'auto', false],
    [{}, 'never', false],
  ] as const)('on a terminal with %j and --color %s', (env, color: OutputWishes['color'], expected) => {
    const stream = { isTTY: true, write: () => true };
    const terminal = new Terminal({ stdout: stream, stderr: stream, env });
    terminal.obey({ quiet: false, color });
    expect(terminal.color).toBe(expected);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/cli.js';
import { tempDir } from '../../support/temp-dir.js';

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

async function script(shell: string): Promise<string> {
  const { code, stdout, stderr } = await runCli(['completion', shell]);
  expect([code, stderr]).toEqual([0, '']);
  const path = join(tempDir(), `gapscan.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

/** What is offered for the last of the words, which may be unfinished. */
type Complete = (words: readonly string[]) => Promise<string[]>;

const inBash: Complete = async (words) => {
  const line = words.map((word) => `'${word}'`).join(' ');
  const program = `source '${await script('bash')}'; COMP_WORDS=(gapscan ${line}); COMP_CWORD=${words.length}; _gapscan 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { encoding: 'utf8' }).split('\n').filter(Boolean);
};

const inFish: Complete = async (words) => {
  const directory = tempDir();
  writeFileSync(join(directory, 'gapscan'), '#!/bin/sh\n');
  chmodSync(join(directory, 'gapscan'), 0o755);
  const program = `source '${await script('fish')}'; complete -C 'gapscan ${words.join(' ')}'`;
  const env = { PATH: `${directory}${delimiter}${process.env['PATH'] ?? ''}`, HOME: directory };
  const said = execFileSync('fish', ['--no-config', '-c', program], { encoding: 'utf8', env });
  return said
    .split('\n')
    .map((line) => line.replace(/\t.*/, ''))
    .filter(Boolean);
};

describe.each([
  ['bash', inBash],
  ['fish', inFish],
])('completion in %s', (shell, complete) => {
  const when = it.skipIf(!has(shell));

  when('offers commands first', async () => {
    expect(await complete(['sc'])).toEqual(['scan']);
    expect(await complete(['co'])).toEqual(expect.arrayContaining(['config', 'completion']));
  });

  when('offers the flags of a command', async () => {
    expect(await complete(['scan', '--re'])).toEqual(expect.arrayContaining(['--report', '--retry-failed']));
    expect(await complete(['scan', '--dr'])).toEqual(['--dry-run']);
    expect(await complete(['demo', '--dr'])).toEqual([]);
    expect(await complete(['demo', '--sc'])).toEqual(['--scenes']);
  });

  when('offers the values a flag can have', async () => {
    expect((await complete(['scan', '--include', ''])).sort()).toEqual(['all', 'gaps']);
    expect(await complete(['scan', '--gaps', 'st'])).toEqual(['stale']);
    expect(await complete(['completion', 'f'])).toEqual(['fish']);
  });
});

describe('the script for zsh', () => {
  it.skipIf(!has('zsh'))('is accepted, and knows every flag', async () => {
    const path = await script('zsh');
    const program = `autoload -U compinit; compinit -u -D; source '${path}'; whence -w _gapscan; print -r -- $_comps[gapscan]`;
    const said = execFileSync('zsh', ['-f', '-c', program], {
      encoding: 'utf8',
      env: { ...process.env, ZDOTDIR: tempDir() },
    });
    expect(said).toBe('_gapscan: function\n_gapscan\n');
  });

  it('quotes what zsh would take for syntax', async () => {
    const { stdout } = await runCli(['completion', 'zsh']);
    expect(stdout).toContain(`'[Stash2Plex'\\''s data directory]:data-dir:_files -/'`);
    expect(stdout).toContain('\\: 30m, 24h, 7d');
  });
});

import { copyFileSync, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMANDS } from '../../src/main/cli/commands.js';
import { sampleItem, sampleScene } from '../../src/main/demo/world.js';
import { runCli } from '../support/cli.js';
import { cliEnvironment, scanRig } from '../support/scan-world.js';
import { tempDir } from '../support/temp-dir.js';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const { files, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[]; version: string };

/** The text of a source file, its quotes as they are read; empty for a directory. */
const sourceOf = (file: string) =>
  statSync(file).isDirectory() ? '' : readFileSync(file, 'utf8').replaceAll("\\'", "'");

describe('the documentation', () => {
  it.each(pages)('%s links to what exists', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  it.each(pages)('%s names files that exist, and tests they hold', (page) => {
    const text = readFileSync(page, 'utf8');
    const named = [...text.matchAll(/`((?:test|src|perf|schemas|examples)\/[\w./-]+)`(?:, "([^"]+)")?/g)];
    const lost = named.filter(([, file = '', title = '']) => !existsSync(file) || !sourceOf(file).includes(title));
    expect(lost.map(([all]) => all)).toEqual([]);
  });

  it.each(['docs', 'examples', 'plugin', 'schemas', 'CHANGELOG.md', 'CONTRIBUTING.md'])(
    '%s is in the package',
    (name) => {
      expect(files).toContain(name);
      expect(existsSync(name)).toBe(true);
    },
  );

  it('explains every error code', () => {
    const source = readFileSync('src/main/errors.ts', 'utf8');
    const union = /type ErrorCode =([^;]+);/.exec(source)?.[1] ?? '';
    const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code = '']) => code);
    const [failures = ''] = readFileSync('docs/troubleshooting.md', 'utf8').split('\n## Warnings');
    const listed = [...failures.matchAll(/^\| `(\w+)`/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(10);
    expect(listed).toEqual(codes);
  });
});

describe('the documentation of warnings', () => {
  it('lists every one there is', () => {
    const source = readdirSync('src/main', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join('src/main', name), 'utf8'));
    const about = source.flatMap((text) => [...text.matchAll(/\babout\(\s*'(\w+)'/g)]).map(([, code = '']) => code);
    const plain = source
      .flatMap((text) => [...text.matchAll(/(?:warn\(|onWarning\(|\[|return )\s*\{\s*code: '(\w+)'/g)])
      .map(([, code = '']) => code);
    const listed = readFileSync('docs/troubleshooting.md', 'utf8');
    const codes = [...new Set([...about, ...plain])];
    expect(codes.length).toBeGreaterThan(12);
    expect(codes.filter((code) => !listed.includes(`\`${code}\``))).toEqual([]);
    // Checks that --force passes become warnings under their names.
    const checks = source.flatMap((text) => [...text.matchAll(/check: '(\w+)'/g)]).map(([, code = '']) => code);
    expect([...new Set(checks)].filter((code) => !listed.includes(`\`${code}\``))).toEqual([]);
  });
});

/** Commands that cannot run in a test, and why. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm (ci|test|run|install|pack)\b/, 'they install, or run these very tests'],
  [/^export /, 'sets what the test sets'],
  [/^(systemctl|docker|apk) /, 'needs root, or an engine'],
];

describe('every command in the documentation', () => {
  const commands = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)]
      .flatMap(([, block = '']) => block.split('\n'))
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/^(npx gapscan|node dist\/main\/bin\.js)\b/, 'gapscan')),
  );
  // The tests of the help texts run those that are examples there.
  const examples = new Set(Object.values(COMMANDS).flatMap((command) => command.examples));
  const all = [...new Set(commands)].filter((command) => !examples.has(command));

  it('runs', { timeout: 180_000 }, async () => {
    const files = (id: number) => [{ path: `/data/a/${id}.mp4`, size: id, duration: 60 }];
    const rig = await scanRig({
      scenes: [1, 12].map((id) => sampleScene({ id, details: 'd', files: files(id) })),
      items: [sampleItem({ ratingKey: '101', parts: [{ file: '/media/a/12.mp4', size: 12, duration: 60_000 }] })],
    });
    const cwd = tempDir();
    const ended: unknown[] = [];
    // Some look at what the last scan has left.
    await runCli(['scan'], cliEnvironment(rig), { cwd });
    for (const command of all) {
      if (NOT_RUN.some(([pattern]) => pattern.test(command))) continue;
      const [program, ...args] = command.split(' ');
      expect(program, command).toBe('gapscan');
      const { code, stderr } = await runCli(args[0] === 'completion' ? args.slice(0, 2) : args, cliEnvironment(rig), {
        cwd,
      });
      // Some checks of the doctor fail where no plugin works, a drop wants to be told that it is meant, and not everywhere
      // has something been dropped before it is put back.
      const isFine =
        code === 0 ||
        (args[0] === 'doctor' && code === 1) ||
        (args[1] === 'drop' && stderr.includes('--yes')) ||
        (args[1] === 'restore' && stderr.includes('no dropped rows'));
      if (!isFine) ended.push([command, code, stderr]);
    }
    expect(ended).toEqual([]);
    expect(new Set(commands).size).toBeGreaterThan(20);
  });
});

/** Of a Docker daemon that answers: the client alone builds nothing. */
const hasEngine = spawnSync('docker', ['info']).status === 0;
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;

describe('the samples', () => {
  it('are YAML where they should be', () => {
    for (const file of ['examples/compose.yml', 'plugin/gapscan-plugin.yml'])
      expect(parse(readFileSync(file, 'utf8'))).toBeTypeOf('object');
  });

  it('have a Dockerfile without a fault', () => {
    expect(validate(readFileSync('examples/Dockerfile', 'utf8'))).toEqual([]);
    expect(validate('FROM\nRUNN x').map(({ severity }) => severity)).toEqual([1, 1]);
  });

  it.skipIf(!hasCompose)('have a compose file that compose takes', () => {
    const { status, stderr } = spawnSync('docker', ['compose', '--file', 'examples/compose.yml', 'config', '--quiet'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });

  it.skipIf(!hasEngine)('make an image that runs', { timeout: 600_000 }, () => {
    const directory = tempDir();
    const docker = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8', cwd: directory });
      expect(status, stderr).toBe(0);
      return stdout.trim();
    };
    const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory], {
      encoding: 'utf8',
    });
    copyFileSync('examples/Dockerfile', join(directory, 'Dockerfile'));
    const image = docker('build', '--quiet', '--build-arg', `GAPSCAN=./${packed.stdout.trim()}`, '.');
    expect(docker('run', '--rm', image, '--version')).toBe(version);
  });

  it('say what a night does, each the same', () => {
    const wanted = ['--gaps', 'empty', 'stale', '--refresh-plex', '--process-queue', '--wait', '30m', '--quiet'];
    for (const name of ['Dockerfile', 'crontab', 'gapscan.service', 'task-scheduler.cmd']) {
      const words = readFileSync(join('examples', name), 'utf8').split(/[\s",[\]]+/);
      expect(
        wanted.filter((word) => !words.includes(word)),
        name,
      ).toEqual([]);
    }
  });

  it.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('pass systemd-analyze verify', () => {
    const { status, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', 'examples/gapscan.service', 'examples/gapscan.timer'],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
  });
});

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs').map((name) => join('docs', name)),
];
const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };

describe('the documentation', () => {
  it.each(pages)('%s links to what exists', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
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
    const listed = [...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^\| `(\w+)`/gm)].map(
      ([, code = '']) => code,
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(listed).toEqual(codes);
  });
});

describe('the samples', () => {
  it('are YAML where they should be', () => {
    for (const file of ['examples/compose.yml', 'plugin/gapscan-plugin.yml'])
      expect(parse(readFileSync(file, 'utf8'))).toBeTypeOf('object');
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

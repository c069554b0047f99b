import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../../src/main/generate/config-schema.js';
import { generatedFiles } from '../../../src/main/generate/pages.js';
import type { Setting } from '../../../src/main/config/setting.js';
import { SETTINGS } from '../../../src/main/config/settings-table.js';

const rows = Object.values<Setting<unknown>>(SETTINGS);

describe('what is made from the settings table', () => {
  it.each(Object.keys(generatedFiles()))('%s is up to date (npm run generate)', (path) => {
    const [made = '', stored] = [generatedFiles()[path], readFileSync(path, 'utf8')];
    // The formatter has its own idea of short lists in JSON.
    if (path.endsWith('.json')) expect(JSON.parse(stored)).toEqual(JSON.parse(made));
    else expect(stored).toBe(made);
  });

  it('names every flag, variable and key', () => {
    const [page = '', man = ''] = ['docs/settings.md', 'man/gapscan.1'].map((path) => generatedFiles()[path]);
    for (const { flag, env, config = [] } of rows) {
      for (const text of [flag && `--${flag}`, env, ...config]) if (text) expect(page).toContain(text);
      if (flag) expect(man).toContain(`\\-\\-${flag.replaceAll('-', '\\-')}`);
    }
  });

  it.skipIf(spawnSync('man', ['--version']).status !== 0)('is a manual page without warnings', () => {
    const { status, stdout, stderr } = spawnSync('man', ['--warnings=all', '-l', 'man/gapscan.1'], {
      encoding: 'utf8',
      env: { ...process.env, MANPAGER: 'cat', MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('-n, --dry-run');
  });
});

describe('every setting', () => {
  it.each(Object.entries<Setting<unknown>>(SETTINGS))(
    '%s can be set somewhere, under a name of its own',
    (name, row) => {
      expect([row.flag, row.env, row.config].some(Boolean)).toBe(true);
      for (const key of ['flag', 'short', 'env', 'option'] as const) {
        if (row[key] !== undefined) expect(rows.filter((other) => other[key] === row[key])).toHaveLength(1);
      }
      expect([name, row.isSecret === true && row.flag !== undefined]).toEqual([name, false]);
    },
  );
});

describe('the schema of the config file', () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(configSchema());

  it.each([
    ['', true],
    ['stashUrl: http://h', true],
    ['stashUrl: ${URL}', true],
    ['stashUrl: localhost:9999', false],
    ['stash: { url: http://h, apiKeyFile: ~/k, insecure: true }', true],
    ['stash: http://h', false],
    ['threads: 2', true],
    ['threads: ${N}', true],
    ['threads: two', false],
    ['threads: 65', false],
    ['gaps: []', false],
    ['gaps: [empty]', true],
    ['gaps: [stael]', false],
    ['retryAfter: 7d', true],
    ['retryAfter: soon', false],
    ['libraries: [Clips, 3]', true],
    ['reports: [a.json, b.NDJSON]', true],
    ['reports: [a.txt]', false],
    ['pathMappings: [{ stash: /a, plex: /b }, { from: /c, to: /d }]', true],
    ['pathMappings: { /a: /b }', true],
    ['pathMappings: { stash: /b, plex: /c }', false],
    ['nonsense: 1', false],
  ])('%s', (yaml, isValid) => {
    expect(validate(parse(yaml) ?? {})).toBe(isValid);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFlags } from '../../../src/main/cli/parse-flags.js';
import { Problems } from '../../../src/main/config/problems.js';
import { readSettings } from '../../../src/main/config/read-settings.js';
import { SETTINGS } from '../../../src/main/config/settings-table.js';
import { didYouMean } from '../../../src/main/config/suggest.js';
import { DEMO_SETTINGS } from '../../../src/main/commands/own-settings.js';
import { ConfigError } from '../../../src/main/errors.js';
import { tempDir } from '../../support/temp-dir.js';

const NOW = Date.UTC(2026, 0, 31, 12);

function read(...argv: string[]) {
  const problems = new Problems();
  const { flags } = parseFlags(argv, SETTINGS);
  const { values } = readSettings(SETTINGS, { flags, env: { HOME: '/home/me' }, now: NOW }, problems);
  problems.throwIfAny();
  return values;
}

function refused(...argv: string[]): ConfigError {
  try {
    read(...argv);
  } catch (error: unknown) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('flags of scan', () => {
  it('are all understood', () => {
    const values =
      '--stash-url http://s/ --plex-url http://p --library A,B --library=C --data-dir /d --state-dir /t --config c';
    const rest =
      '--gaps missing,empty --ids 3,1 --threads 4 --report /a.NDJSON --report /b.json --include all --limit 5 --pictures none --stash-url-for-worker http://w --color never';
    const switches = '--dry-run --retry-failed --allow-unsafe-names --process-queue --force --fail-on-gaps --json';
    const argv = `${values} ${rest} ${switches} --quiet --verbose`.split(' ');
    expect(read(...argv)).toEqual({
      stashUrl: 'http://s',
      plexUrl: 'http://p',
      libraries: ['A,B', 'C'],
      dataDir: '/d',
      stateDir: '/t',
      config: 'c',
      gaps: ['empty', 'missing'],
      ids: [3, 1],
      threads: 4,
      reports: [
        { path: '/a.NDJSON', format: 'ndjson' },
        { path: '/b.json', format: 'json' },
      ],
      include: 'all',
      limit: 5,
      pictures: 'none',
      stashUrlForWorker: 'http://w',
      color: 'never',
      dryRun: true,
      retryFailed: true,
      allowUnsafeNames: true,
      processQueue: true,
      force: true,
      failOnGaps: true,
      json: true,
      quiet: true,
      verbose: true,
    });
  });

  it('have short forms, which can stand together', () => {
    expect(read('-nqv', '-c', 'x.yml')).toEqual({ dryRun: true, quiet: true, verbose: true, config: 'x.yml' });
    expect(read('-nc', '~/x.yml')).toEqual({ dryRun: true, config: '/home/me/x.yml' });
  });

  it('take ~ and paths from the working directory', () => {
    expect(read('--data-dir=~/d', '--state-dir', 's', '--report=~/r.json')).toEqual({
      dataDir: '/home/me/d',
      stateDir: join(process.cwd(), 's'),
      reports: [{ path: '/home/me/r.json', format: 'json' }],
    });
  });

  it.each([
    ['30m', NOW / 1000 - 1800],
    ['24h', NOW / 1000 - 86_400],
    ['7d', NOW / 1000 - 604_800],
    ['2w', NOW / 1000 - 1_209_600],
    ['2024-02-29', Date.UTC(2024, 1, 29) / 1000],
    ['2026-01-31T10:00Z', Date.UTC(2026, 0, 31, 10) / 1000],
    ['2026-01-31T10:00:30.5+02:00', Date.UTC(2026, 0, 31, 8, 0, 30, 500) / 1000],
    ['2026-01-31 10:00', new Date(2026, 0, 31, 10).getTime() / 1000],
  ])('--since %s', (text, epochSeconds) => {
    expect(read('--since', text)).toEqual({ since: epochSeconds });
  });

  it.each([
    ...['yesterday', '24', '1.5h', '24H', '2026-02-31', '2026-02-30T10:00Z', '2026-13-01', '2026-1-1'],
    ...['2026-01-31T25:00Z', '2026-01-31T10:00 PST', '2026-01-31T10'],
  ])('--since=%s is refused', (text) => {
    const expected = 'a span like 30m, 24h, 7d, 2w or an ISO date like 2026-01-31';
    expect(refused(`--since=${text}`).message).toBe(`--since: expected ${expected}, got "${text}"`);
  });

  it.each([
    ['--threads', '65', 'expected a whole number from 0 to 64, got "65"'],
    ['--threads', '0x2', 'expected a whole number from 0 to 64, got "0x2"'],
    ['--limit', '0', 'expected a whole number of 1 or more, got "0"'],
    ['--limit', '1.5', 'expected a whole number of 1 or more, got "1.5"'],
    [
      '--report',
      'r.txt',
      'expected a file ending in .ndjson, .json, .csv, .md or .html, or FORMAT:- for standard output, got "r.txt"',
    ],
    ['--include', 'none', 'expected gaps or all, got "none"'],
    ['--color', 'blue', 'expected auto, always or never, got "blue"'],
    ['--pictures', 'some', 'expected poster, all or none, got "some"'],
    ['--since-field', 'date', 'expected updated_at or created_at, got "date"'],
    ['--data-dir', '', 'expected a value, got ""'],
    ['--library', ' ', 'expected a value, got ""'],
  ])('%s %j is refused', (flag, value, what) => {
    const error = refused(`${flag}=${value}`);
    expect([error.message, error.code, error.exitCode]).toEqual([`${flag}: ${what}`, 'usage', 2]);
  });

  it('that are wrong are said all at once', () => {
    expect(refused('--threads', 'x', '--include=y', '--gaps', 'stael,empty,mising').message.split('\n')).toEqual([
      '4 problems with the settings',
      '--include: expected gaps or all, got "y"',
      '--gaps: expected a comma list of empty, stale, missing, lost, got "stael"',
      '--gaps: expected a comma list of empty, stale, missing, lost, got "mising"',
      '--threads: expected a whole number from 0 to 64, got "x"',
    ]);
    expect(refused('--nonsense', '--dry-run=1', '--config').message.split('\n')).toEqual([
      '3 problems with the flags',
      '--nonsense: unknown flag',
      '--dry-run: takes no value',
      '--config: expected a value',
    ]);
  });
});

describe('--ids and --gaps', () => {
  const list = (content: string) => {
    const path = join(tempDir(), 'ids.txt');
    writeFileSync(path, content);
    return `@${path}`;
  };

  it('may repeat', () => {
    expect(read('--gaps', 'missing', '--gaps', 'empty,missing')).toEqual({ gaps: ['empty', 'missing'] });
    expect(read('--ids', '5,3', '--ids=3,9')).toEqual({ ids: [5, 3, 9] });
  });

  it.each([
    ['1,2,3', [1, 2, 3]],
    ['7', [7]],
    ['3-6', [3, 4, 5, 6]],
    ['5-5,1', [5, 1]],
    ['4,2-5', [4, 2, 3, 5]],
    [' 1 2\t3,\n4 , ', [1, 2, 3, 4]],
    ['2147483647', [2147483647]],
  ])('--ids %j', (text, ids) => {
    expect(read('--ids', text)).toEqual({ ids });
  });

  it.each([
    ['1\n2\n3\n', [1, 2, 3]],
    ['1, 2,\r\n10-12', [1, 2, 10, 11, 12]],
    ['\uFEFF4 5', [4, 5]],
  ])('--ids @FILE with %j', (content, ids) => {
    expect(read('--ids', list(content))).toEqual({ ids });
  });

  const EXPECTED = 'expected scene ids like 1,2,10-20, @FILE, or - for standard input, got';
  it.each([
    ['0', `${EXPECTED} "0"`],
    ['2147483648', `${EXPECTED} "2147483648"`],
    ['1e3', `${EXPECTED} "1e3"`],
    ['5-3', `${EXPECTED} "5-3"`],
    ['1-', `${EXPECTED} "1-"`],
    [',', `${EXPECTED} none`],
    ['1-2000000000', 'expected at most 1,000,000 scene ids, got more'],
    ['@/none/ids.txt', 'cannot read /none/ids.txt (ENOENT)'],
  ])('--ids %j is refused', (text, what) => {
    expect(refused('--ids', text).message).toBe(`--ids: ${what}`);
  });

  it('an empty file of ids is refused: it must not mean every scene', () => {
    expect(refused('--ids', list(' \n')).message).toBe(`--ids: ${EXPECTED} none`);
  });
});

describe('what is no flag', () => {
  it.each([
    ['--librarry', '--librarry: unknown flag; did you mean --library?'],
    ['--dryrun', '--dryrun: unknown flag; did you mean --dry-run?'],
    ['--Dry-Run', '--Dry-Run: unknown flag; did you mean --dry-run?'],
    ['--librarry=MARKED', '--librarry: unknown flag; did you mean --library?'],
    ['--xyzzy-plugh', '--xyzzy-plugh: unknown flag'],
    ['--threads2', '--threads2: unknown flag; did you mean --threads?'],
    ['--MARKED99', '--: unknown flag'],
    ['--k7f9a8e6d5c4', '--: unknown flag'],
  ])('%s', (argument, message) => {
    expect(refused(argument).message).toBe(message);
  });

  it.each([
    ['--plex-token', 'MARKED'],
    ['--plex-token=MARKED'],
    ['--plex-token:MARKED'],
    ['--stash-api-key', 'MARKED'],
    ['--api-key=MARKED'],
    ['--apikey=MARKED'],
    ['--token', 'MARKED'],
    ['--plex-password=MARKED'],
  ])('a secret by flag: %s', (...argv) => {
    const { message } = refused(...argv);
    expect(message).toMatch(
      /^--?[a-z-]+: secrets are not taken from flags, where other users could see them; set STASH_/,
    );
    expect(message).not.toContain('MARKED');
  });

  it.each([
    ['-tokenMARKED', '-t: unknown flag'],
    ['-qMARKED', '--: unknown flag'],
    ['-qmarked', '-m: unknown flag'],
  ])('letters together: %s', (argument, message) => {
    expect(refused(argument).message).toBe(message);
  });
});

describe('flags of demo', () => {
  it('have bounds', () => {
    const problems = new Problems();
    const given = (...argv: string[]) => ({ ...parseFlags(argv, DEMO_SETTINGS), env: {} });
    expect(readSettings(DEMO_SETTINGS, given('--scenes', '100', '--seed=0'), problems).values).toEqual({
      scenes: 100,
      seed: 0,
    });
    readSettings(DEMO_SETTINGS, given('--scenes', '99'), problems);
    expect(problems.list).toEqual([{ place: '--scenes', what: 'expected a whole number from 100 to 50000, got "99"' }]);
  });
});

describe('did you mean', () => {
  it.each([
    ['sacn', '; did you mean scan?'],
    ['demoo', '; did you mean demo?'],
    ['explain', ''],
  ])('%s', (word, suggestion) => {
    expect(didYouMean(word, ['scan', 'demo', 'help'])).toBe(suggestion);
  });
});

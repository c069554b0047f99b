import { describe, expect, it } from 'vitest';
import { didYouMean, parseDemoFlags, parseScanFlags } from '../../../src/main/cli/flags.js';
import { ConfigError } from '../../../src/main/errors.js';

const NOW = Date.UTC(2026, 0, 31, 12);

function refusal(parse: () => unknown): ConfigError {
  try {
    parse();
  } catch (error: unknown) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const refused = (...argv: string[]) => refusal(() => parseScanFlags(argv, NOW));

describe('flags of scan', () => {
  it('are all understood', () => {
    const values = '--stash-url s --plex-url p --library A,B --library=C --data-dir d --state-dir t --config c';
    const rest = '--gaps missing,empty --ids 3,1 --threads 4 --report a.NDJSON --report b.json --include all';
    const switches = '--dry-run --retry-failed --allow-unsafe-names --process-queue --force --fail-on-gaps --json';
    const argv = `${values} ${rest} ${switches} --quiet --verbose`.split(' ');
    expect(parseScanFlags(argv, NOW)).toEqual({
      stashUrl: 's',
      plexUrl: 'p',
      libraries: ['A,B', 'C'],
      dataDir: 'd',
      stateDir: 't',
      config: 'c',
      gaps: ['empty', 'missing'],
      since: undefined,
      ids: [3, 1],
      threads: 4,
      reports: [
        { path: 'a.NDJSON', format: 'ndjson' },
        { path: 'b.json', format: 'json' },
      ],
      include: 'all',
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
    expect(parseScanFlags(['--since', text], NOW).since).toEqual({ epochSeconds, field: 'updated_at' });
    const created = parseScanFlags(['--since', text, '--since-field', 'created_at'], NOW);
    expect(created.since?.field).toBe('created_at');
  });

  it.each(['', 'yesterday', '24', '-1d', '1.5h', '24H', '2026-02-31', '2026-02-30T10:00Z', '2026-13-01', '2026-1-1'])(
    '--since=%s is refused',
    (text) => {
      const expected = 'a span like 30m, 24h, 7d, 2w or an ISO date like 2026-01-31';
      const message = `Expected ${text === '' ? 'a value' : expected} for --since, got "${text}"`;
      expect(refused(`--since=${text}`).message).toBe(message);
    },
  );

  it.each(['2026-01-31T25:00Z', '2026-01-31T10:00 PST', '2026-01-31T10'])('--since=%s is refused too', (text) => {
    expect(refused(`--since=${text}`).message).toContain(`for --since, got "${text}"`);
  });

  it.each([
    ['--gaps', 'empty,stael', 'Expected a comma list of empty, stale, missing for --gaps, got "stael"'],
    ['--ids', '1,,2', 'Expected scene ids like 1,2,3 for --ids, got ""'],
    ['--ids', '0', 'Expected scene ids like 1,2,3 for --ids, got "0"'],
    ['--ids', '2147483648', 'Expected scene ids like 1,2,3 for --ids, got "2147483648"'],
    ['--ids', '1e3', 'Expected scene ids like 1,2,3 for --ids, got "1e3"'],
    ['--threads', '65', 'Expected a whole number from 0 to 64 for --threads, got "65"'],
    ['--threads', '0x2', 'Expected a whole number from 0 to 64 for --threads, got "0x2"'],
    ['--report', 'r.xls', 'Expected a file ending in .ndjson, .json, .csv or .html for --report, got "r.xls"'],
    ['--include', 'none', 'Expected gaps or all for --include, got "none"'],
    ['--since-field', 'date', 'Expected updated_at or created_at for --since-field, got "date"'],
    ['--since-field', 'created_at', '--since-field says which time --since looks at, but --since is not given'],
    ['--data-dir', '', 'Expected a value for --data-dir, got ""'],
    ['--library', ' ', 'Expected a value for --library, got ""'],
  ])('%s %j is refused', (flag, value, message) => {
    const error = refused(`${flag}=${value}`);
    expect([error.message, error.code, error.exitCode]).toEqual([message, 'usage', 2]);
  });
});

describe('what is no flag', () => {
  it.each([
    ['--librarry', 'Unknown flag --librarry; did you mean --library?'],
    ['--dryrun', 'Unknown flag --dryrun; did you mean --dry-run?'],
    ['--librarry=MARKED', 'Unknown flag --librarry; did you mean --library?'],
    ['--xyzzy-plugh', 'Unknown flag --xyzzy-plugh'],
    ['--MARKED99', 'Unknown flag'],
    ['-qMARKED', 'Unknown flag'],
    ['MARKED', 'Unexpected argument: only flags are taken here'],
  ])('%s', (argument, message) => {
    expect(refused(argument).message).toBe(message);
    expect(refusal(() => parseDemoFlags(['--librari', argument])).message).not.toContain('MARKED');
  });

  it.each([
    ['--plex-token', 'MARKED'],
    ['--plex-token=MARKED'],
    ['--plex-token:MARKED'],
    ['--stash-api-key', 'MARKED'],
    ['--api-key=MARKED'],
    ['--apikey=MARKED'],
    ['--token', 'MARKED'],
    ['-tokenMARKED'],
    ['--plex-password=MARKED'],
  ])('a secret by flag: %s', (...argv) => {
    const { message, hint } = refused(...argv);
    expect(message).toMatch(
      /^--?[a-z-]+ does not exist: secrets are not taken from flags, where other users could see them$/,
    );
    expect(hint).toBe('Set STASH_API_KEY or PLEX_TOKEN, their _FILE forms, or the config file.');
    expect(message).not.toContain('MARKED');
  });
});

describe('flags of demo', () => {
  it('have defaults and bounds', () => {
    const output = { json: false, quiet: false, verbose: false };
    expect(parseDemoFlags([])).toEqual({ scenes: 3000, seed: 1, ...output });
    expect(parseDemoFlags(['--scenes', '100', '--seed=0'])).toEqual({ scenes: 100, seed: 0, ...output });
    const { message } = refusal(() => parseDemoFlags(['--scenes', '99']));
    expect(message).toBe('Expected a whole number from 100 to 50000 for --scenes, got "99"');
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

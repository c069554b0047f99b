import { ConfigError, scan, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { scanRig } from '../../support/scan-world.js';

async function refusal(options: ScanOptions): Promise<ConfigError> {
  const error: unknown = await scan(options).catch((cause: unknown) => cause);
  if (error instanceof ConfigError) return error;
  throw error instanceof Error ? error : new Error('it was accepted');
}

/** As a program without types would pass them. */
const untyped = (options: Record<string, unknown>) => options as Partial<ScanOptions>;

describe('scan(options) refuses', () => {
  it.each<[string, Record<string, unknown>]>([
    ['gaps: expected a list of empty, stale, missing, lost, got an empty list', { gaps: [] }],
    ['gaps: expected a list of empty, stale, missing, lost, got a list', { gaps: ['stael'] }],
    ['gaps: expected a list of empty, stale, missing, lost, got "empty"', { gaps: 'empty' }],
    ['ids: expected scene ids like 1,2,10-20, @FILE, or - for standard input, got an empty list', { ids: [] }],
    ['ids: expected scene ids like 1,2,10-20, @FILE, or - for standard input, got a list', { ids: [0] }],
    ['ids: expected scene ids like 1,2,10-20, @FILE, or - for standard input, got a list', { ids: ['1'] }],
    ['libraries: expected a list of library titles or keys, got an empty list', { libraries: [] }],
    ['libraries: expected a list of library titles or keys, got a list', { libraries: [' '] }],
    [
      'pathMappings: expected a list of {stash: directory, plex: directory}, got a list',
      { pathMappings: [{ stash: '/a' }] },
    ],
    [
      'reports: expected a list of files ending in .ndjson, .json, .csv, .md or .html, or FORMAT:- for standard output, got a list',
      { reports: [{ path: 'r.txt', format: 'txt' }] },
    ],
    ['threads: expected a whole number from 0 to 64, got 1.5', { threads: 1.5 }],
    ['threads: expected a whole number from 0 to 64, got "2"', { threads: '2' }],
    ['limit: expected a whole number of 1 or more, got 0', { limit: 0 }],
    ['include: expected gaps or all, got "none"', { include: 'none' }],
    ['plexDate: expected auto, counts or ignored, got "always"', { plexDate: 'always' }],
    ['pictures: expected poster, all or none, got true', { pictures: true }],
    ['stashUrlForWorker: expected a URL like http://stash:9999, got a text', { stashUrlForWorker: 'MARKED' }],
    ['retryAfterSeconds: expected a span like 12h or 7d, or seconds, got -1', { retryAfterSeconds: -1 }],
    ['retryAfterSeconds: expected a span like 12h or 7d, or seconds, got NaN', { retryAfterSeconds: NaN }],
    ['dryRun: expected true or false, got "yes"', { dryRun: 'yes' }],
    ['dataDir: expected a path, got an empty text', { dataDir: ' ' }],
    ['dataDir: expected a path, got nothing', { dataDir: undefined }],
    ['stateDir: expected a path, got 5', { stateDir: 5 }],
    ['since: expected {epochSeconds: a number, field: updated_at or created_at}', { since: '24h' }],
    [
      'since: expected {epochSeconds: a number, field: updated_at or created_at}',
      { since: { epochSeconds: NaN, field: 'updated_at' } },
    ],
    [
      'since: expected {epochSeconds: a number, field: updated_at or created_at}',
      { since: { epochSeconds: 1, field: 'date' } },
    ],
    ['since: cannot be combined with ids', { since: { epochSeconds: 1, field: 'updated_at' }, ids: [1] }],
    ['stash: expected {url, ...}, got nothing', { stash: undefined }],
    ['plex: expected {url, ...}, got a text', { plex: 'http://MARKED' }],
    ['stash.url: expected a URL, got nothing', { stash: {} }],
    ['stash.url: expected a URL like http://localhost:9999', { stash: { url: 'MARKED' } }],
    [
      'stash.url: expected a URL like http://localhost:9999; did you mean http://localhost:9999?',
      { stash: { url: 'localhost:9999' } },
    ],
    ['stash.url: expected the base URL; did you mean http://h:9999?', { stash: { url: 'http://h:9999/graphql' } }],
    [
      'plex.url: must not hold a user, password or query; did you mean http://h?',
      { plex: { url: 'http://u:MARKED@h' } },
    ],
    ['plex.retries: expected a whole number from 0 to 20, got -1', { plex: { url: 'http://h', retries: -1 } }],
    [
      'plex.timeoutSeconds: expected a whole number from 1 to 3600, got 0',
      { plex: { url: 'http://h', timeoutSeconds: 0 } },
    ],
    ['plex.insecure: expected true or false, got 1', { plex: { url: 'http://h', insecure: 1 } }],
    ['plex.secret: expected a text, got a number', { plex: { url: 'http://h', secret: 5 } }],
  ])('%s', async (message, options) => {
    const rig = await scanRig({ scenes: [] });
    const error = await refusal({ ...rig.options, ...untyped(options) });
    expect([error.message, error.code, error.exitCode]).toEqual([message, 'config_invalid', 2]);
    expect(error.stack).not.toContain('MARKED');
    expect([...rig.stash.requests, ...rig.plex.requests]).toEqual([]);
  });

  it('everything that is wrong at once, and before the data directory is looked for', async () => {
    const rig = await scanRig({ scenes: [] });
    const error = await refusal({ ...rig.options, dataDir: '/nonexistent', threads: -1, limit: 0, ids: [] });
    expect(error.message.split('\n').map((line) => line.replace(/:.*/, ''))).toEqual([
      '3 problems with the options',
      'ids',
      'limit',
      'threads',
    ]);
  });

  it('no options at all', async () => {
    const error = await refusal(undefined as unknown as ScanOptions);
    expect(error.message).toBe('options: expected an object, got nothing');
  });
});

describe('scan(options) takes', () => {
  it('every option there is', async () => {
    const rig = await scanRig({ scenes: [] });
    const summary = await scan({
      ...rig.options,
      libraries: ['Clips'],
      pathMappings: [],
      plexDate: 'auto',
      gaps: ['empty'],
      limit: 1,
      pictures: 'all',
      stashUrlForWorker: 'http://stash:9999',
      ids: [1],
      threads: 0,
      dryRun: true,
      retryFailed: false,
      retryAfterSeconds: 0.5,
      reports: [],
      include: 'all',
      force: true,
    });
    expect(summary.scenes.checked).toBe(0);
  });
});

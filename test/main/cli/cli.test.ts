import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import type { ScanSummary } from '../../../src/main/scan-types.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig, TOKEN } from '../../support/scan-world.js';
import { tempDir } from '../../support/temp-dir.js';

const scenes = [1, 2].map((id) =>
  sampleScene({ id, details: 'd', files: [{ path: `/s/${id}.mp4`, size: 1, duration: 1 }] }),
);
const items = [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })];

describe('gapscan scan', () => {
  it('prints exactly one object with --json, and nothing else', async () => {
    const rig = await scanRig({ scenes, items });
    const { code, stdout, stderr } = await runCli(['scan', '--json'], cliEnvironment(rig));
    const summary = JSON.parse(stdout) as ScanSummary;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Object.keys(summary)).toEqual([
      'schema',
      'version',
      'dryRun',
      'audit',
      'startedAt',
      'finishedAt',
      'elapsedSeconds',
      'scope',
      'plex',
      'scenes',
      'verdicts',
      'queue',
      'sinceLastRun',
      'roots',
      'missing',
      'threads',
      'requests',
      'retries',
      'asked',
      'phases',
      'warnings',
    ]);
    expect(summary).toMatchObject({
      schema: 'gapscan.summary/1',
      plex: { sections: [{ key: '1', title: 'Clips', items: 1 }], items: 1, files: 1 },
      scenes: { checked: 2 },
      verdicts: { empty: 1, missing: 1 },
      queue: { enqueued: 2 },
    });
    expect(readdirSync(rig.dataDir).sort()).toEqual(['gapscan', 'queue', 'sync_timestamps.json']);
  });

  it('writes nothing in a dry run, not even its own state', async () => {
    const rig = await scanRig({ scenes, items });
    const { code, stdout } = await runCli(['scan', '--dry-run', '--json'], cliEnvironment(rig));
    expect([code, (JSON.parse(stdout) as ScanSummary).queue.enqueued]).toEqual([0, 2]);
    expect(readdirSync(rig.dataDir)).toEqual(['sync_timestamps.json']);
  });

  it('needs no more than Stash and the data directory where Stash2Plex is installed', async () => {
    const rig = await scanRig({ scenes, items });
    Object.assign(rig.stash.state, {
      pluginSettings: { plex_url: `${rig.plex.url}/`, plex_token: TOKEN, plex_library: 'clips, ' },
    });
    const { STASH_URL, STASH_API_KEY, GAPSCAN_DATA_DIR } = cliEnvironment(rig);
    const { code, stdout } = await runCli(['scan'], { STASH_URL, STASH_API_KEY, GAPSCAN_DATA_DIR });
    expect(code).toBe(0);
    expect(stdout).toContain('Checked 2 scenes against 1 Plex item (Clips)');
  });

  it('finds the data directory below the plugins of Stash', async () => {
    const rig = await scanRig({ scenes, items });
    const pluginsPath = tempDir();
    const dataDir = join(pluginsPath, 'community', 'Stash2Plex', 'data');
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dirname(dataDir), 'Stash2Plex.yml'), 'name: Stash2Plex\n');
    writeFileSync(join(dataDir, 'sync_timestamps.json'), '{}');
    Object.assign(rig.stash.state, { pluginsPath });
    const env = { ...cliEnvironment(rig), GAPSCAN_DATA_DIR: '' };
    const { code } = await runCli(['scan', '--quiet'], env);
    expect([code, existsSync(join(dataDir, 'queue', 'data.db'))]).toEqual([0, true]);
  });

  it('says what it found and what to do next', async () => {
    const rig = await scanRig({ scenes, items });
    const { stdout, stderr } = await runCli(['scan', '--report', join(rig.dataDir, 'r.json')], cliEnvironment(rig));
    expect(stderr).toBe('');
    expect(stdout.replace(/Took .*(\n {2}.*)?/, 'Took').split('\n')).toEqual([
      'Checked 2 scenes against 1 Plex item (Clips)',
      '',
      '          1  empty            the Plex item has no metadata',
      '          1  missing          no Plex item is this scene',
      '',
      '2 gaps',
      '',
      '          2  enqueued         new job queued',
      '',
      'Why scenes are missing',
      '          1  in no Plex library: /s',
      '             add /p (/s in Stash) to a Plex library, or leave it alone (ignore.paths)',
      '',
      'Took',
      `Report: ${join(rig.dataDir, 'r.json')}`,
      'Next: start the task "Process Queue" of Stash2Plex in Stash, or use --process-queue',
      'Next: put into the config file: pathMappings: [{ stash: "/s", plex: "/p" }]',
      '',
    ]);
    const report = JSON.parse(readFileSync(join(rig.dataDir, 'r.json'), 'utf8')) as { scenes: { sceneId: number }[] };
    expect(report.scenes.map(({ sceneId }) => sceneId)).toEqual([1, 2]);
  });

  it('asks Stash to work on the queue with --process-queue', async () => {
    const rig = await scanRig({ scenes, items });
    expect((await runCli(['scan', '--process-queue', '--quiet'], cliEnvironment(rig))).code).toBe(0);
    expect(rig.stash.state.processQueueCalls).toBe(1);
  });

  it.each([
    [['--gaps', 'empty', '--json'], 0, { enqueued: 1, not_selected: 1 }],
    [['--fail-on-gaps', '--json'], 1, { enqueued: 2 }],
    [['--ids', '2', '--json'], 0, { enqueued: 1 }],
    [['--since', '24h', '--json'], 0, { enqueued: 0 }],
    [['--since', '2025-06-01T07:59:59Z', '--json'], 0, { enqueued: 2 }],
    [['--since', '2025-06-01T08:00:01Z', '--json'], 0, { enqueued: 0 }],
  ])('%j exits %i', async (flags, exit, queue) => {
    const rig = await scanRig({ scenes, items });
    const { code, stdout } = await runCli(['scan', ...flags], cliEnvironment(rig));
    expect(code).toBe(exit);
    expect((JSON.parse(stdout) as ScanSummary).queue).toMatchObject(queue);
  });

  it('exits with 3 when a scene could not be read', async () => {
    const rig = await scanRig({ scenes: [...scenes, sampleScene({ id: 3, broken: true })], items });
    const { code, stdout } = await runCli(['scan', '--json'], cliEnvironment(rig));
    expect([code, (JSON.parse(stdout) as ScanSummary).verdicts.unreadable]).toEqual([3, 1]);
  });
});

describe('refusals', () => {
  const url = 'http://127.0.0.1:1';
  it.each([
    ['an unknown flag', ['scan', '--librarry', 'x'], '--librarry: unknown flag; did you mean --library?'],
    ['an unknown command', ['scna'], 'Unknown command scna; did you mean scan?'],
    ['a command in capitals', ['Scan'], 'Unknown command Scan; did you mean scan?'],
    ['a command like none', ['frobnicate2'], 'Unknown command frobnicate2'],
    ['a word too many', ['scan', 'everything'], 'Unexpected argument everything: gapscan scan takes only flags'],
    [
      'a flag without its command',
      ['--dry-run'],
      'Expected a command before --dry-run; did you mean gapscan scan --dry-run?',
    ],
    ['a short one', ['-n'], 'Expected a command before -n; did you mean gapscan scan -n?'],
    ['one with a value', ['--gaps=empty'], 'Expected a command before --gaps; did you mean gapscan scan --gaps?'],
    ['one no command has', ['--dryrun'], '--dryrun: unknown flag; did you mean --dry-run?'],
    [
      'a secret by flag',
      ['scan', '--plex-token=abc12345'],
      '--plex-token: secrets are not taken from flags, where other users could see them; set STASH_API_KEY or PLEX_TOKEN, their _FILE forms, or the config file',
    ],
    ['a flag that has no value', ['scan', '--stash-url', url, '--dry-run=yes'], '--dry-run: takes no value'],
    ['a value forgotten', ['scan', '--stash-url'], '--stash-url: expected a value'],
    [
      'a value forgotten before a flag',
      ['scan', '--data-dir', '--dry-run'],
      '--data-dir: expected a value, got another flag; if it is meant, write --data-dir=VALUE',
    ],
    ['a shell nobody knows', ['completion', 'tcsh'], 'Expected bash, zsh or fish for shell, got tcsh'],
    ['no shell', ['completion'], 'Expected bash, zsh or fish for shell, got nothing'],
    ['a config file that is not there', ['scan', '--config', 'none.yml'], 'Cannot read the config file none.yml'],
  ])('%s: exit 2, one line and a hint', async (_, args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stdout]).toEqual([2, '']);
    const [line, hint, end, ...rest] = stderr.split('\n');
    expect([line, rest, end]).toEqual([`gapscan: ${message}`, [], '']);
    expect(hint).toMatch(/^ {2}\S/);
    expect(stderr).not.toContain('abc12345');
  });

  it('are one error object with --json', async () => {
    const { code, stdout } = await runCli(
      ['scan', '--json', '--stash-url', url, '--plex-url', url, '--data-dir', '.'],
      { PLEX_TOKEN: 'marked-secret' },
    );
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'gapscan.error/1', code: 'stash_unreachable' });
    expect(stdout).not.toContain('marked-secret');
  }, 60_000);

  it('name the libraries there are', async () => {
    const rig = await scanRig({ scenes, items });
    const { code, stderr } = await runCli(['scan', '--library', 'Clisp'], cliEnvironment(rig));
    expect([code, stderr.split('\n').slice(0, 2)]).toEqual([
      2,
      ['gapscan: No Plex library is called "Clisp"', '  Plex has these movie and show libraries: "Clips" (key 1).'],
    ]);
  });
});

describe('gapscan demo', () => {
  it('runs twice, queues once, and says where the report is', async () => {
    const { code, stdout, milliseconds } = await runCli(['demo', '--scenes', '300']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Second run: \d+ gaps, 0 jobs queued; \d+ jobs already waiting/);
    const report = /Report: (.*)/.exec(stdout)?.[1] ?? '';
    expect(readFileSync(report, 'utf8').trim().split('\n')).toHaveLength(300);
    expect(milliseconds).toBeLessThan(20_000);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene, sampleSection } from '../../../src/main/demo/world.js';
import { CHECK_IDS } from '../../../src/main/doctor/check.js';
import { runCli } from '../../support/cli.js';
import { putJobs } from '../../support/put-jobs.js';
import { cliEnvironment, KEY, scanRig, TOKEN, type ScanRig, type SmallWorld } from '../../support/scan-world.js';
import { snapshot } from '../../support/snapshot.js';

const ids = [1, 2, 3, 4];
const scenes = ids.map((id) =>
  sampleScene({ id, details: 'd', files: [{ path: `/media/clips/a/${id}.mp4`, size: id, duration: 1 }] }),
);
const items = ids.map((id) =>
  sampleItem({ ratingKey: `${id}`, parts: [{ file: `/media/clips/a/${id}.mp4`, size: id }] }),
);
const SOUND = { plex_url: 'http://plex:32400', plex_token: 'abcdefghijkl', plex_library: 'Clips' };

async function rigOf(world: Partial<SmallWorld> = {}): Promise<ScanRig> {
  const rig = await scanRig({ scenes, items, ...world });
  Object.assign(rig.stash.state, { pluginSettings: SOUND });
  return rig;
}

interface Check {
  readonly id: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly message: string;
  readonly fix: string | null;
}

async function doctor(rig: ScanRig, env: Readonly<Record<string, string>> = {}, ...args: string[]) {
  const { code, stdout } = await runCli(['doctor', '--json', ...args], { ...cliEnvironment(rig), ...env });
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  const of = (id: string) => checks.find((check) => check.id === id)!;
  const not = (status: string) => checks.filter((check) => check.status === status).map(({ id }) => id);
  expect(checks.map(({ id }) => id)).toEqual(CHECK_IDS);
  for (const { status, fix } of checks) if (status === 'fail') expect(fix).toMatch(/^\S[^\n]+$/);
  expect(stdout).not.toContain(KEY);
  expect(stdout).not.toContain(TOKEN);
  expect(code).toBe(not('fail').length > 0 ? 1 : 0);
  return { code, checks, of, failing: not('fail'), warning: not('warn') };
}

describe('gapscan doctor', () => {
  it('passes where all is well, and changes nothing', async () => {
    const rig = await rigOf({ syncTimestamps: { 1: 1_780_000_000 } });
    putJobs(rig.queueFile, { sceneId: 1, path: '/media/clips/a/1.mp4', status: 5 });
    const before = snapshot(rig.dataDir);
    const { failing, warning, of } = await doctor(rig);
    expect({ failing, warning }).toEqual({ failing: [], warning: [] });
    expect(of('settings').message).toMatch(/stashApiKey \[secret\] \(STASH_API_KEY\)/);
    expect(of('stash').message).toMatch(/^Stash v0\.30\.1 at http:.* answered in \d+ ms/);
    expect(of('libraries').message).toBe('"Clips" (key 1): 4 items in /media/clips');
    expect(of('paths').message).toBe('4 of 4 sampled files of Stash lie below a library of Plex');
    expect(of('sync_timestamps').message).toBe('1 scene has a sync timestamp');
    expect(of('worker').message).toMatch(/the last finished row is 1 \(scene 1,/);
    expect(of('plugin_settings').message).toContain('skip_not_found is off');
    expect(snapshot(rig.dataDir)).toEqual(before);
  });

  it('says it in words too', async () => {
    const rig = await rigOf();
    rig.stash.state.plugins = [];
    const { code, stdout } = await runCli(['doctor'], cliEnvironment(rig));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^pass {2}settings /);
    expect(stdout).toMatch(/\nfail {2}plugin +Stash2Plex is not installed in Stash\n +Install it in Stash/);
  });

  it('runs every check though nothing can be reached', async () => {
    const rig = await rigOf();
    await rig.stash.close();
    await rig.plex.close();
    const { failing, warning } = await doctor(rig);
    expect(failing).toEqual(['stash', 'plex']);
    expect(warning).toEqual([
      'stash_state',
      'stash_jobs',
      'plex_token',
      'plex_paths',
      'libraries',
      'paths',
      'plugin',
      'plugin_settings',
    ]);
  });

  it('runs every check though nothing is set', async () => {
    const { code, stdout } = await runCli(['doctor', '--json']);
    const { checks } = JSON.parse(stdout) as { checks: Check[] };
    expect(code).toBe(1);
    expect(checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual([
      'settings',
      'stash',
      'plex',
      'data_dir',
    ]);
  });

  it.each<[string, string, (rig: ScanRig) => object | undefined, string]>([
    ['settings', 'fail', () => ({ PLEX_TOKEN: '', STASH_URL: 'nonsense url' }), 'STASH_URL'],
    ['stash', 'fail', () => ({ STASH_API_KEY: 'wrong-key-0123456789' }), '401'],
    ['stash_state', 'fail', (rig) => void (rig.stash.state.systemStatus = 'NEEDS_MIGRATION'), 'NEEDS_MIGRATION'],
    ['stash_state', 'fail', (rig) => void (rig.stash.state.systemStatus = 'SETUP'), 'SETUP'],
    [
      'stash_jobs',
      'warn',
      (rig) => void (rig.stash.state.jobs = [{ id: '1', status: 'RUNNING', description: 'Scanning...' }]),
      'Scanning...',
    ],
    ['plex_token', 'fail', () => ({ PLEX_TOKEN: 'wrong-token-0123456789' }), '401'],
    ['libraries', 'fail', () => ({ PLEX_LIBRARY: 'Clops' }), 'No Plex library is called "Clops"'],
    ['data_dir', 'fail', () => ({ GAPSCAN_DATA_DIR: '/nonexistent/data' }), 'does not exist'],
    [
      'sync_timestamps',
      'fail',
      (rig) => {
        writeFileSync(join(rig.dataDir, 'sync_timestamps.json'), '{"1": ');
        return undefined;
      },
      'not valid JSON',
    ],
    [
      'sync_timestamps',
      'warn',
      (rig) => {
        writeFileSync(join(rig.dataDir, 'sync_timestamps.json'), '{"1": 9e9}');
        return undefined;
      },
      'in the future',
    ],
    [
      'queue',
      'fail',
      (rig) => {
        mkdirSync(join(rig.dataDir, 'queue'));
        writeFileSync(rig.queueFile, 'this is no database'.repeat(100));
        return undefined;
      },
      'data.db cannot be used',
    ],
    [
      'breaker',
      'fail',
      (rig) => {
        writeFileSync(join(rig.dataDir, 'circuit_breaker.json'), '{"state":"open","opened_at":1780000000}');
        return undefined;
      },
      'Open since 2026-05-28',
    ],
    [
      'blocked',
      'fail',
      (rig) => {
        putJobs(rig.queueFile, { data: Buffer.from('x') });
        return undefined;
      },
      '1 row undecodable',
    ],
    [
      'blocked',
      'warn',
      (rig) => {
        putJobs(rig.queueFile, { sceneId: 9 });
        return undefined;
      },
      '1 row missing',
    ],
    [
      'worker',
      'warn',
      (rig) => {
        putJobs(rig.queueFile, { sceneId: 1, path: '/media/clips/a/1.mp4' });
        return undefined;
      },
      'No worker is alive, and 1 row',
    ],
    [
      'plugin',
      'fail',
      (rig) => void (rig.stash.state.plugins = [{ ...rig.stash.state.plugins[0]!, enabled: false }]),
      'not enabled',
    ],
  ])('%s: %s (%#)', async (id, status, prepare, message) => {
    const rig = await rigOf();
    const found = await doctor(rig, prepare(rig) as Record<string, string> | undefined);
    expect(found.of(id)).toMatchObject({ status, message: expect.stringContaining(message) as string });
  });

  it.each([
    [{ plex_token: 'short' }, 'fail', '5 characters'],
    [{ plex_token: '' }, 'fail', 'plex_token is not set'],
    [{ plex_url: 'plex:32400' }, 'fail', 'plex_url'],
    [{ reconcile_interval: '' }, 'fail', 'reconcile_interval'],
    [{ reconcile_scope: 'month' }, 'fail', 'reconcile_scope'],
    [{ max_tags: 5 }, 'fail', 'max_tags should be from 10 to 500'],
    [{ enabled: 'no' }, 'fail', 'switched off'],
    [{ plex_library: ' ' }, 'warn', 'plex_library is empty'],
    [{ strict_matching: false }, 'warn', 'strict_matching is off'],
    [{ skip_not_found: 'yes', reconcile_interval: 'daily' }, 'pass', 'skip_not_found is on'],
    [{ max_retries: 20, unknown_key: 1 }, 'pass', 'reconcile_interval is never'],
  ])('judges plugin settings as the plugin does: %j', async (settings, status, message) => {
    const rig = await rigOf();
    Object.assign(rig.stash.state, { pluginSettings: { ...SOUND, ...settings } });
    const { of } = await doctor(rig);
    expect(of('plugin_settings')).toMatchObject({ status, message: expect.stringContaining(message) as string });
  });

  it('says that the token sees no files', async () => {
    const rig = await rigOf({
      items: ids.map((id) => ({ ...sampleItem({ ratingKey: `${id}`, parts: [] }), media: [] })),
    });
    expect((await doctor(rig)).of('plex_paths')).toMatchObject({ status: 'fail' });
  });

  it('proposes the mapping that brings paths together', async () => {
    const sections = [
      sampleSection({
        locations: ['/mnt/plex'],
        items: ids.map((id) =>
          sampleItem({ ratingKey: `${id}`, parts: [{ file: `/mnt/plex/a/${id}.mp4`, size: id }] }),
        ),
      }),
    ];
    const rig = await rigOf({ sections });
    const found = (await doctor(rig)).of('paths');
    const mapping = 'pathMappings: [{ stash: "/media/clips", plex: "/mnt/plex" }]';
    expect(found).toMatchObject({ status: 'warn', fix: expect.stringContaining(mapping) as string });
    const config = join(rig.dataDir, 'c.yml');
    writeFileSync(config, `${mapping}\n`);
    expect((await doctor(rig, {}, '--config', config)).of('paths').status).toBe('pass');
  });
});

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { scan } from 'gapscan';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sampleScene } from '../../../src/main/demo/world.js';
import { ordinaryUser, runCli } from '../../support/cli.js';
import { snapshot } from '../../support/snapshot.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const world = {
  scenes: [1, 2].map((id) =>
    sampleScene({ id, details: 'text', files: [{ path: `/s/${id}.mp4`, size: 5, duration: 6 }] }),
  ),
  items: [{ ratingKey: '1', title: 'other', media: [{ parts: [{ file: '/p/other.mp4' }] }] }],
};

/** Runs the command line as a user whom permissions stop; the directories above are made passable. */
async function runAsUser(rig: ScanRig, args: readonly string[], env: Record<string, string> = {}) {
  chmodSync(dirname(rig.dataDir), 0o755);
  return runCli(['scan', '--json', ...args], { ...cliEnvironment(rig), ...env }, ordinaryUser);
}

/** Takes a permission away until the test is over. */
function forbid(path: string, mode: number): void {
  chmodSync(path, mode);
  onTestFinished(() => {
    chmodSync(path, 0o755);
  });
}

describe('a dry run', () => {
  it('works where the data directory is read-only, without a queue and with one, and touches nothing', async () => {
    const rig = await scanRig(world);
    const dryRun = async (queue: object) => {
      const before = snapshot(rig.dataDir);
      for (const path of ['', 'queue', 'gapscan'])
        if (before[path === '' ? '.' : `./${path}`]) forbid(join(rig.dataDir, path), 0o555);
      const modes = snapshot(rig.dataDir);
      const { code, stdout, stderr } = await runAsUser(rig, ['--dry-run']);
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('gapscan:')]);
      expect(JSON.parse(stdout)).toMatchObject({ queue });
      expect(snapshot(rig.dataDir)).toEqual(modes);
      for (const path of ['', 'queue', 'gapscan'])
        if (before[path === '' ? '.' : `./${path}`]) chmodSync(join(rig.dataDir, path), 0o755);
    };
    await dryRun({ enqueued: 2 });
    await scan(rig.options);
    await dryRun({ already_queued: 2 });
  });

  it.each([false, true])('touches nothing where it may write (queue in use: %s)', async (inUse) => {
    const rig = await scanRig(world);
    const untouched = async () => {
      const before = snapshot(rig.dataDir);
      await scan({ ...rig.options, dryRun: true });
      expect(snapshot(rig.dataDir)).toEqual(before);
    };
    await untouched();
    await scan(rig.options);
    if (inUse) {
      const worker = new Database(rig.queueFile);
      onTestFinished(() => {
        worker.close();
      });
      worker.exec('UPDATE ack_queue_default SET status = 1');
    }
    await untouched();
  });
});

describe('what may not be read or written is said, and is no bug', () => {
  it.each<[string, string, (rig: ScanRig) => string[]]>([
    ['the data directory', 'data_dir_not_found', (rig) => (forbid(dirname(rig.dataDir), 0o700), [])],
    ['what lies in the data directory', 'data_dir_not_found', (rig) => (forbid(rig.dataDir, 0o700), [])],
    [
      'the state directory',
      'state_unwritable',
      (rig) => {
        chmodSync(rig.dataDir, 0o777);
        mkdirSync(join(rig.dataDir, 'gapscan'), { mode: 0o700 });
        return [];
      },
    ],
    [
      'the queue directory',
      'queue_unusable',
      (rig) => (mkdirSync(join(rig.dataDir, 'queue'), { mode: 0o700 }), ['--state-dir', stateDir(rig)]),
    ],
    [
      'the sync timestamps',
      'input_file_invalid',
      (rig) => (chmodSync(join(rig.dataDir, 'sync_timestamps.json'), 0o200), ['--dry-run']),
    ],
    [
      'the directory of the report',
      'report_unwritable',
      (rig) => (mkdirSync(join(rig.dataDir, 'r'), { mode: 0o700 }), ['--report', join(rig.dataDir, 'r', 'r.json')]),
    ],
    [
      'the config file',
      'config_invalid',
      (rig) => (
        writeFileSync(join(rig.dataDir, 'c.yml'), '', { mode: 0o200 }),
        ['--config', join(rig.dataDir, 'c.yml')]
      ),
    ],
  ])('%s', async (_, code, prepare) => {
    const rig = await scanRig(world);
    const args = prepare(rig);
    const passable = dirname(rig.dataDir);
    const mode = code === 'data_dir_not_found' ? 0o700 : 0o755;
    chmodSync(passable, mode);
    const result = await runCli(['scan', '--json', ...args], cliEnvironment(rig), ordinaryUser);
    expect(JSON.parse(result.stdout)).toMatchObject({ schema: 'gapscan.error/1', code });
    expect([result.code, result.stderr]).toEqual([2, expect.stringContaining('gapscan: ')]);
    // Settings may have been asked for, nothing else.
    expect(rig.plex.requests).toHaveLength(0);
  });

  it.skipIf(process.platform !== 'linux')('a state directory where nothing can be made: no hang either', async () => {
    const rig = await scanRig(world);
    for (const stateDir of ['/proc/none/state', '/dev/null/state', '/sys/state']) {
      const { code, stdout } = await runCli(['scan', '--json', '--state-dir', stateDir], cliEnvironment(rig));
      expect(JSON.parse(stdout)).toMatchObject({ code: 'state_unwritable' });
      expect(code).toBe(2);
    }
  });

  it('a directory for temporary files that does not exist: another is found', async () => {
    const rig = await scanRig(world);
    const env = { ...cliEnvironment(rig), TMPDIR: join(rig.dataDir, 'gone') };
    for (const args of [[], ['--dry-run']]) expect((await runCli(['scan', ...args], env)).code).toBe(0);
  });
});

/** A state directory that anybody may use. */
function stateDir(rig: ScanRig): string {
  const directory = join(rig.dataDir, '..', 'state');
  mkdirSync(directory);
  chmodSync(directory, 0o777);
  return directory;
}

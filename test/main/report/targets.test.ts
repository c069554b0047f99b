import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan, type ReportFile } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { snapshot } from '../../support/snapshot.js';
import { cliEnvironment, scanRig, type ScanRig } from '../../support/scan-world.js';

const world = {
  scenes: [sampleScene({ id: 1, files: [{ path: '/s/a.mp4', size: 5, duration: 6 }] })],
  items: [{ ratingKey: '1', title: 'other', media: [{ parts: [{ file: '/p/other.mp4' }] }] }],
};

const report = (path: string, format: ReportFile['format'] = 'json'): ReportFile => ({ path, format });

/** Refused before any server is asked, and nothing in the data directory is touched. */
async function expectRefused(rig: ScanRig, path: string, message: RegExp, dryRun = false): Promise<void> {
  const before = snapshot(rig.dataDir);
  const error: unknown = await scan({ ...rig.options, reports: [report(path)], dryRun }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'report_unwritable', exitCode: 2 });
  expect((error as Error).message).toMatch(message);
  expect(snapshot(rig.dataDir)).toEqual(before);
  expect(rig.stash.requests.length + rig.plex.requests.length).toBe(0);
}

describe('a report target', () => {
  it.each([
    ['the sync timestamps', 'sync_timestamps.json'],
    ['the sync timestamps by a roundabout path', 'x/../sync_timestamps.json'],
    ['the sync timestamps where case is folded', 'Sync_Timestamps.JSON'],
    ['the queue', 'queue/data.db'],
    ["the queue's log", 'queue/data.db-wal'],
    ['any file beside the queue', 'queue/report.json'],
    ['a state file', 'gapscan/last-run.msgpack'],
    ['the lock', 'gapscan/lock.db'],
    ['a file of the plugin that is not there yet', 'circuit_breaker.json'],
  ])('that is %s is refused, in a dry run too', async (_, name) => {
    const rig = await scanRig(world);
    for (const directory of ['queue', 'gapscan', 'x']) mkdirSync(join(rig.dataDir, directory));
    for (const dryRun of [false, true]) {
      await expectRefused(rig, `${rig.dataDir}/${name}`, /^The report .* would replace .*, which is needed$/, dryRun);
    }
  });

  it('that leads there through a linked directory, as a hard link or as a link is refused', async () => {
    const rig = await scanRig(world);
    const outside = join(rig.dataDir, '..');
    symlinkSync(rig.dataDir, join(outside, 'linked'));
    await expectRefused(rig, join(outside, 'linked', 'sync_timestamps.json'), /would replace/);
    const hardLink = join(outside, 'hard.json');
    linkSync(join(rig.dataDir, 'sync_timestamps.json'), hardLink);
    await expectRefused(rig, hardLink, /would replace .*sync_timestamps\.json/);
    const link = join(outside, 'link.json');
    symlinkSync(join(rig.dataDir, 'sync_timestamps.json'), link);
    await expectRefused(rig, link, /would replace .*sync_timestamps\.json/);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('that is a link is never replaced, wherever it points', async () => {
    const rig = await scanRig(world);
    const directory = join(rig.dataDir, '..');
    writeFileSync(join(directory, 'target.json'), 'mine');
    for (const target of ['target.json', 'nowhere.json']) {
      const link = join(directory, `to-${target}`);
      symlinkSync(target, link);
      await expectRefused(rig, link, /it is a link; name the file it points to$/);
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
    }
    expect(readFileSync(join(directory, 'target.json'), 'utf8')).toBe('mine');
    expect(existsSync(join(directory, 'nowhere.json'))).toBe(false);
  });

  it('that is a directory, or in one that does not exist or that nothing can be made in, is refused', async () => {
    const rig = await scanRig(world);
    await expectRefused(rig, join(rig.dataDir, '..'), /it is a directory$/);
    await expectRefused(rig, join(rig.dataDir, 'gone', 'x.json'), /the directory .*gone does not exist$/);
    if (process.platform === 'linux') await expectRefused(rig, '/proc/x.json', /ENOENT/);
  });

  it('that is the config file or a certificate is refused', async () => {
    const rig = await scanRig(world);
    const config = join(rig.dataDir, '..', 'config.json');
    const text = JSON.stringify({ include: 'all', reports: ['config.json'] });
    writeFileSync(config, text);
    const { code, stdout, stderr } = await runCli(['scan', '--json', '--config', config], cliEnvironment(rig));
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'gapscan.error/1', code: 'report_unwritable' });
    expect(stderr).toContain(`The report ${config} would replace ${config}, which is needed`);
    expect(readFileSync(config, 'utf8')).toBe(text);
  });

  it('that may be replaced keeps its permissions', async () => {
    const rig = await scanRig(world);
    const path = join(rig.dataDir, '..', 'r.json');
    writeFileSync(path, 'old', { mode: 0o640 });
    await scan({ ...rig.options, reports: [report(path)] });
    expect(lstatSync(path).mode & 0o777).toBe(0o640);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ schema: 'gapscan.report/1' });
  });
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scan } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { makeDemoWorld } from '../../../src/main/demo/demo-world.js';
import type { ReportLine } from '../../../src/main/scan-types.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig } from '../../support/scan-world.js';

const world = makeDemoWorld({ scenes: 300, seed: 5 });
/** Some of its scenes cannot be read. */
const EXIT = 3;
const BIN = fileURLToPath(new URL('../../../dist/main/bin.js', import.meta.url));

describe('a report on standard output', () => {
  it('is all of it, and the summary goes to standard error', async () => {
    const rig = await scanRig(world);
    const { code, stdout, stderr } = await runCli(
      ['scan', '--dry-run', '--include', 'all', '--report', '-'],
      cliEnvironment(rig),
    );
    expect(code).toBe(EXIT);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ReportLine);
    expect(lines).toHaveLength(300);
    expect(stderr).toMatch(/^Checked 300 scenes against /m);
    expect(stderr).not.toContain('Report:');
    const { lines: same } = await rig.run({ dryRun: true });
    expect(lines).toEqual([...same.values()]);
  });

  it.each([
    ['csv:-', /^sceneId,verdict,title,/],
    ['MD:-', /^# gapscan\n/],
    ['json:-', /^\{"schema":"gapscan.report\/1"/],
    ['html:-', /^<!DOCTYPE html>/],
    ['ndjson:-', /^\{"sceneId":/],
  ])('is of the format that is named: %s', async (target, begin) => {
    const rig = await scanRig(world);
    const { code, stdout, stderr } = await runCli(
      ['scan', '--dry-run', '--quiet', '--report', target],
      cliEnvironment(rig),
    );
    expect(code).toBe(EXIT);
    expect(stdout).toMatch(begin);
    expect(stderr).toMatch(/^gapscan: 300 scenes checked, /m);
  });

  it('may stand beside one in a file', async () => {
    const rig = await scanRig(world);
    const path = join(rig.dataDir, 'r.ndjson');
    const args = ['scan', '--dry-run', '--report', '-', '--report', path];
    const { code, stdout } = await runCli(args, cliEnvironment(rig));
    expect([code, readFileSync(path, 'utf8')]).toEqual([EXIT, stdout]);
  });

  it.each([
    ['two of them', ['--report', '-', '--report', 'csv:-'], 'only one report can go to standard output'],
    [
      'one and the JSON summary',
      ['--report', '-', '--json'],
      'a report on standard output cannot be combined with --json',
    ],
    [
      'one of no format',
      ['--report', 'xml:-'],
      'expected a file ending in .ndjson, .json, .csv, .md or .html, or FORMAT:- for standard output, got "xml:-"',
    ],
  ])('is refused before anything is asked: %s', async (_, args, message) => {
    const rig = await scanRig(world);
    const { code, stdout, stderr } = await runCli(['scan', ...args], cliEnvironment(rig));
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout === '' || JSON.parse(stdout)).toBeTruthy();
    expect([rig.stash.requests.length, rig.plex.requests.length]).toEqual([0, 0]);
  });

  it('is refused by the library where another goes there', async () => {
    const rig = await scanRig(world);
    const reports = [
      { path: '-', format: 'csv' },
      { path: '-', format: 'md' },
    ] as const;
    await expect(scan({ ...rig.options, reports })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('only one report can go to standard output') as string,
    });
  });

  it('ends quietly when its reader has enough', async () => {
    const rig = await scanRig(makeDemoWorld({ scenes: 2000, seed: 5 }));
    const command = `"${process.execPath}" "${BIN}" scan --dry-run --include all --report - | head -c 50; echo " \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nonexistent', ...cliEnvironment(rig) };
      execFile('bash', ['-c', command], { env }, (_, out, err) => {
        resolve({ stdout: out, stderr: err });
      });
    });
    expect(stdout).toMatch(/^\{"sceneId":.{39} 3\n$/);
    expect(stderr).toMatch(/^Checked 2,000 scenes /m);
    expect(stderr).not.toMatch(/EPIPE|error/i);
  });
});

describe('a CSV report', () => {
  it('begins with a byte order mark where that is asked for', async () => {
    const rig = await scanRig(world);
    const args = ['scan', '--dry-run', '--report', 'csv:-'];
    const [plain, marked] = [
      await runCli(args, cliEnvironment(rig)),
      await runCli([...args, '--csv-bom'], cliEnvironment(rig)),
    ];
    expect(marked.stdout).toBe(`\ufeff${plain.stdout}`);
  });
});

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, scanRig } from '../../support/scan-world.js';

const ajv = new Ajv({ formats: { 'date-time': (text: string) => new Date(text).toISOString() === text } });
const broken = sampleScene({ id: 2, broken: true });
const world = {
  scenes: [sampleScene({ id: 1, details: 'd', files: [{ path: '/s/1.mp4', size: 1, duration: 1 }] })],
  items: [sampleItem({ ratingKey: '1', parts: [{ file: '/p/1.mp4', size: 1 }] })],
};

beforeAll(() => {
  for (const name of readdirSync('schemas')) {
    ajv.addSchema(JSON.parse(readFileSync(join('schemas', name), 'utf8')) as object, name);
  }
});

/** What is wrong with some JSON by the schema that its own `schema` names: `gapscan.error/1` is in error-1.schema.json. */
function problemsOf(json: string): unknown {
  const value = JSON.parse(json) as { schema: string };
  const [, name = '', version = ''] = /^gapscan\.(\w+)\/(\d+)$/.exec(value.schema) ?? [];
  const file = `${name}-${version}.schema.json`;
  return ajv.validate(file, value) ? [] : ajv.errors;
}

describe('what is printed with --json is what its schema says', () => {
  it.each([
    ['a summary', ['scan'], world, 0, 'gapscan.summary/1'],
    [
      'a summary with warnings',
      ['scan', '--dry-run'],
      { ...world, scenes: [...world.scenes, broken] },
      3,
      'gapscan.summary/1',
    ],
    ['settings', ['config'], world, 0, 'gapscan.config/1'],
    ['the rows of the queue', ['queue', 'list'], world, 0, 'gapscan.queue/1'],
    ['what was dropped', ['queue', 'drop', '--ids', '1', '--yes'], world, 0, 'gapscan.queue/1'],
    ['an explanation', ['explain', '1'], world, 0, 'gapscan.explain/1'],
    ["that an item is nobody's", ['explain', '--plex', '1'], { ...world, scenes: [] }, 0, 'gapscan.explain/1'],
    ['the status', ['status'], world, 0, 'gapscan.status/1'],
    ['that nothing can be listed yet', ['list'], world, 2, 'gapscan.error/1'],
    ['what the doctor says', ['doctor'], world, 1, 'gapscan.doctor/1'],
    ['a library that does not exist', ['scan', '--library', 'X'], world, 2, 'gapscan.error/1'],
    ['flags that are wrong', ['scan', '--threads', 'x', '--limit', '0'], world, 2, 'gapscan.error/1'],
    ['the demo', ['demo', '--scenes', '200'], world, 0, 'gapscan.demo/1'],
  ])('%s', async (_, args, small, exit, schema) => {
    const rig = await scanRig(small);
    const { code, stdout } = await runCli([...args, '--json'], cliEnvironment(rig));
    expect([code, (JSON.parse(stdout) as { schema: string }).schema]).toEqual([exit, schema]);
    expect(problemsOf(stdout)).toEqual([]);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it('a report too', async () => {
    const rig = await scanRig(world);
    const path = join(rig.dataDir, 'r.json');
    expect((await runCli(['scan', '--report', path], cliEnvironment(rig))).code).toBe(0);
    expect(problemsOf(readFileSync(path, 'utf8'))).toEqual([]);
  });

  it('and a schema refuses what is not so', async () => {
    const rig = await scanRig(world);
    const { stdout } = await runCli(['config', '--json'], cliEnvironment(rig));
    expect(problemsOf(stdout.replace('"source":"STASH_URL"', '"source":5'))).not.toEqual([]);
    expect(problemsOf('{"schema":"gapscan.error/1","code":"x"}')).not.toEqual([]);
  });
});

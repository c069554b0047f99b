import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { scan, type ReportLine } from 'gapscan';
import { describe, expect, it } from 'vitest';
import { sampleItem, sampleScene } from '../../../src/main/demo/world.js';
import { runCli } from '../../support/cli.js';
import { cliEnvironment, readReport, scanRig, type ScanRig } from '../../support/scan-world.js';

const file = (path: string, size = 5) => ({ path, size, duration: 9 });
const scene = (id: number, path: string, fields: object = {}) =>
  sampleScene({ id, title: `T${id}`, details: 'd', files: [file(path)], ...fields });

const WORLD = {
  scenes: [
    scene(1, '/data/new/a.mp4'),
    scene(2, '/data/newer/b.mp4'),
    scene(3, '/data/New/deep/c.mp4'),
    // Two items of its name and size.
    scene(4, '/data/new/twice.mp4'),
    scene(5, '/media/clips/e.mp4'),
    sampleScene({ id: 6, title: 'T6', details: 'd' }),
    scene(7, '/data/new/odd.mp4', { broken: true }),
    // In sync, and so nobody's concern.
    scene(8, '/data/new/h.mp4'),
  ],
  items: [
    sampleItem({ ratingKey: '1', parts: [{ file: '/media/x/twice.mp4', size: 5 }] }),
    sampleItem({ ratingKey: '2', parts: [{ file: '/media/y/twice.mp4', size: 5 }] }),
    sampleItem({ ratingKey: '3', parts: [{ file: '/media/clips/e.mp4', size: 5 }] }),
  ],
  syncTimestamps: { 8: 2_000_000_000 },
};

const list = (rig: ScanRig, ...args: string[]) => runCli(['list', ...args], cliEnvironment(rig));

interface Listed {
  readonly schema: string;
  readonly notKept: object;
  readonly findings: readonly ReportLine[];
}

const listed = async (rig: ScanRig, ...args: string[]): Promise<Listed> =>
  JSON.parse((await list(rig, ...args, '--json')).stdout) as Listed;

const idsOf = ({ findings }: Listed) => findings.map(({ sceneId, verdict }) => `${sceneId} ${verdict}`);

describe('gapscan list', () => {
  it('shows what the last scan found, without asking a server', async () => {
    const rig = await scanRig(WORLD);
    await scan(rig.options);
    const asked = rig.stash.requests.length + rig.plex.requests.length;
    const all = ['1 missing', '2 missing', '3 missing', '4 ambiguous', '5 empty', '6 no_file', '7 unreadable'];
    expect(idsOf(await listed(rig))).toEqual(all);
    expect(idsOf(await listed(rig, '--verdict', 'ambiguous,missing', '--under', '/data/new'))).toEqual([
      '1 missing',
      '3 missing',
      '4 ambiguous',
    ]);
    expect(idsOf(await listed(rig, '--verdict', 'missing', '--under', '/data/new/deep/'))).toEqual(['3 missing']);
    expect(idsOf(await listed(rig, '--verdict', 'stale'))).toEqual([]);
    expect(rig.stash.requests.length + rig.plex.requests.length).toBe(asked);
  });

  it('says of each what a report says, also what became of its job', async () => {
    const rig = await scanRig(WORLD);
    await scan(rig.options);
    const reported = join(rig.dataDir, 'r.ndjson');
    await scan({ ...rig.options, reports: [{ path: reported, format: 'ndjson' }], include: 'all' });
    const lines = readReport(reported);
    const again = await listed(rig);
    expect(again.findings).toEqual(again.findings.map(({ sceneId }) => lines.get(sceneId)));
    expect(again.findings.find(({ sceneId }) => sceneId === 5)).toMatchObject({ action: 'already_queued' });
    expect(again.findings[0]?.missing?.directory).toBe('/data/new');
  });

  it('is for people too', async () => {
    const rig = await scanRig(WORLD);
    await scan(rig.options);
    const { code, stdout, stderr } = await list(rig, '--verdict', 'ambiguous,empty');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replace(/^.*\n/, '')).toBe(`
empty: 1
        5  T5 (enqueued)
           /media/clips/e.mp4
           The Plex item has none of studio, performers, tags, details, date
           next: once the job is queued, let Stash2Plex work on it: its task "Process Queue" in Stash, or --process-queue

ambiguous: 1
        4  T4
           /data/new/twice.mp4
           2 Plex items could be this scene
           next: leave one of the candidates in Plex, or give their files different names
`);
    expect(stdout).toMatch(/^Findings of the scan of \d{4}-\S+Z\n/);
    expect((await list(rig, '--under', '/nowhere')).stdout).toMatch(/\n\nNone\n$/);
  });

  it('prints what its schema says', async () => {
    const rig = await scanRig(WORLD);
    await scan({ ...rig.options, ids: [1, 4] });
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ['report-1', 'summary-1', 'list-1'])
      ajv.addSchema(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')) as object);
    const said = await listed(rig);
    expect([ajv.validate('list-1.schema.json', said), ajv.errors]).toEqual([true, null]);
    expect(said).toMatchObject({ schema: 'gapscan.list/1', scope: { ids: 2 } });
    expect((await list(rig)).stdout).toMatch(/^Findings of the scan of \S+, only 2 named scenes\n/);
    expect(ajv.validate('list-1.schema.json', { ...said, findings: [{}] })).toBe(false);
  });

  it('needs a scan that wrote what it found', async () => {
    const rig = await scanRig(WORLD);
    const before = await list(rig);
    expect([before.code, before.stdout]).toEqual([2, '']);
    expect(before.stderr).toBe(
      'gapscan: No scan has left any findings yet\n  Run gapscan scan first; a dry run leaves none.\n',
    );
    await scan({ ...rig.options, dryRun: true });
    expect((await list(rig)).code).toBe(2);
    await scan(rig.options);
    expect((await list(rig)).code).toBe(0);
    const path = join(rig.dataDir, 'gapscan', 'findings.msgpack');
    writeFileSync(path, readFileSync(path).subarray(0, 200));
    const damaged = await list(rig, '--json');
    expect([damaged.code, (JSON.parse(damaged.stdout) as { code: string }).code]).toEqual([2, 'no_findings']);
  });

  it('takes only verdicts of which findings are kept', async () => {
    const rig = await scanRig(WORLD);
    const { code, stderr } = await list(rig, '--verdict', 'matched');
    expect(code).toBe(2);
    expect(stderr).toContain('--verdict');
    expect(stderr).toContain('ambiguous');
  });

  it('keeps so many of each verdict, and says how many more there were', async () => {
    const many = Array.from({ length: 2_100 }, (_, i) => scene(i + 10, `/data/many/${i}.mp4`));
    const rig = await scanRig({ ...WORLD, scenes: [...WORLD.scenes, ...many] });
    const { verdicts } = await scan({ ...rig.options, force: true });
    const { findings, notKept } = await listed(rig);
    const missing = findings.filter(({ verdict }) => verdict === 'missing');
    expect(missing).toHaveLength(2_000);
    expect(notKept).toEqual({ missing: verdicts.missing - 2_000 });
    expect(findings.filter(({ verdict }) => verdict === 'ambiguous')).toHaveLength(1);
    expect((await list(rig, '--verdict', 'missing')).stdout).toContain(
      `${verdicts.missing - 2_000} more were missing; a report (--report) has them all`,
    );
  });

  it('changes nothing of a report', async () => {
    const rig = await scanRig(WORLD);
    const path = join(rig.dataDir, 'r.ndjson');
    await scan({ ...rig.options, reports: [{ path, format: 'ndjson' }] });
    expect([...readReport(path).keys()]).toEqual([1, 2, 3, 5]);
  });
});

import fc from 'fast-check';
import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scan, type ScanOptions } from 'gapscan';
import { describe, expect, it } from 'vitest';
import {
  sampleItem,
  sampleScene,
  sampleSection,
  type SampleItem,
  type SampleSection,
} from '../../../src/main/demo/world.js';
import { EngineMemory } from '../../../src/shared/engine/memory.js';
import { KeptSection, KeptSectionLost } from '../../../src/main/state/kept-section.js';
import { runCli } from '../../support/cli.js';
import { runs } from '../../support/property.js';
import { cliEnvironment, readReport, scanRig, type ScanRig } from '../../support/scan-world.js';

const file = (id: number) => `/media/clips/${id % 7}/Scene ${id}.mp4`;
const scenes = Array.from({ length: 40 }, (_, i) =>
  sampleScene({ id: i + 1, details: 'd', files: [{ path: file(i + 1), size: i + 100, duration: 9 }] }),
);
const item = (id: number, fields: Partial<SampleItem> = {}) =>
  sampleItem({ ratingKey: String(1000 + id), parts: [{ file: file(id), size: id + 99 }], ...fields });

const section = (key: string, ids: readonly number[], fields: Partial<SampleSection> = {}) =>
  sampleSection({ key, uuid: `u${key}`, title: `L${key}`, items: ids.map((id) => item(id)), ...fields });

const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);

const twoSections = () => [section('1', upTo(15)), section('2', upTo(15, 16))];

/** Which libraries' rows were asked for since the last time this was asked. */
function readOf(rig: ScanRig): () => string[] {
  let from = 0;
  return () => {
    const asked = rig.plex.requests.slice(from).flatMap(({ path, headers }) => {
      const key = /^\/library\/sections\/([^/]+)\/all/.exec(path)?.[1];
      const isCount = /X-Plex-Container-Size=0\b/.test(path) || headers['x-plex-container-size'] === '0';
      return key === undefined || isCount ? [] : [key];
    });
    from = rig.plex.requests.length;
    return [...new Set(asked)];
  };
}

const setSections = (rig: ScanRig, sections: readonly SampleSection[]) => {
  rig.plex.state.world = { ...rig.plex.state.world, sections };
};

const keptOf = ({ plex }: { plex: { sections: readonly { kept: boolean }[] } }) =>
  plex.sections.map(({ kept }) => kept);

const directory = (rig: ScanRig) => join(rig.dataDir, 'gapscan', 'plex-sections');

async function rigWithKept(sections = twoSections()) {
  const rig = await scanRig({ scenes, sections });
  const read = readOf(rig);
  const first = await scan(rig.options);
  read();
  return { rig, read, first };
}

describe('a Plex library that has not changed', () => {
  it('is not read again, and the answer is the same', async () => {
    const { rig, read, first } = await rigWithKept();
    const again = await scan(rig.options);
    expect(read()).toEqual([]);
    expect([keptOf(first), keptOf(again)]).toEqual([
      [false, false],
      [true, true],
    ]);
    expect([again.verdicts, again.plex.items, again.plex.files]).toEqual([
      first.verdicts,
      first.plex.items,
      first.plex.files,
    ]);
    expect(again.queue).toMatchObject({ enqueued: 0, already_queued: first.queue.enqueued });
  });

  it('is the only one that is kept where another has changed', async () => {
    const { rig, read } = await rigWithKept();
    setSections(rig, [section('1', upTo(15)), section('2', upTo(14, 16))]);
    const changed = await scan(rig.options);
    expect([read(), keptOf(changed), changed.plex.items]).toEqual([['2'], [true, false], 29]);
    expect(keptOf(await scan(rig.options))).toEqual([true, true]);
  });

  it.each<[string, (sections: readonly SampleSection[]) => readonly SampleSection[]]>([
    [
      'an item has other metadata',
      ([one, two]) => [{ ...one!, items: one!.items.with(0, item(1, { summary: 's' })) }, two!],
    ],
    ['its counter has moved', ([one, two]) => [{ ...one!, contentChangedAt: 77 }, two!]],
    ['it is another library under the same key', ([one, two]) => [{ ...one!, uuid: 'other' }, two!]],
    ['it has another agent', ([one, two]) => [{ ...one!, agent: 'tv.plex.agents.none' }, two!]],
  ])('is read where %s', async (_, change) => {
    const { rig, read } = await rigWithKept();
    setSections(rig, change(twoSections()));
    const summary = await scan(rig.options);
    expect([read(), keptOf(summary)]).toEqual([['1'], [false, true]]);
  });

  it.each<[string, Partial<ScanOptions>]>([
    ['that is asked for', { fresh: true }],
    ['nothing is to be kept', { plexMaxAgeSeconds: 0 }],
    ['what was kept is too old', { plexMaxAgeSeconds: 0.001 }],
    ['dates count in another way', { plexDate: 'ignored' }],
  ])('is read where %s', async (_, options) => {
    const { rig, read } = await rigWithKept();
    const summary = await scan({ ...rig.options, ...options });
    expect([read(), keptOf(summary)]).toEqual([
      ['1', '2'],
      [false, false],
    ]);
  });

  it('is read where it is not known to be the same server', async () => {
    const { rig, read } = await rigWithKept();
    rig.plex.state.machineIdentifier = 'another';
    expect(keptOf(await scan({ ...rig.options, force: true }))).toEqual([false, false]);
    rig.plex.state.machineIdentifier = '';
    expect(keptOf(await scan({ ...rig.options, force: true }))).toEqual([false, false]);
    expect(read()).toEqual(['1', '2']);
  });

  it('is read where the server does not say which library it is, or counts no changes', async () => {
    const { items } = section('1', upTo(15));
    const { rig } = await rigWithKept([sampleSection({ items })]);
    expect(keptOf(await scan(rig.options))).toEqual([false]);
    expect(existsSync(directory(rig))).toBe(false);
  });

  it('is read where what was kept is damaged, wherever', async () => {
    const { rig, first } = await rigWithKept([section('1', upTo(15))]);
    const path = join(directory(rig), '1.bin');
    const whole = readFileSync(path);
    for (const at of [0, 20, Math.floor(whole.length / 2), whole.length - 30, whole.length - 6, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = damaged[at]! ^ 0x11;
      writeFileSync(path, damaged);
      const summary = await scan({ ...rig.options, dryRun: true });
      expect([at, keptOf(summary), summary.verdicts]).toEqual([at, [false], first.verdicts]);
    }
    for (const length of [0, 5, whole.length - 1]) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      expect(keptOf(await scan({ ...rig.options, dryRun: true }))).toEqual([false]);
    }
    writeFileSync(path, whole);
    expect(keptOf(await scan({ ...rig.options, dryRun: true }))).toEqual([true]);
  });

  it('says so where what was kept is lost while it is read', async () => {
    const { rig } = await rigWithKept([section('1', upTo(15))]);
    const path = join(directory(rig), '1.bin');
    const kept = KeptSection.open(path, () => true);
    truncateSync(path, 40);
    const memory = new EngineMemory();
    expect(() => [...(kept?.pages(memory) ?? [])]).toThrow(KeptSectionLost);
    kept?.close();
  });

  it('is used by a dry run, which keeps nothing itself', async () => {
    const rig = await scanRig({ scenes, sections: twoSections() });
    await scan({ ...rig.options, dryRun: true });
    expect(existsSync(directory(rig))).toBe(false);
    await scan(rig.options);
    expect(keptOf(await scan({ ...rig.options, dryRun: true }))).toEqual([true, true]);
  });
});

describe('what is kept of Plex', () => {
  it('is nothing of a library that changes while it is read', async () => {
    const rig = await scanRig({ scenes, sections: [section('1', upTo(15))] });
    let count = 100;
    rig.plex.fault = ({ path }) => {
      // An edit with each request, though no rows come or go.
      if (path.includes('/all')) setSections(rig, [section('1', upTo(15), { contentChangedAt: count++ })]);
      return undefined;
    };
    await scan(rig.options);
    expect(existsSync(directory(rig))).toBe(false);
  });

  it('is nothing of a reading that failed, nor of libraries that are gone', async () => {
    const { rig } = await rigWithKept();
    setSections(rig, [section('1', upTo(10)), section('2', upTo(10, 16))]);
    rig.plex.fault = ({ path }) =>
      path.includes('/sections/2/all') && !path.includes('Size=0') ? { kind: 'drop' } : undefined;
    await expect(scan(rig.options)).rejects.toThrow();
    expect(readdirSync(directory(rig)).sort()).toEqual(['1.bin', '2.bin']);
    rig.plex.fault = undefined;
    const left = join(rig.dataDir, 'gapscan', 'plex-section-9.bin.tmp');
    writeFileSync(left, 'by a kill');
    setSections(rig, [section('1', upTo(10))]);
    await scan({ ...rig.options, force: true });
    expect([readdirSync(directory(rig)), existsSync(left)]).toEqual([['1.bin'], false]);
  });

  it('is no place for a report', async () => {
    const { rig } = await rigWithKept();
    const report = { path: join(directory(rig), '1.bin'), format: 'ndjson' } as const;
    await expect(scan({ ...rig.options, reports: [report] })).rejects.toThrow(/would replace/);
  });

  it('serves runs of single scenes too, also beside large libraries of which only some items are read', async () => {
    const rig = await scanRig({ scenes, sections: [section('1', upTo(50_200))] });
    const read = readOf(rig);
    const only = { ...rig.options, ids: [3] };
    // Nothing was kept, and such a run does not begin with it: it reads no more than it needs.
    expect([keptOf(await scan(only)), existsSync(directory(rig))]).toEqual([[false], false]);
    await scan(rig.options);
    read();
    expect([keptOf(await scan(only)), read()]).toEqual([[true], []]);
    setSections(rig, [section('1', upTo(50_300))]);
    expect(keptOf(await scan(only))).toEqual([false]);
    expect(keptOf(await scan(only))).toEqual([true]);
  });

  it('is told with --verbose', async () => {
    const { rig } = await rigWithKept();
    setSections(rig, [section('1', upTo(15)), section('2', upTo(14, 16))]);
    const { stderr } = await runCli(['scan', '--verbose'], cliEnvironment(rig));
    expect(stderr).toContain('Library "L1": unchanged, used as it was kept\n');
    expect(stderr).toContain('Library "L2": read\n');
    const fresh = await runCli(['scan', '--verbose', '--fresh'], cliEnvironment(rig));
    expect(fresh.stderr).toContain('Library "L1": read\n');
  });

  it('never leads to another answer, whatever changes on the server', async () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('none' as const) }),
      fc.record({ kind: fc.constant('remove' as const), at: fc.nat(29) }),
      fc.record({ kind: fc.constant('edit' as const), at: fc.nat(29), summary: fc.constantFrom('', 'a', 'b') }),
      fc.record({ kind: fc.constant('move' as const), at: fc.nat(29) }),
      fc.record({
        kind: fc.constant('rename' as const),
        at: fc.nat(29),
        name: fc.constantFrom('x', 'Scene 1', 'Scene 2'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 6 }), async (changes) => {
        const { rig } = await rigWithKept();
        const report = join(rig.dataDir, 'r.ndjson');
        const reports = [{ path: report, format: 'ndjson' as const }];
        for (const each of changes) {
          const sections = rig.plex.state.world.sections.map((one) => ({ ...one, items: [...one.items] }));
          const all = sections.flatMap(({ items }, at) => items.map((_, i) => [at, i] as const));
          const [at, i] = all[('at' in each ? each.at : 0) % all.length] ?? [0, 0];
          const from = sections[at]!;
          const chosen = from.items[i]!;
          if (each.kind === 'remove' && all.length > 20) from.items.splice(i, 1);
          if (each.kind === 'edit') from.items[i] = { ...chosen, summary: each.summary };
          if (each.kind === 'move') {
            from.items.splice(i, 1);
            sections[1 - at]!.items.push(chosen);
          }
          if (each.kind === 'rename') {
            const parts = [{ file: `/media/clips/1/${each.name}.mp4`, size: 101 }];
            from.items[i] = { ...chosen, media: [{ parts }] };
          }
          if (each.kind !== 'none') setSections(rig, sections);
          const options = { ...rig.options, reports, include: 'all' as const, force: true };
          const fresh = await scan({ ...options, fresh: true, dryRun: true });
          const freshLines = readReport(report);
          const kept = await scan({ ...options, dryRun: true });
          expect([kept.verdicts, kept.queue, readReport(report)]).toEqual([fresh.verdicts, fresh.queue, freshLines]);
          await scan(options);
        }
      }),
      { numRuns: runs(12) },
    );
  });
});

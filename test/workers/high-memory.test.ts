import { expect, it } from 'vitest';
import { writeBasis, writeIndex } from '../../src/main/engine/context.js';
import { loadEngine } from '../../src/main/engine/local-engine.js';
import { startRunner } from '../../src/main/engine/worker-pool.js';
import { buildIdTable } from '../../src/main/engine/id-table.js';
import { Job, JudgedWord } from '../../src/shared/engine/layout.js';
import { LineSpool } from '../../src/main/report/line-spool.js';
import type { ReportLine } from '../../src/shared/report-line.js';
import { IndexBuilder } from '../../src/main/plex-index/builder.js';
import { jobOf } from '../../src/shared/judged.js';
import { openIndex } from '../../src/shared/index/reader.js';
import { decodePickle } from '../../src/main/queue/pickle-decode.js';
import { VERDICTS } from '../../src/shared/verdicts.js';

it('works beyond 2 GiB of shared memory, where addresses no longer fit a signed number', async () => {
  const local = await loadEngine();
  const { memory } = local;
  // Only addresses are taken; no memory is touched.
  memory.allocate(2 ** 31);
  const runner = startRunner(0, local);
  const builder = new IndexBuilder();
  const section = builder.addSection({ key: '1', title: 'Clips', agentIsNone: false });
  const rows = [
    { ratingKey: '1', Media: [{ Part: [{ file: '/p/caf\u00e9.mp4', size: 5 }] }] },
    { ratingKey: 2, Media: [{ Part: [{ file: 'D:\\p\\\u00fcber.mp4', size: '6' }] }] },
  ];
  const page = Buffer.from(JSON.stringify({ MediaContainer: { Metadata: rows } }));
  const added = await runner.run({ kind: 'digest', filterAt: 0 }, page, (found) =>
    builder.addPage(memory, found, section),
  );
  expect(added).toEqual({ ok: true, value: 2 });
  const bytes = builder.finish(memory);
  const opened = openIndex(bytes);
  if (!opened.ok) throw new Error(opened.reason);
  const base = 'http://stash:9999';
  const engineSettings = { syncTimestamps: buildIdTable(memory, []), pictures: { base, hasBackground: false } };
  const basis = writeBasis(memory, engineSettings, {
    id: 'high',
    now: 1_750_000_000,
    mappings: [],
    since: undefined,
    audit: undefined,
    gaps: ['empty', 'missing'],
    allowUnsafeNames: false,
    plexDate: 'auto',
    locations: [],
    ignore: { paths: [], tags: [], studios: [] },
    lines: 'all',
    links: { scene: 'http://stash/scenes/', item: 'http://plex/' },
  });
  const context = writeIndex(memory, basis, bytes, opened.index);
  expect(context.index.byteOffset).toBeGreaterThan(2 ** 31);
  const scene = (id: number, path: string) => ({ id: String(id), details: 'd', files: [{ path, size: id + 4 }] });
  // In another Unicode form; a Windows path; in no item.
  const scenes = [
    scene(1, '/s/cafe\u0301.mp4'),
    scene(2, '/s/\u00dcber.mp4'),
    { ...scene(3, '/s/\u00e4.mp4'), title: 7 },
  ];
  const body = Buffer.from(JSON.stringify({ data: { findScenes: { scenes } } }));
  const task = { kind: 'judge', rows: { kind: 'full' }, context, asOf: 1, settled: [], keptVerdicts: 0 } as const;
  const spool = new LineSpool();
  const judged = await runner.run(task, body, ({ rows: count, judgedAt, lines }) => {
    const words = memory.words(judgedAt, count * JudgedWord.Words);
    if (lines) spool.add(memory, lines, words);
    return Array.from({ length: count }, (_, i) => {
      const at = i * JudgedWord.Words;
      const code = words[at + JudgedWord.Verdict] ?? 0;
      const job = memory.bytes(words[at + JudgedWord.JobAt] ?? 0, words[at + JudgedWord.JobBytes] ?? 0).slice();
      const read = decodePickle(job);
      const data = read.ok && read.value instanceof Map ? read.value.get('data') : undefined;
      return [VERDICTS[code & 0xff], jobOf(code) === Job.Written, data instanceof Map && data.get('path')];
    });
  });
  expect(judged).toEqual({
    ok: true,
    value: [
      ['empty', true, '/s/caf\u00e9.mp4'],
      ['empty', true, '/s/D:\\p\\\u00fcber.mp4'],
      ['missing', true, '/s/\u00e4.mp4'],
    ],
  });
  const lines = [...spool.texts([])].map((text) => JSON.parse(text) as ReportLine);
  spool.close();
  expect(lines.map(({ path, item: match, url }) => [path, match?.path, match?.url, url])).toEqual([
    ['/s/cafe\u0301.mp4', '/p/caf\u00e9.mp4', 'http://plex/1', 'http://stash/scenes/1'],
    ['/s/\u00dcber.mp4', 'D:\\p\\\u00fcber.mp4', 'http://plex/2', 'http://stash/scenes/2'],
    ['/s/\u00e4.mp4', undefined, undefined, 'http://stash/scenes/3'],
  ]);
});

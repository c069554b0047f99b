/** The matcher alone on one core, and the size of the index it works on. */
import { loadEngine } from './engine-rig.js';
import { check, median } from './rig.js';
import { makeWorld } from './world.js';

const PAGE = 500;

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export async function matcher({ scenes, repeat, seed }) {
  const world = makeWorld({ seed, scenes, shape: 'realistic' });
  const rig = await loadEngine();
  const { index, pathBytes } = await buildIndex(rig, world);
  const judge = await prepareScenes(rig, world, index);
  const totals = world.totals();
  const rates = [];
  for (let round = 0; round <= repeat; round++) {
    const started = performance.now();
    const found = judge();
    if (round > 0) rates.push((scenes / (performance.now() - started)) * 1000);
    check('verdicts', found, totals);
  }
  const rate = median(rates);
  const perItem = index.length / world.items;
  return [
    {
      measure: 'matcher alone, decoded scenes, one core',
      value: `${Math.round(rate).toLocaleString('en')} scenes/s`,
      bar: '>= 1,500,000/s',
      met: rate >= 1.5e6,
    },
    {
      measure: `index, with paths of ${Math.round(pathBytes / world.items)} bytes`,
      value: `${perItem.toFixed(0)} bytes/item`,
      bar: '<= 250',
      met: perItem <= 250,
    },
  ];
}

/** @typedef {Awaited<ReturnType<typeof loadEngine>>} EngineRig */
/** @typedef {ReturnType<typeof makeWorld>} World */

/** @param {EngineRig} rig @param {World} world */
async function buildIndex({ engine, memory, onPage }, world) {
  const { IndexBuilder } = await import('../dist/main/plex-index/builder.js');
  const { digestPage } = await import('../dist/workers/tasks/digest-page.js');
  const builder = new IndexBuilder();
  const section = builder.addSection({ key: '1', title: 'Clips', agentIsNone: false });
  let pathBytes = 0;
  for (let start = 0; start < world.items; start += PAGE) {
    const rows = Array.from({ length: Math.min(PAGE, world.items - start) }, (_, i) => world.itemRow(start + i));
    for (const row of rows) pathBytes += Buffer.byteLength(JSON.parse(row).Media[0].Part[0].file);
    onPage(`{"MediaContainer":{"size":${rows.length},"Metadata":[${rows.join(',')}]}}`, (page) => {
      const digest = digestPage(engine, { kind: 'digest', page, filterAt: 0 });
      if (!digest.ok) throw new Error(JSON.stringify(digest.problem));
      builder.addPage(memory, digest.value, section);
    });
  }
  return { index: builder.finish(memory), pathBytes };
}

/**
 * Reads all scenes into the engine's records; returns what judges them all and counts the verdicts.
 * @param {EngineRig} rig @param {World} world @param {Uint8Array<SharedArrayBuffer>} index
 */
async function prepareScenes({ engine, memory, onPage }, world, index) {
  const { writeBasis, writeIndex } = await import('../dist/main/engine/context.js');
  const { buildIdTable } = await import('../dist/main/engine/id-table.js');
  const { openIndex } = await import('../dist/shared/index/reader.js');
  const { JudgedWord } = await import('../dist/shared/engine/layout.js');
  const { VERDICTS } = await import('../dist/shared/verdicts.js');
  const { judgeRecords } = await import('../dist/workers/tasks/judge-page.js');
  const { readScenePage } = await import('../dist/workers/pages/scene-page.js');
  const opened = openIndex(index);
  if (!opened.ok) throw new Error(opened.reason);
  const settings = { syncTimestamps: buildIdTable(memory, []), pictures: undefined };
  const basis = writeBasis(memory, settings, {
    id: 'perf',
    now: Date.now() / 1000,
    mappings: [],
    since: undefined,
    // Matching alone: no job is written.
    gaps: [],
    allowUnsafeNames: false,
    plexDate: 'auto',
    locations: [],
    ignore: { paths: [], tags: [], studios: [] },
    audit: undefined,
    lines: 'none',
    links: { scene: 'http://stash/scenes/', item: null },
  });
  const context = writeIndex(memory, basis, index, opened.index);
  /** @type {import('../dist/workers/pages/scene-page.js').SceneRecords[]} */
  const pages = [];
  for (let from = 1; from <= world.scenes; from += PAGE) {
    const rows = [];
    for (let n = from; n < Math.min(from + PAGE, world.scenes + 1); n++) rows.push(world.sceneRow(n));
    const read = onPage(`{"data":{"findScenes":{"scenes":[${rows.join(',')}]}}}`, (page) =>
      readScenePage(engine, page),
    );
    if (!read.ok) throw new Error(JSON.stringify(read.problem));
    pages.push(read.value);
  }
  const room = { at: memory.allocate(1 << 20), bytes: 1 << 20 };
  return () => {
    const counts = new Uint32Array(VERDICTS.length);
    for (const records of pages) {
      const judged = () =>
        judgeRecords(
          engine,
          { kind: 'judge', rows: { kind: 'full' }, context, asOf: 1, keptVerdicts: 0, settled: [] },
          records,
        );
      const words = memory.words(engine.inRoom(room, judged).value.judgedAt, records.count * JudgedWord.Words);
      for (let at = JudgedWord.Verdict; at < words.length; at += JudgedWord.Words) {
        const verdict = (words[at] ?? 0) & 0xff;
        counts[verdict] = (counts[verdict] ?? 0) + 1;
      }
    }
    const of = (/** @type {typeof VERDICTS[number]} */ verdict) => counts[VERDICTS.indexOf(verdict)];
    return { matched: of('matched'), empty: of('empty'), missing: of('missing'), ambiguous: of('ambiguous') };
  };
}

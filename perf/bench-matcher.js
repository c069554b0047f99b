/** The matcher alone on one core, and the size of the index it works on. */
import { check, median } from './rig.js';
import { makeWorld } from './world.js';

/** @param {import('./run.js').BenchOptions} options @returns {Promise<import('./run.js').Row[]>} */
export async function matcher({ scenes, repeat, seed }) {
  const { IndexBuilder } = await import('../dist/shared/index/builder.js');
  const { openIndex } = await import('../dist/shared/index/reader.js');
  const { matchScene } = await import('../dist/shared/matcher/matcher.js');
  const { DirectoryCache } = await import('../dist/shared/matcher/scene-file.js');
  const { Utf8Text } = await import('../dist/shared/utf8-text.js');
  const { digestPage } = await import('../dist/workers/digest-page.js');
  const world = makeWorld({ seed, scenes, shape: 'realistic' });
  const builder = new IndexBuilder();
  const section = builder.addSection({ key: '1', title: 'Clips' });
  let pathBytes = 0;
  for (let start = 0; start < world.items; start += 500) {
    const rows = Array.from({ length: Math.min(500, world.items - start) }, (_, i) => world.itemRow(start + i));
    for (const row of rows) pathBytes += Buffer.byteLength(JSON.parse(row).Media[0].Part[0].file);
    const bytes = Buffer.from(`{"MediaContainer":{"size":${rows.length},"Metadata":[${rows.join(',')}]}}`);
    const page = digestPage({ kind: 'digest', bytes, dateRule: 'counts' });
    if (!page.ok) throw new Error(JSON.stringify(page.problem));
    builder.addPage(page.value.digest, section);
  }
  const buffer = builder.finish();
  const opened = openIndex(buffer);
  if (!opened.ok) throw new Error(opened.reason);
  const inputs = [];
  for (let n = 1; n <= scenes; n++) {
    const { title, files } = JSON.parse(world.sceneRow(n));
    const [{ path, size, duration }] = files;
    inputs.push({ title: Utf8Text.of(title), files: [{ path: Utf8Text.of(path), size, duration }] });
  }
  const totals = world.totals();
  const rates = [];
  for (let round = 0; round <= repeat; round++) {
    const directories = new DirectoryCache([]);
    const found = { matched: 0, ambiguous: 0, none: 0 };
    const started = performance.now();
    for (const input of inputs) found[matchScene(opened.index, directories, input).kind]++;
    if (round > 0) rates.push((scenes / (performance.now() - started)) * 1000);
    check('matches', found, {
      matched: totals.matched + totals.empty,
      ambiguous: totals.ambiguous,
      none: totals.missing,
    });
  }
  const rate = median(rates);
  const perItem = buffer.byteLength / world.items;
  return [
    {
      measure: 'matcher alone, decoded scenes, one core',
      value: `${Math.round(rate).toLocaleString('en')} scenes/s`,
      bar: '>= 1,000,000/s',
      met: rate >= 1e6,
    },
    {
      measure: `index, with paths of ${Math.round(pathBytes / world.items)} bytes`,
      value: `${perItem.toFixed(0)} bytes/item`,
      bar: '<= 250',
      met: perItem <= 250,
    },
  ];
}

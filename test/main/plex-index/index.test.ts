import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexBuilder } from '../../../src/main/plex-index/builder.js';
import { ItemFilter } from '../../../src/main/plex-index/item-filter.js';
import { NONE } from '../../../src/shared/index/format.js';
import { openIndex } from '../../../src/shared/index/reader.js';
import { contextOf, judgeOn, memory, runOn } from '../../support/engine.js';
import { buildIndexBytes, plexPage, smallIndex, type TestItem } from '../../support/small-index.js';

const component = fc.string({
  unit: fc.constantFrom('a', 'B', '\u00e9', 'e\u0301', '\u{1f3ac}', ' ', '%', '"'),
  minLength: 1,
  maxLength: 4,
});
const path = fc
  .tuple(
    fc.constantFrom('/', 'D:\\', '\\\\nas\\', '//'),
    fc.array(component, { maxLength: 3 }),
    fc.constantFrom('/', '\\'),
    component,
  )
  .map(([root, dirs, separator, name]) => root + [...dirs, name].join(separator));
const items = fc
  .array(
    fc.record({
      title: fc.string({ unit: 'grapheme' }),
      files: fc.array(fc.record({ path, size: fc.nat() }), { maxLength: 3 }),
    }),
    { maxLength: 40 },
  )
  .map((list) => list.map((item, i): TestItem => ({ key: String(1000 + i), ...item })));

const scenePage = (scenes: readonly object[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ data: { findScenes: { scenes } } }));

/** The index of those of some items that the scenes of a page may ask for. */
function filteredBytes(found: readonly TestItem[], page: Uint8Array) {
  const filter = new ItemFilter(memory);
  runOn({ kind: 'names', filterAt: filter.at }, page, () => undefined);
  const builder = new IndexBuilder();
  const section = builder.addSection({ key: '1', title: 'Clips', agentIsNone: false });
  runOn({ kind: 'digest', filterAt: filter.at }, plexPage(found), (digest) => builder.addPage(memory, digest, section));
  return builder.finish(memory);
}

function filteredIndex(found: readonly TestItem[], page: Uint8Array) {
  const opened = openIndex(filteredBytes(found, page));
  if (!opened.ok) throw new Error(opened.reason);
  return opened.index;
}

describe('the Plex index', () => {
  it('gives back every item, part and path as Plex spelled it', () => {
    fc.assert(
      fc.property(items, (world) => {
        const index = smallIndex(world);
        expect(index.counts.items).toBe(world.length);
        for (const { key, title, files } of world) {
          const item = index.itemByKey(key);
          const [first, end] = index.partsOf(item);
          const parts = Array.from({ length: end - first }, (_, i) => first + i);
          expect(index.ratingKey(item)).toBe(key);
          expect(index.title(item)).toBe(title);
          expect(parts.map((part) => index.partPath(part))).toEqual(files.map((file) => file.path));
          expect(parts.map((part) => index.sizeOf(part))).toEqual(files.map((file) => file.size));
        }
      }),
    );
  });

  it('drops items whose rating key repeats, on the same page or later', () => {
    const twice = ['5', '6', '5', '7', '6'].map((key) => ({ key, files: [{ path: `/m/${key}.mp4` }] }));
    const index = smallIndex(twice);
    expect([index.counts.items, index.counts.parts]).toEqual([3, 3]);
    expect(index.itemByKey('8')).toBe(NONE);
  });

  it('forgets what was added after a mark', () => {
    const builder = new IndexBuilder();
    const section = builder.addSection({ key: '1', title: 'Clips', agentIsNone: false });
    const add = (keys: string[]) => {
      const bytes = plexPage(keys.map((key) => ({ key, files: [{ path: `/m/${key}/${key}.mp4` }] })));
      const answer = runOn({ kind: 'digest', filterAt: 0 }, bytes, (found) => builder.addPage(memory, found, section));
      return answer.ok ? answer.value : undefined;
    };
    add(['1', '2']);
    const mark = builder.mark();
    add(['3', '4']);
    builder.rollback(mark);
    expect(add(['4', '2', '5'])).toBe(2);
    const opened = openIndex(builder.finish(memory));
    if (!opened.ok) throw new Error(opened.reason);
    expect(opened.index.counts.items).toBe(4);
    expect(opened.index.itemByKey('3')).toBe(NONE);
    expect(opened.index.partPath(opened.index.partsOf(opened.index.itemByKey('4'))[0])).toBe('/m/4/4.mp4');
  });

  it('counts a repeated row once, also when it was skipped the first time and kept the second', () => {
    const builder = new IndexBuilder();
    const section = builder.addSection({ key: '1', title: 'Clips', agentIsNone: false });
    const filter = new ItemFilter(memory);
    const add = (keys: string[]) => {
      const bytes = plexPage(
        keys.map((key) => ({ key, files: [{ path: `/m/${key}.mp4` }, { path: `/m/${key}b.mp4` }] })),
      );
      const task = { kind: 'digest', filterAt: filter.at } as const;
      const answer = runOn(task, bytes, (found) => builder.addPage(memory, found, section));
      return answer.ok ? answer.value : undefined;
    };
    expect(add(['1', '2', '2', 'x'])).toBe(3);
    const scenes = ['2', '3'].map((id) => ({ id, files: [{ path: `/s/${id}.mp4` }] }));
    const bytes = new TextEncoder().encode(JSON.stringify({ data: { findScenes: { scenes } } }));
    expect(runOn({ kind: 'names', filterAt: filter.at }, bytes, ({ rows }) => rows)).toEqual({ ok: true, value: 2 });
    expect(add(['2', '3', '3', 'x'])).toBe(1);
    expect([builder.items, builder.files]).toEqual([4, 8]);
    const opened = openIndex(builder.finish(memory));
    expect(opened.ok && opened.index.counts.items).toBe(2);
  });

  it('keeps of a filtered listing the items that have a name or a size of the scenes', () => {
    const scenes = [{ id: '1', files: [{ path: '/s/One.mp4', size: 11 }] }];
    const found = [
      { key: '1', files: [{ path: '/m/ONE.mp4', size: 5 }] },
      { key: '2', files: [{ path: '/m/two.mp4', size: 11 }] },
      { key: '3', files: [{ path: '/m/three.mp4', size: 12 }] },
      { key: '4', files: [{ path: '/m/four.mp4' }] },
      { key: '5', files: [{ path: '/m/five.mp4' }, { path: '/m/other.mp4', size: 11 }] },
    ];
    const index = filteredIndex(found, scenePage(scenes));
    expect(found.map(({ key }) => index.itemByKey(key) !== NONE)).toEqual([true, true, false, false, true]);
  });

  it('says of scenes the same, filtered by them or whole', () => {
    const name = fc.constantFrom('a.mp4', 'A.mp4', 'b.mp4', 'c.mp4', 'd.mp4', '\u00e9.mp4', 'e\u0301.mp4');
    const file = fc.record({
      path: fc.tuple(fc.constantFrom('/m/x/', '/m/y/', '/n/'), name).map(([dir, base]) => dir + base),
      size: fc.integer({ min: 0, max: 4 }),
    });
    const files = fc.array(file, { minLength: 1, maxLength: 2 });
    const world = fc.record({
      items: fc.array(fc.record({ files, title: fc.constantFrom('One', 'Two') }), { maxLength: 12 }),
      scenes: fc.array(fc.record({ files, title: fc.constantFrom('One', 'Two'), details: fc.constantFrom('', 'd') }), {
        minLength: 1,
        maxLength: 4,
      }),
    });
    const settings = { lines: 'all' } as const;
    fc.assert(
      fc.property(world, ({ items, scenes }) => {
        const listed = items.map((item, i) => ({ key: String(1000 + i), ...item }));
        const page = scenePage(scenes.map((scene, i) => ({ id: String(i + 1), ...scene })));
        const whole = judgeOn(page, contextOf(buildIndexBytes(listed), settings));
        const filtered = judgeOn(page, contextOf(filteredBytes(listed, page), settings));
        if (!whole.ok || !filtered.ok) throw new Error('a page could not be read');
        expect(filtered.value.lines).toEqual(whole.value.lines);
        expect(filtered.value.scenes.map(({ bytes }) => bytes)).toEqual(whole.value.scenes.map(({ bytes }) => bytes));
      }),
    );
  });

  it.each([
    ['too short', (bytes: Uint8Array) => bytes.slice(0, 40)],
    ['not a gapscan index', (bytes: Uint8Array) => bytes.fill(0)],
    ['another length than its header says', (bytes: Uint8Array) => bytes.slice(0, -8)],
  ])('says why bytes are refused: %s', (reason, damage) => {
    const bytes = buildIndexBytes([{ key: '1', files: [] }]).slice();
    expect(openIndex(damage(bytes))).toEqual({ ok: false, reason });
  });
});

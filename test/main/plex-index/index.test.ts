import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexBuilder } from '../../../src/main/plex-index/builder.js';
import { ItemFilter } from '../../../src/main/plex-index/item-filter.js';
import { NONE } from '../../../src/shared/index/format.js';
import { openIndex } from '../../../src/shared/index/reader.js';
import { memory, runOn } from '../../support/engine.js';
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

  it.each([
    ['too short', (bytes: Uint8Array) => bytes.slice(0, 40)],
    ['not a gapscan index', (bytes: Uint8Array) => bytes.fill(0)],
    ['another length than its header says', (bytes: Uint8Array) => bytes.slice(0, -8)],
  ])('says why bytes are refused: %s', (reason, damage) => {
    const bytes = buildIndexBytes([{ key: '1', files: [] }]).slice();
    expect(openIndex(damage(bytes))).toEqual({ ok: false, reason });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMNS, FACETS, type Facet } from '../../../src/main/report/html/page/facets.js';
import { RowReader, directoriesAtDepth, type Row } from '../../../src/main/report/html/page/rows.js';
import { Findings, WHOLE_VIEW, hashOf, toggled, viewOf, type View } from '../../../src/main/report/html/page/view.js';
import { runs } from '../../support/property.js';
import { anyName, lineOf } from '../../support/report.js';

const reader = new RowReader({ roots: ['/s', '/s/new'], earlier: new Set([2, 3]) });
const few = (...words: string[]) => fc.constantFrom(...words);

const rows = fc
  .uniqueArray(
    fc.record({
      sceneId: fc.integer({ min: 1, max: 60 }),
      title: fc.oneof(few('Épisode 9', 'episode 10', 'a', ''), anyName),
      path: few('/s/new/a.mp4', '/s/old/b.mp4', '/t/c.mp4', 'C:\\x\\y.mp4'),
      studio: few('Acme', 'Best'),
      verdict: few('empty', 'missing', 'ambiguous') as fc.Arbitrary<'empty'>,
      date: few('2024-01-02', '2020', 'odd'),
    }),
    { selector: ({ sceneId }) => sceneId, maxLength: 25 },
  )
  .map((lines) => lines.map((line) => reader.read(JSON.stringify(lineOf(line)))));

const view: fc.Arbitrary<View> = fc.record({
  query: fc.oneof(few('', 'episode', 'EPISODE 1', '/s/ a', 'x y z'), anyName),
  filters: fc.record(
    Object.fromEntries(FACETS.map((facet) => [facet, fc.constant<string[]>([])])) as Record<
      Facet,
      fc.Arbitrary<string[]>
    >,
  ),
  sort: fc.constantFrom(...COLUMNS),
  isFalling: fc.boolean(),
  group: fc.option(fc.constantFrom(...FACETS), { nil: undefined }),
});

const filtered = fc
  .tuple(view, fc.array(few('empty', 'missing'), { maxLength: 2 }), fc.array(few('Acme', 'nobody'), { maxLength: 2 }))
  .map(([plain, verdict, studio]) => ({
    ...plain,
    filters: { ...plain.filters, verdict: [...new Set(verdict)], studio: [...new Set(studio)] },
  }));

/** What a person would say a row is shown for. */
function isShown(row: Row, { query, filters }: View): boolean {
  const text = [String(row.id), row.title, row.file, row.item, '/p/a.mp4'].join('\n').normalize('NFC').toLowerCase();
  const words = query.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean);
  return (
    words.every((word) => text.includes(word)) &&
    FACETS.every((facet) => filters[facet].length === 0 || filters[facet].includes(row[facet]))
  );
}

function holding(all: readonly Row[]): Findings {
  const findings = new Findings();
  findings.add(all);
  return findings;
}

describe('the view of a report', () => {
  it('shows what it says, in its order', () => {
    fc.assert(
      fc.property(rows, filtered, (all, wanted) => {
        const findings = holding(all);
        const shown = findings.select(wanted);
        expect(shown.map((number) => all[number]!.id).sort()).toEqual(
          all
            .filter((row) => isShown(row, wanted))
            .map(({ id }) => id)
            .sort(),
        );
        if (wanted.sort !== 'scene') return;
        const ids = shown.map((number) => all[number]!.id);
        expect(ids).toEqual(ids.toSorted((a, b) => (wanted.isFalling ? b - a : a - b)));
      }),
      { numRuns: runs(300) },
    );
  });

  it('counts the values of a facet as if its own filter were not there', () => {
    fc.assert(
      fc.property(rows, filtered, (all, wanted) => {
        const findings = holding(all);
        const counts = findings.count(wanted);
        for (const facet of FACETS) {
          const without = { ...wanted, filters: { ...wanted.filters, [facet]: [] } };
          const values = all.filter((row) => isShown(row, without)).map((row) => row[facet]);
          for (const value of new Set(values))
            expect(counts[facet].get(value)).toBe(values.filter((each) => each === value).length);
          expect(counts[facet].size).toBe(new Set(values).size);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  it('is what its hash says', () => {
    fc.assert(
      fc.property(filtered, (wanted) => {
        expect(viewOf(`#${hashOf(wanted)}`)).toEqual(wanted);
      }),
      { numRuns: runs(200) },
    );
    expect(hashOf(WHOLE_VIEW)).toBe('');
    expect(viewOf('#sort=-odd&group=odd&colour=red')).toEqual({ ...WHOLE_VIEW, isFalling: true });
    const once = toggled(WHOLE_VIEW, 'studio', 'Acme');
    expect([hashOf(once), toggled(once, 'studio', 'Acme')]).toEqual(['studio=Acme', WHOLE_VIEW]);
  });

  it('sorts names as people do', () => {
    const titles = ['b', 'Episode 10', 'épisode 9', 'A', 'episode 9'];
    const findings = holding(titles.map((title, i) => reader.read(JSON.stringify(lineOf({ sceneId: i + 1, title })))));
    const sorted = findings.select({ ...WHOLE_VIEW, sort: 'title' }).map((number) => titles[number]);
    expect(sorted).toEqual(['A', 'b', 'épisode 9', 'episode 9', 'Episode 10']);
  });
});

describe('a finding in the page', () => {
  it('lies below the innermost root, and is new or persistent where a run came before', () => {
    const place = ({ root, directory, change, year }: Row) => [root, directory, change, year];
    const read = (line: Parameters<typeof lineOf>[0]) => place(reader.read(JSON.stringify(lineOf(line))));
    expect(read({ sceneId: 2, path: '/s/new/x/a.mp4' })).toEqual(['/s/new', '/s/new/x', 'persistent', '2024']);
    expect(read({ sceneId: 9, path: '/s/newer/a.mp4' })).toEqual(['/s', '/s/newer', 'new', '2024']);
    expect(read({ sceneId: 9, path: '/x/a.mp4', verdict: 'ambiguous' })).toEqual(['', '/x', '', '2024']);
    expect(read({ sceneId: 2, path: null, verdict: 'lost', date: null })).toEqual(['', '', '', '']);
    const first = new RowReader({ roots: [], earlier: undefined });
    expect(first.read(JSON.stringify(lineOf())).change).toBe('');
  });

  it('is counted under a directory of the depth at which there is something to see', () => {
    const deep = Array.from({ length: 10 }, (_, i) => `/data/stash/clips/${i}/x/y`);
    expect(new Set(directoriesAtDepth(deep).values())).toEqual(
      new Set(Array.from({ length: 10 }, (_, i) => `/data/stash/clips/${i}`)),
    );
    expect([...directoriesAtDepth(['/a', 'C:\\x\\y', ''])]).toEqual([
      ['/a', '/a'],
      ['C:\\x\\y', 'C:\\x\\y'],
      ['', ''],
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halve, isLightPlan, pagesOf, planStretches } from '../../../src/main/stash/ranges.js';
import { chooseRows, isWholeRangeCheaper } from '../../../src/main/stash/row-cost.js';
import { EngineMemory } from '../../../src/shared/engine/memory.js';
import { buildIdTable } from '../../../src/main/engine/id-table.js';

const memory = new EngineMemory();
const none = buildIdTable(memory, []);
const synced = (ids: number[]) =>
  buildIdTable(
    memory,
    ids.map((id): [number, number] => [id, 1]),
  );
const upTo = (length: number) => Array.from({ length }, (_, i) => i + 1);

describe('the pages of a library', () => {
  it('cover every id once, in pages of about 500 scenes, or 1000 light ones', () => {
    const kinds = fc.constantFrom('light' as const, 'match' as const, 'full' as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 9 }),
        kinds,
        (count, sparsity, kind) => {
          const maxId = count * sparsity;
          const stretches = planStretches({ extent: { count, maxId }, syncTimestamps: none });
          const ranges = stretches.flatMap((stretch) => pagesOf(stretch, kind));
          let next = 1;
          for (const range of ranges) {
            expect([range.from, range.kind]).toEqual([next, kind]);
            next = range.to + 1;
          }
          expect(next).toBe(maxId + 1);
          const width = kind === 'light' ? 1000 : 500;
          expect(ranges.length).toBeLessThanOrEqual(Math.ceil(count / width) + Math.ceil(count / 1000));
        },
      ),
    );
  });

  it('are planned by how many of each thousand are synced', () => {
    const syncTimestamps = synced([...upTo(1000), ...upTo(500).map((n) => 1000 + 2 * n)]);
    const plan = { extent: { count: 4000, maxId: 4000 }, syncTimestamps };
    expect(planStretches(plan).map(({ from, to, synced: share }) => [from, to, share])).toEqual([
      [1, 1000, 1],
      [1001, 2000, 0.5],
      [2001, 3000, 0],
      [3001, 4000, 0],
    ]);
    expect(isLightPlan(plan)).toBe(false);
    expect(isLightPlan({ extent: { count: 2000, maxId: 2000 }, syncTimestamps })).toBe(true);
  });

  it('are none of an empty library', () => {
    expect(planStretches({ extent: { count: 0, maxId: 0 }, syncTimestamps: none })).toEqual([]);
    expect(isLightPlan({ extent: { count: 0, maxId: 0 }, syncTimestamps: none })).toBe(false);
  });
});

describe('the rows that are asked for first', () => {
  const rows = (share: number, needsMetadata: number, mayMatch = true) =>
    chooseRows({ synced: share, needsMetadata }, mayMatch);

  it('are light from about a third synced on', () => {
    expect([0, 0.3, 0.32].map((share) => rows(share, 1))).toEqual(['full', 'full', 'full']);
    expect([1 / 3, 0.55, 1].map((share) => rows(share, 1))).toEqual(['light', 'light', 'light']);
  });

  it('are match rows where few scenes will need their metadata, and those suffice', () => {
    expect([0.1, 0.2, 0.24].map((need) => rows(0, need))).toEqual(['match', 'match', 'match']);
    expect([0.3, 0.5, 1].map((need) => rows(0, need))).toEqual(['full', 'full', 'full']);
    expect(rows(0, 0.2, false)).toBe('full');
    expect(rows(0.55, 0.25)).toBe('light');
  });

  it('cost no more, by what was measured, than any other way', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (syncedShare, need) => {
        const open = 1 - syncedShare;
        const cost = { light: 27 + open * 600, match: 235 + open * need * 500, full: 430 };
        const chosen = cost[rows(syncedShare, need)];
        // Two questions about a scene have to save a sixth.
        expect(chosen).toBeLessThanOrEqual(Math.min(...Object.values(cost)) * 1.2 + 1e-9);
        expect(cost[rows(syncedShare, need, false)]).toBe(Math.min(cost.light, cost.full));
      }),
    );
  });

  it('are full ones of the whole range where a light page shows nearly all to be needed', () => {
    expect(isWholeRangeCheaper(700, 1000)).toBe(false);
    expect(isWholeRangeCheaper(730, 1000)).toBe(true);
    expect(isWholeRangeCheaper(0, 0)).toBe(false);
  });
});

it('halves a range without losing an id', () => {
  expect(halve({ from: 3, to: 4 })).toEqual([
    { from: 3, to: 3 },
    { from: 4, to: 4 },
  ]);
  expect(halve({ from: 1, to: 5 })).toEqual([
    { from: 1, to: 3 },
    { from: 4, to: 5 },
  ]);
});

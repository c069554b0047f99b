import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halve, planRanges } from '../../../src/main/stash/ranges.js';
import { EngineMemory } from '../../../src/shared/engine/memory.js';
import { buildIdTable } from '../../../src/main/engine/id-table.js';

const memory = new EngineMemory();
const none = buildIdTable(memory, []);
const sequence = (length: number) => Array.from({ length }, (_, i): [number, number] => [i + 1, 1]);

describe('planRanges', () => {
  it('covers every id once, in pages of about 500 scenes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 9 }), (count, sparsity) => {
        const maxId = count * sparsity;
        const ranges = planRanges({ extent: { count, maxId }, syncTimestamps: none, fullOnly: false });
        let next = 1;
        for (const { from, to, kind } of ranges) {
          expect([from, kind]).toEqual([next, 'full']);
          next = to + 1;
        }
        expect(next).toBe(maxId + 1);
        expect(ranges.length).toBeLessThanOrEqual(Math.ceil(count / 500) + Math.ceil(count / 1000));
      }),
    );
  });

  it('asks light rows where most scenes are synced, full rows elsewhere', () => {
    const syncTimestamps = buildIdTable(memory, sequence(2000));
    const plan = (fullOnly: boolean) => planRanges({ extent: { count: 4000, maxId: 4000 }, syncTimestamps, fullOnly });
    expect(plan(false).map(({ from, to, kind }) => `${kind} ${from}-${to}`)).toEqual([
      'light 1-1000',
      'light 1001-2000',
      'full 2001-2500',
      'full 2501-3000',
      'full 3001-3500',
      'full 3501-4000',
    ]);
    expect(plan(true).every(({ kind }) => kind === 'full')).toBe(true);
  });

  it('asks nothing of an empty library', () => {
    expect(planRanges({ extent: { count: 0, maxId: 0 }, syncTimestamps: none, fullOnly: false })).toEqual([]);
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

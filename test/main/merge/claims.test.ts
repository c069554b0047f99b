import { describe, expect, it } from 'vitest';
import { Claims } from '../../../src/main/merge/claims.js';
import { Agreement } from '../../../src/shared/engine/layout.js';
import { strengthOf } from '../../../src/shared/strength.js';
import { VERDICTS } from '../../../src/shared/verdicts.js';

const MATCHED = VERDICTS.indexOf('matched');
const EXACT = strengthOf(Agreement.Exact | 3, 0);
const SIZE = strengthOf(Agreement.Size, 1);
const PARENT = strengthOf(1, 0);
const NAME = strengthOf(0, 0);

/** Three items of two parts each. */
function claims(...entries: [sceneId: number, part: number, strength: number][]) {
  const all = new Claims();
  for (const [sceneId, part, strength] of entries) {
    all.add({ sceneId, item: Math.floor(part / 2), part, strength, verdict: MATCHED, binds: true });
  }
  return all;
}

const settle = (all: Claims, holderOf = () => 0) =>
  all.settle(holderOf).map(({ sceneId, why, holder }) => [sceneId, why, holder]);

/** Scene, item and part of each. */
function provenOf(all: Claims) {
  const { scenes, items, parts } = all.proven();
  return [...scenes].map((scene, i) => [scene, items[i], parts[i]]);
}

describe('Claims', () => {
  it('lets one claim per item stand', () => {
    const all = claims([10, 0, EXACT], [11, 2, NAME], [12, 4, SIZE]);
    expect(settle(all)).toEqual([]);
    expect(provenOf(all)).toEqual([
      [10, 0, 0],
      [12, 2, 4],
    ]);
    expect([...all.weaklyClaimed()]).toEqual([1]);
  });

  it('gives an item to the strong match, whichever part was claimed and in whatever order', () => {
    expect(settle(claims([10, 0, PARENT], [11, 1, SIZE]))).toEqual([[10, 'lost', 0]]);
    expect(settle(claims([11, 1, SIZE], [10, 0, PARENT]))).toEqual([[10, 'lost', 0]]);
  });

  it('lets nobody have an item two scenes are proven to be, and drops the weak third', () => {
    const all = claims([10, 0, EXACT], [11, 1, SIZE], [12, 0, PARENT]);
    expect(settle(all)).toEqual([
      [10, 'shared', 0],
      [11, 'shared', 0],
      [12, 'lost', 0],
    ]);
    expect(provenOf(all)).toEqual([]);
  });

  it('ranks weak claims by their directories; equal ones, down to the bare file name, tie', () => {
    expect(settle(claims([10, 0, PARENT], [11, 0, NAME]))).toEqual([[11, 'lost', 0]]);
    expect(settle(claims([10, 0, NAME], [11, 0, NAME]))).toEqual([
      [10, 'tied', 0],
      [11, 'tied', 0],
    ]);
  });

  it('keeps a weak claim off an item somebody else holds; a strong one, or the holder itself, is not kept off', () => {
    const holderOf = () => 7;
    expect(settle(claims([10, 0, PARENT]), holderOf)).toEqual([[10, 'held', 7]]);
    expect(settle(claims([7, 0, PARENT]), holderOf)).toEqual([]);
    expect(settle(claims([10, 0, SIZE]), holderOf)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { Claims } from '../../../src/main/merge/claims.js';
import { VERDICTS } from '../../../src/shared/verdicts.js';

const MATCHED = VERDICTS.indexOf('matched');

function claims(...entries: [sceneId: number, part: number, evidence: number][]) {
  // Three items of two parts each.
  const all = new Claims();
  for (const [sceneId, part, evidence] of entries) {
    all.add({ sceneId, item: Math.floor(part / 2), part, evidence, verdict: MATCHED });
  }
  return all;
}

describe('Claims', () => {
  it('lets one claim per item stand', () => {
    const all = claims([10, 0, 5], [11, 2, 0], [12, 4, 9]);
    expect(all.settle()).toEqual([]);
    expect(all.standing([])).toEqual({
      scenes: Uint32Array.of(10, 11, 12),
      items: Uint32Array.of(0, 1, 2),
      evidence: Uint32Array.of(5, 0, 9),
    });
  });

  it('gives an item to the stronger evidence, whichever part was claimed and in whatever order', () => {
    const expected = [{ sceneId: 10, outcome: 'lost', part: 0, verdict: 'matched' }];
    expect(claims([10, 0, 5], [11, 1, 6]).settle()).toEqual(expected);
    expect(claims([11, 1, 6], [10, 0, 5]).settle()).toEqual(expected);
  });

  it('lets nobody have an item two scenes claim equally well, and drops the weaker third', () => {
    const all = claims([10, 0, 6], [11, 1, 6], [12, 0, 5]);
    const fallen = all.settle();
    expect(fallen.map(({ sceneId, outcome }) => [sceneId, outcome])).toEqual([
      [10, 'tied'],
      [11, 'tied'],
      [12, 'lost'],
    ]);
    expect(all.standing(fallen).scenes).toEqual(new Uint32Array());
  });

  it('counts a bare file name, evidence 0, as a claim', () => {
    expect(
      claims([10, 0, 0], [11, 0, 0])
        .settle()
        .map(({ outcome }) => outcome),
    ).toEqual(['tied', 'tied']);
  });
});

import fc from 'fast-check';
import leven from 'leven';
import { describe, expect, it } from 'vitest';
import { NearNames } from '../../../src/main/missing/near-names.js';
import { runs } from '../../support/property.js';

const letters = fc.array(fc.constantFrom('a', 'b', ' ', '-', 'é'), { maxLength: 9 }).map((list) => list.join(''));

describe('names at most two characters away', () => {
  it('are those a comparison with each one finds, in short lists and in long ones', () => {
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 150 }), letters, (names, name) => {
        const naive = names.flatMap((other, number) => {
          const distance = leven(name, other);
          return distance <= 2 ? [{ number, distance }] : [];
        });
        const found = new NearNames(names).find(name);
        expect(found.sort((a, b) => a.number - b.number)).toEqual(naive);
      }),
      { numRuns: runs(200) },
    );
  });

  it.each([
    ['episode 12.mp4', 'episode 13.mp4', false],
    ['episode 12.mp4', 'episode 012.mp4', true],
    ['clip.mp4', 'clip.mkv', true],
    ['clip 1.mp4', 'clip 1b.mp4', true],
    ['clip 1.mp4', 'clip.mp4', true],
    ['s01e02.mp4', 's01e03.mp4', false],
  ])('%s and %s: %s', (name, other, isNear) => {
    expect(new NearNames([other]).find(name).length).toBe(isNear ? 1 : 0);
  });
});

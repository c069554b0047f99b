import { describe, expect, it } from 'vitest';
import { MetadataOutlook } from '../../../src/main/stash/metadata-outlook.js';

const NOTHING = { items: 0, withMetadata: 0 };
const counts = (items: number, withMetadata: number) => ({ items, withMetadata });

describe('the share of scenes that will need their metadata', () => {
  const share = (
    scenes: number,
    none: { items: number; withMetadata: number },
    finding: { items: number; withMetadata: number },
    expected: { none: number; finding: number },
  ) => {
    const outlook = new MetadataOutlook(scenes);
    outlook.see({ none, finding }, expected);
    return Math.round(outlook.share * 100) / 100;
  };

  it('is all of them while nothing is known', () => {
    expect(new MetadataOutlook(100).share).toBe(1);
    expect(share(100, NOTHING, NOTHING, { none: 100, finding: 0 })).toBe(1);
    expect(share(0, NOTHING, NOTHING, { none: 0, finding: 0 })).toBe(1);
  });

  it('is told by the items that have been read, for all that are like them', () => {
    expect(share(1000, counts(200, 160), NOTHING, { none: 1000, finding: 0 })).toBe(0.2);
    expect(share(1000, counts(1000, 800), NOTHING, { none: 1000, finding: 0 })).toBe(0.2);
  });

  it('holds the scenes that are missing', () => {
    expect(share(1000, counts(500, 500), NOTHING, { none: 500, finding: 0 })).toBe(0.5);
  });

  it('takes libraries nothing is known of for empty, and items beyond the scenes for those that are filled', () => {
    // Films come first; what the clips are like is not known yet.
    expect(share(1000, NOTHING, counts(500, 500), { none: 1000, finding: 4000 })).toBe(1);
    // They turn out to be empty, or filled.
    expect(share(1000, counts(1000, 0), counts(4000, 4000), { none: 1000, finding: 4000 })).toBe(1);
    expect(share(1000, counts(1000, 900), counts(4000, 4000), { none: 1000, finding: 4000 })).toBe(0.1);
  });

  it('is what was seen once enough scenes were judged', () => {
    const outlook = new MetadataOutlook(10_000);
    outlook.see({ none: counts(10_000, 10_000), finding: NOTHING }, { none: 10_000, finding: 0 });
    outlook.note(1500, 900);
    expect(outlook.share).toBe(0);
    outlook.note(500, 300);
    expect(outlook.share).toBe(0.6);
  });
});

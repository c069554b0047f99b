import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchScene } from '../../../src/shared/matcher/matcher.js';
import { DirectoryCache } from '../../../src/shared/matcher/scene-file.js';
import { foldMappings } from '../../../src/shared/path.js';
import { Utf8Text } from '../../../src/shared/utf8-text.js';
import { referenceMatch, type ReferenceResult } from '../../support/reference-matcher.js';
import { smallIndex, type TestItem } from '../../support/small-index.js';

interface TestScene {
  readonly title: string;
  readonly files: readonly { readonly path: string; readonly size: number; readonly duration: number }[];
}

function match(items: readonly TestItem[], scene: TestScene, mappings: { stash: string; plex: string }[] = []) {
  const index = smallIndex(items);
  const input = {
    title: Utf8Text.of(scene.title),
    files: scene.files.map((each) => ({ ...each, path: Utf8Text.of(each.path) })),
  };
  const result = matchScene(index, new DirectoryCache(foldMappings(mappings)), input);
  const keyOf = (part: number) => index.ratingKey(index.itemOf(part));
  if (result.kind === 'matched') return { kind: 'matched', key: keyOf(result.part) };
  if (result.kind === 'ambiguous') return { kind: 'ambiguous', keys: result.parts.map(keyOf) };
  return result;
}

const file = (path: string, size = 0, duration = 0) => ({ path, size, duration });

describe('matchScene', () => {
  it('finds the item by its exact path among equal names', () => {
    const items = [
      { key: '1', files: [{ path: '/media/a/clip.mp4' }] },
      { key: '2', files: [{ path: '/media/b/clip.mp4' }] },
    ];
    expect(match(items, { title: '', files: [file('/media/b/clip.mp4')] })).toEqual({ kind: 'matched', key: '2' });
  });

  it('applies pathMappings before it compares paths, the longest prefix first', () => {
    const items = [
      { key: '1', files: [{ path: '/plex/x/same/clip.mp4' }] },
      { key: '2', files: [{ path: '/other/same/clip.mp4' }] },
    ];
    const mappings = [
      { stash: '/data', plex: '/plex/x' },
      { stash: '/data/deep', plex: '/other' },
    ];
    const scene = { title: '', files: [file('/data/deep/same/clip.mp4')] };
    expect(match(items, scene, mappings)).toEqual({ kind: 'matched', key: '2' });
  });

  it.each([
    ['NFD against NFC', '/s/Cafe\u0301.mp4', '/p/Caf\u00e9.mp4'],
    ['letter case', '/s/CLIP.MP4', '/p/clip.mp4'],
    ['drive letter and backslashes', 'D:\\Media\\Clips\\a.mp4', '/mnt/clips/A.mp4'],
    ['UNC', '\\\\Host\\share\\b.mp4', '/share/b.mp4'],
    ['quotes, percent signs, brackets', '/s/100% "real" [it\'s].mp4', '/p/100% "real" [it\'s].mp4'],
  ])('sees through %s', (_, stash, plex) => {
    const items = [{ key: '7', files: [{ path: plex }] }];
    expect(match(items, { title: '', files: [file(stash)] })).toEqual({ kind: 'matched', key: '7' });
  });

  it("does not take another scene's item that happens to share the file name", () => {
    const items = [{ key: '1', title: 'x', files: [{ path: '/media/a/clip.mp4', size: 5 }] }];
    expect(match(items, { title: '', files: [file('/stash/b/clip.mp4', 6)] })).toEqual({ kind: 'none' });
  });

  it('takes a re-encoded copy when title and duration agree', () => {
    const items = [{ key: '1', title: 'Beach Day', files: [{ path: '/media/a/clip.mp4', size: 5, duration: 61_000 }] }];
    const scene = (duration: number) => ({
      title: 'Beach Day (2024) [1080p]',
      files: [file('/s/b/clip.mp4', 6, duration)],
    });
    expect(match(items, scene(62.5))).toEqual({ kind: 'matched', key: '1' });
    expect(match(items, scene(64))).toEqual({ kind: 'none' });
  });

  it('answers ambiguous for the same file in two sections', () => {
    const items = ['1', '2'].map((key) => ({ key, files: [{ path: `/m${key}/clip.mp4`, size: 5 }] }));
    expect(match(items, { title: '', files: [file('/s/clip.mp4', 5)] })).toEqual({
      kind: 'ambiguous',
      keys: ['1', '2'],
    });
  });

  it('matches by the second file when Plex has only that', () => {
    const items = [{ key: '1', files: [{ path: '/media/second.mp4', size: 5 }] }];
    const files = [file('/s/first.mp4', 4), file('/s/second.mp4', 5)];
    expect(match(items, { title: '', files })).toEqual({ kind: 'matched', key: '1' });
  });
});

const directories = ['/m', '/m/a', '/m/b', '/m/a/b', '/m/b/a', 'D:\\m\\a', '/m/Caf\u00e9', '/m/Cafe\u0301'];
const names = ['clip.mp4', 'Clip.MP4', 'scene.mp4', 'e\u0301.mp4', '\u00e9.mp4'];
const titles = ['', 'Beach', 'beach 1080p', 'A', 'b', 'scene'];
const path = fc
  .tuple(fc.constantFrom(...directories), fc.constantFrom(...names))
  .map(([dir, name]) => `${dir}/${name}`);
const size = fc.constantFrom(0, 0, 1, 2);
const plexFile = fc.record({ path, size, duration: fc.constantFrom(0, 10_000, 11_500, 60_000) });
const sceneFile = fc.record({ path, size, duration: fc.constantFrom(0, 10, 12, 60) });
const sceneInput = fc.record({
  title: fc.constantFrom(...titles),
  files: fc.array(sceneFile, { minLength: 1, maxLength: 3 }),
});

function worldOf(maxItems: number, minItems = 0) {
  const item = fc.record({
    title: fc.constantFrom(...titles),
    files: fc.array(plexFile, { minLength: 1, maxLength: 2 }),
  });
  return fc
    .array(item, { minLength: minItems, maxLength: maxItems })
    .map((items) => items.map((each, i): TestItem => ({ key: String(i + 1), ...each })));
}

/** The product lists at most ten candidates, and of a crowd any of them. */
function comparable(result: ReferenceResult | ReturnType<typeof match>) {
  return result.kind === 'ambiguous' ? { kind: 'ambiguous' } : result;
}

describe('matchScene against the reference matcher', () => {
  it('agrees on small worlds, candidates included', () => {
    fc.assert(
      fc.property(worldOf(8), sceneInput, (items, scene) => {
        const expected = referenceMatch(items, scene);
        const actual = match(items, scene);
        if (expected.kind === 'ambiguous' && actual.kind === 'ambiguous') {
          expect(new Set((actual as { keys: string[] }).keys)).toEqual(new Set(expected.keys.slice(0, 10)));
        } else expect(actual).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees on crowds of equal names, or leaves the scene open; it never answers otherwise', () => {
    let asked = 0;
    let leftOpen = 0;
    fc.assert(
      fc.property(worldOf(300, 60), fc.array(sceneInput, { minLength: 8, maxLength: 8 }), (items, scenes) => {
        for (const scene of scenes) {
          const expected = comparable(referenceMatch(items, scene));
          const actual = comparable(match(items, scene));
          asked++;
          // Of a crowd no more than a few members are looked at; what that cannot decide must not be guessed.
          if (actual.kind === 'ambiguous' && expected.kind !== 'ambiguous') leftOpen++;
          else expect(actual).toEqual(expected);
        }
      }),
      { numRuns: 150, endOnFailure: true },
    );
    expect(leftOpen / asked).toBeLessThan(0.02);
  });
});

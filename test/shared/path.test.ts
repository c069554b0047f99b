import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileName, foldMappings, foldedComponents, mapComponents, splitPath } from '../../src/shared/path.js';

describe('splitPath', () => {
  it.each([
    ['/media/clips/a.mp4', '/media/clips', '/a.mp4'],
    ['D:\\clips\\a.mp4', 'D:\\clips', '\\a.mp4'],
    ['\\\\host\\share\\a.mp4', '\\\\host\\share', '\\a.mp4'],
    ['/a.mp4', '', '/a.mp4'],
    ['a.mp4', '', 'a.mp4'],
    ['/media//a.mp4', '/media', '//a.mp4'],
    ['', '', ''],
  ])('cuts %s', (path, dir, base) => {
    expect(splitPath(path)).toEqual({ dir, base });
  });

  it('loses nothing', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '/', '\\', ':', '\u00e9') });
    fc.assert(
      fc.property(text, (path) => {
        const { dir, base } = splitPath(path);
        expect(dir + base).toBe(path);
        expect(base.endsWith(fileName(path))).toBe(true);
        expect(fileName(path)).not.toMatch(/[/\\]/);
      }),
    );
  });
});

describe('mapComponents', () => {
  const mappings = foldMappings([
    { stash: '/data', plex: '/media' },
    { stash: 'D:\\Clips\\Deep', plex: '/deep' },
    { stash: '/data/x', plex: '\\\\nas\\x' },
  ]);

  it.each([
    ['/data/y/z', ['media', 'y', 'z']],
    ['/DATA/x/z', ['nas', 'x', 'z']],
    ['d:/clips/deep', ['deep']],
    ['/database/y', ['database', 'y']],
  ])('maps %s', (path, expected) => {
    expect(mapComponents(foldedComponents(path), mappings)).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { hasMeaningfulMetadata, isOwnDate, namesIn, packPlexDate } from '../../src/shared/metadata.js';

describe('hasMeaningfulMetadata', () => {
  it.each([
    [{}, false],
    [{ studio: ' ', details: '\n', date: '', performers: [], tags: ['', '  '] }, false],
    [{ studio: null, performers: null }, false],
    [{ studio: 'Acme' }, true],
    [{ performers: ['', 'Ann'] }, true],
    [{ tags: ['x'] }, true],
    [{ details: 'd' }, true],
    [{ date: '2024' }, true],
  ])('%j -> %s', (fields, expected) => {
    expect(hasMeaningfulMetadata(fields)).toBe(expected);
  });
});

it('names are read defensively', () => {
  expect(namesIn([{ name: 'a' }, null, 'b', { name: ' ' }, { name: 3 }, { tag: 'c' }], 'name')).toEqual(['a']);
  expect(namesIn(undefined, 'tag')).toEqual([]);
});

describe('isOwnDate', () => {
  it.each([
    ['2024-05-02', 2024, '2024-05-02', true],
    ['2024-05-02', 2024, '2024-05-03', false],
    ['2024-05-02', 2024, '2024', true],
    ['2024-05-02', 2024, '2023', false],
    [undefined, 2024, '2024-05-02', true],
    [undefined, 2023, '2024-05-02', false],
    [undefined, undefined, '2024-05-02', false],
    ['2024-05-02', 2024, '', false],
  ])('Plex %s / %s, scene %s -> %s', (date, year, scene, expected) => {
    expect(isOwnDate(packPlexDate(date, year), scene)).toBe(expected);
  });
});

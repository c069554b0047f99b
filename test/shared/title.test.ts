import { expect, it } from 'vitest';
import { titleKey } from '../../src/shared/title.js';

it.each([
  ['Beach Day', 'beach day'],
  ['beach.day.2024.1080p.x265', 'beach day'],
  ['Beach Day [4K] (2024-05-02)', 'beach day'],
  ['Beach_Day - 720p', 'beach day'],
  ['Caf\u00e9', 'caf\u00e9'],
  ['Cafe\u0301', 'caf\u00e9'],
  ['1080p', '1080p'],
  ['2024', '2024'],
  ['2001 A Journey', '2001 a journey'],
  ['  --  ', ''],
  ['\u6d77\u8fb9 2024', '\u6d77\u8fb9'],
])('the key of %j is %j', (title, key) => {
  expect(titleKey(title)).toBe(key);
});

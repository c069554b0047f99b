import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/shared/timestamp.js';

describe('parseTimestamp', () => {
  it.each([
    ['2026-03-01T10:00:00Z', 1772359200],
    ['2026-03-01T10:00:00+02:00', 1772352000],
    ['2026-03-01T10:00:00-05:30', 1772379000],
    ['2026-03-01T10:00:00.5Z', 1772359200.5],
    ['2026-03-01T10:00:00.125000000+00:00', 1772359200.125],
    ['1969-12-31T23:59:59Z', -1],
  ])('reads %s', (text, seconds) => {
    expect(parseTimestamp(text)).toBe(seconds);
  });

  it.each([
    ['', 'nothing'],
    ['2026-03-01', 'a date alone'],
    ['2026-03-01T10:00:00', 'no offset'],
    ['2026-02-30T10:00:00Z', 'a day that does not exist'],
    ['2026-03-01T24:00:00Z', 'an hour that does not exist'],
    ['0000-00-00T00:00:00Z', 'the zero time'],
    [null, 'null'],
    [1772359200, 'a number'],
  ])('refuses %j: %s', (text, why) => {
    expect(parseTimestamp(text), why).toBeNaN();
  });

  it('agrees with Date.parse wherever that is defined', () => {
    const instant = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    const offset = fc.tuple(fc.constantFrom('+', '-'), fc.nat(13), fc.constantFrom('00', '30', '45'));
    fc.assert(
      fc.property(instant, offset, (date, [sign, hours, minutes]) => {
        const text = date.toISOString().replace('Z', `${sign}${String(hours).padStart(2, '0')}:${minutes}`);
        expect(parseTimestamp(text)).toBeCloseTo(Date.parse(text) / 1000, 5);
      }),
    );
  });
});

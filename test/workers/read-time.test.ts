import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engine, memory } from '../support/engine.js';

const at = memory.allocate(256);

/** Epoch seconds of a time in a page. */
function readTime(text: string): number {
  const bytes = Buffer.from(text);
  memory.bytes(at, 256).fill(0).set(bytes);
  return engine.readTime(at, at + bytes.length);
}

describe('a time of Stash', () => {
  it.each([
    ['2026-03-01T10:00:00Z', 1772359200],
    ['2026-03-01T10:00:00+02:00', 1772352000],
    ['2026-03-01T10:00:00-05:30', 1772379000],
    ['2026-03-01T10:00:00.5Z', 1772359200.5],
    ['2026-03-01T10:00:00.125000000+00:00', 1772359200.125],
    ['1969-12-31T23:59:59Z', -1],
  ])('reads %s', (text, seconds) => {
    expect(readTime(text)).toBe(seconds);
  });

  it.each([
    ['', 'nothing'],
    ['2026-03-01', 'a date alone'],
    ['2026-03-01T10:00:00', 'no offset'],
    ['2026-02-30T10:00:00Z', 'a day that does not exist'],
    ['2026-03-01T24:00:00Z', 'an hour that does not exist'],
    ['0000-00-00T00:00:00Z', 'the zero time'],
    ['2026-13-01T10:00:00Z', 'a month that does not exist'],
    ['2026-03-01T10:00:00+2:00', 'half an offset'],
    ['2026-03-01T10:00:00Zjunk', 'something behind it'],
    ['x026-03-01T10:00:00Z', 'a letter for a digit'],
  ])('refuses %j: %s', (text, why) => {
    expect(readTime(text), why).toBeNaN();
  });

  it('agrees with Date.parse wherever that is defined', () => {
    const instant = fc.date({ min: new Date('1600-01-01'), max: new Date('2400-01-01'), noInvalidDate: true });
    const offset = fc.tuple(fc.constantFrom('+', '-'), fc.nat(13), fc.constantFrom('00', '30', '45'));
    fc.assert(
      fc.property(instant, offset, (date, [sign, hours, minutes]) => {
        const text = date.toISOString().replace('Z', `${sign}${String(hours).padStart(2, '0')}:${minutes}`);
        expect(readTime(text)).toBeCloseTo(Date.parse(text) / 1000, 5);
      }),
    );
  });
});

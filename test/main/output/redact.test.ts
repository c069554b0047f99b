import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../../src/main/output/redact.js';
import { sanitize } from '../../../src/main/output/sanitize.js';

function redactorOf(...secrets: (string | undefined)[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.keep(secret);
  return redactor;
}

describe('a redactor', () => {
  it('masks every occurrence, also as URLs and JSON spell it', () => {
    const redactor = redactorOf('se"cr&et', 'plain-token');
    expect(redactor.text('plain-token, plain-token; se"cr&et')).toBe('[secret], [secret]; [secret]');
    expect(redactor.text('?t=se%22cr%26et {"t":"se\\"cr&et"}')).toBe('?t=[secret] {"t":"[secret]"}');
  });

  it('leaves no end of a secret that begins with another', () => {
    for (const secrets of [
      ['abcd', 'abcdefgh'],
      ['abcdefgh', 'abcd'],
    ]) {
      expect(redactorOf(...secrets).text('abcdefgh abcd')).toBe('[secret] [secret]');
    }
  });

  it('ignores what is unset or too short, and knows a secret by its trimmed form', () => {
    const redactor = redactorOf(undefined, '', 'abc', '  spaced-secret\n');
    expect(redactor.text('abc spaced-secret')).toBe('abc [secret]');
  });

  it('keeps JSON whole, whatever the secret is', () => {
    const value = { schema: 'x/1', checked: 12_345, title: 'I know true 12345', list: [true, null] };
    expect(JSON.parse(redactorOf('12345', 'true', 'null').json(value))).toEqual({
      ...value,
      title: 'I know [secret] [secret]',
    });
  });

  it('lets no secret through, wherever it stands', () => {
    const secret = fc.string({ minLength: 4, unit: 'grapheme' }).filter((text) => text.trim().length >= 4);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        // What surrounds it, or the mask itself, may spell the secret by chance; then there is nothing to show here.
        fc.pre(!`${before}[secret]${after}`.includes(value.trim()));
        expect(
          redactorOf(value)
            .text(before + value + after)
            .includes(value.trim()),
        ).toBe(false);
      }),
    );
  });

  it('takes half a surrogate pair without failing', () => {
    expect(redactorOf('bad\ud800key').text('a bad\ud800key')).toBe('a [secret]');
  });
});

describe('sanitize', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', ' [31mred [0m'],
    ['two\r\nlines\tand\u0007', 'two lines and '],
    ['\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u061c', ' gnp.exe   x   '],
    ['\u009b2J\u0085\u2028\u2029', ' 2J '],
    ['Crème 東京 👩‍👧 naïve', 'Crème 東京 👩‍👧 naïve'],
  ])('%j', (text, safe) => {
    expect(sanitize(text)).toBe(safe);
  });
});

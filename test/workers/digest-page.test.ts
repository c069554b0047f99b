import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DigestResult } from '../../src/shared/messages.js';
import { DirWord, NOTHING } from '../../src/shared/engine/layout.js';
import { memory, runOn } from '../support/engine.js';

/** What a page came to, without where it lies. */
function contentOf({ rows, totalSize, heapAt, heapBytes, itemsAt, items, dirsAt, dirs }: DigestResult) {
  const heap = Buffer.from(memory.bytes(heapAt, heapBytes));
  const textAt = (at: number, length: number) => heap.subarray(at, at + length).toString();
  const dirWords = memory.words(dirsAt, dirs * DirWord.Words).slice();
  const dirPath = (dir: number): string => {
    if (dir === NOTHING) return '';
    const at = (dirs - 1 - dir) * DirWord.Words;
    const [parent, nameAt, length] = dirWords.subarray(at, at + 3) as unknown as [number, number, number];
    return dirPath(parent) + textAt(nameAt, length);
  };
  return { rows, totalSize, items: itemsOf(memory.words(itemsAt, (dirsAt - itemsAt) / 4), items, textAt, dirPath) };
}

function itemsOf(
  words: Uint32Array,
  count: number,
  textAt: (at: number, length: number) => string,
  dirPath: (dir: number) => string,
) {
  let at = 0;
  const take = () => words[at++] ?? 0;
  return Array.from({ length: count }, () => {
    const [start, keyLength, titleLength, flags, date, partCount] = [take(), take(), take(), take(), take(), take()];
    at += 2;
    const parts = Array.from({ length: partCount }, () => {
      const [dir, nameAt, nameLength, hash, duration] = [take(), take(), take(), take(), take()];
      at += 1;
      const size = [take(), take()];
      return { path: dirPath(dir) + textAt(nameAt, nameLength), hash, duration, size };
    });
    return { key: textAt(start, keyLength), title: textAt(start + keyLength, titleLength), flags, date, parts };
  });
}

const digest = (text: string) => runOn({ kind: 'digest', filterAt: 0 }, new TextEncoder().encode(text), contentOf);

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    ' ',
    '\n',
    '\u00a0',
    'a "quoted" title',
    'D:\\clips\\a.mp4',
    '/m/clips/a.mp4',
    '/m/clips/',
    'e\u0301',
    '2024-05-02',
  ),
);
const oddity = fc.constantFrom<unknown>(null, 0, -1, 1.5, true, [], {}, 1e21, '7');
const number = fc.oneof({ weight: 5, arbitrary: fc.nat() }, { weight: 1, arbitrary: oddity });
const maybe = (value: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: oddity });
const tags = maybe(
  fc.array(maybe(fc.record({ id: number, tag: maybe(text) }, { requiredKeys: [] })), { maxLength: 3 }),
);
const part = fc.record({ id: number, file: maybe(text), size: number, duration: number }, { requiredKeys: [] });
const media = fc.record(
  { proxyType: fc.constantFrom(42, '42', 0), duration: number, Part: maybe(fc.array(part, { maxLength: 2 })) },
  { requiredKeys: [] },
);
const row = fc.record(
  {
    ratingKey: fc.oneof(fc.nat().map(String), fc.nat()),
    type: fc.constantFrom('movie', 'episode', 'collection'),
    title: maybe(text),
    summary: maybe(text),
    studio: maybe(text),
    year: number,
    originallyAvailableAt: maybe(fc.constantFrom('2024-05-02', '2024', 'soon')),
    Genre: tags,
    Role: tags,
    Media: maybe(fc.array(media, { maxLength: 2 })),
    other: fc.jsonValue(),
  },
  { requiredKeys: ['ratingKey'] },
);
const page = fc.array(row, { maxLength: 6 });

describe('digestPage', () => {
  it('gives the same digest by the quick and the careful road', () => {
    fc.assert(
      fc.property(page, fc.constantFrom(0, 1), (rows, indent) => {
        const container = { size: rows.length, totalSize: rows.length, Metadata: rows };
        const quick = digest(JSON.stringify({ MediaContainer: container }, null, indent));
        // A member before MediaContainer is not how Plex answers: such a page is parsed as a whole.
        const careful = digest(JSON.stringify({ first: 0, MediaContainer: container }));
        expect(quick).toEqual(careful);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps names and titles and nothing else, however many escapes there are', () => {
    const row = {
      ratingKey: '17',
      title: 'a "quoted" title',
      summary: '"line"\n'.repeat(1000),
      studio: '\n \u00e9',
      Media: [{ Part: [{ file: 'D:\\clips\\2024\\a.mp4', size: 1 }] }, { Part: [{ file: 'D:\\clips\\2024\\b.mp4' }] }],
    };
    const odd = { ...row, ratingKey: 18, title: 7 };
    const body = new TextEncoder().encode(JSON.stringify({ MediaContainer: { size: 2, Metadata: [row, odd] } }));
    const bytes = runOn({ kind: 'digest', filterAt: 0 }, body, (found) => found.heapBytes);
    const kept = ['17', row.title, '18', 'D:', '\\clips', '\\2024', '\\a.mp4', '\\b.mp4', '\\a.mp4', '\\b.mp4'];
    expect(bytes).toEqual({ ok: true, value: kept.join('').length });
  });

  it('refuses a page cut off anywhere', () => {
    const whole = JSON.stringify({
      MediaContainer: {
        size: 1,
        totalSize: 1,
        Metadata: [{ ratingKey: '1', Media: [{ Part: [{ file: '/a.mp4', size: 5 }] }] }],
      },
    });
    expect(digest(whole).ok).toBe(true);
    for (let length = 0; length < whole.length; length++) expect(digest(whole.slice(0, length)).ok).toBe(false);
  });

  it.each([
    ['[]', 'expected a MediaContainer object'],
    ['{"MediaContainer":{"size":1,"Metadata":{}}}', 'expected MediaContainer.Metadata to be a list'],
    ['{"MediaContainer":{"size":2,"Metadata":[{"ratingKey":"1"}]}}', 'MediaContainer.size says 2 rows, but 1 came'],
    [
      '{"MediaContainer":{"size":1,"Metadata":[null]}}',
      'expected MediaContainer.Metadata[0] to be an item with a ratingKey',
    ],
    [
      '{"MediaContainer":{"size":1,"Metadata":[{"title":"x"}]}}',
      'expected MediaContainer.Metadata[0] to be an item with a ratingKey',
    ],
  ])('says what is wrong with %s', (body, detail) => {
    expect(digest(body)).toEqual({ ok: false, problem: { kind: 'unexpected_shape', detail } });
  });

  it('survives mutated pages: a digest or a problem, never a throw; and takes nothing that is not JSON', () => {
    const whole = JSON.stringify({
      MediaContainer: {
        size: 1,
        other: { a: [1, -2.5e-3, true, { b: [null, 'x\n'] }, [[]]], c: {} },
        Metadata: [
          {
            ratingKey: '1',
            title: 't\u00e9',
            Genre: [{ tag: 'x' }],
            Media: [{ id: 10, Part: [{ file: '/m/a.mp4' }] }],
          },
        ],
      },
    });
    const bytes = new TextEncoder().encode(whole);
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\0189.-+eEtfn \n')));
    const mutation = fc.array(fc.tuple(fc.nat(bytes.length - 1), byte), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(mutation, (changes) => {
        const mutated = bytes.slice();
        for (const [at, value] of changes) mutated[at] = value;
        const { ok } = runOn({ kind: 'digest', filterAt: 0 }, mutated, () => 0);
        if (ok) JSON.parse(Buffer.from(mutated).toString());
      }),
      { numRuns: 20_000 },
    );
  });
});

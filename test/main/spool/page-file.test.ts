import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PageFile } from '../../../src/main/spool/page-file.js';
import { runs } from '../../support/property.js';

describe('pages that wait', () => {
  const pages = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 80 });
  const cuts = fc.array(fc.tuple(fc.nat(79), fc.nat(200), fc.nat(200)), { maxLength: 40 });

  it('come back as they were, whole and in pieces, from memory and from the file, in any order', () => {
    fc.assert(
      fc.property(pages, cuts, fc.nat(4000), (all, pieces, memoryBytes) => {
        const file = new PageFile((cause) => cause, { memoryBytes });
        try {
          const inPieces = (page: Uint8Array, i: number) =>
            i % 2 === 0 ? [page] : [page.subarray(0, i), page.subarray(i)];
          expect(all.map((page, i) => file.add(...inPieces(page, i)))).toEqual([...all.keys()]);
          expect(file.pages).toBe(all.length);
          for (const [number, a, b] of pieces) {
            const page = all[number];
            if (page === undefined) continue;
            const [start, end] = [Math.min(a, b, page.length), Math.min(Math.max(a, b), page.length)];
            expect([...file.piece(number, start, end)]).toEqual([...page.subarray(start, end)]);
            if (a % 3 === 0) expect([...file.page(number)]).toEqual([...page]);
          }
          const order = [...all.keys()].reverse();
          expect(order.map((number) => [...file.page(number)])).toEqual(order.map((number) => [...all[number]!]));
        } finally {
          file.close();
        }
      }),
      { numRuns: runs(100) },
    );
  });

  it('come back in pieces that are far apart, overlap, or are longer than what is read ahead', () => {
    const file = new PageFile((cause) => cause);
    const pages = [1, 2].map((step) => Uint8Array.from({ length: 100_000 }, (_, i) => (i * step) % 251));
    pages.forEach((page) => file.add(page));
    const cuts: [number, number][] = [
      [0, 10],
      [10, 20],
      [32_760, 32_768],
      [32_767, 32_769],
      [20_000, 80_000],
      [79_999, 99_999],
      [99_990, 100_000],
      [5, 5],
    ];
    for (const [start, end] of cuts)
      for (const [number, page] of pages.entries())
        expect(Buffer.compare(file.piece(number, start, end), page.subarray(start, end))).toBe(0);
    for (const [start, end] of cuts)
      expect(Buffer.compare(file.piece(1, start, end), pages[1]!.subarray(start, end))).toBe(0);
    file.close();
  });

  it('are copies: what they were taken from may be used again', () => {
    for (const memoryBytes of [0, 100]) {
      const file = new PageFile((cause) => cause, { memoryBytes });
      const bytes = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
      const number = file.add(bytes);
      bytes.fill(1);
      expect([...file.page(number)]).toEqual([7, 7, 7, 7]);
      file.close();
    }
  });
});

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

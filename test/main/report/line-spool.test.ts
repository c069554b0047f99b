import { describe, expect, it } from 'vitest';
import { LineSpool } from '../../../src/main/report/line-spool.js';
import type { LineHead } from '../../../src/shared/report-line.js';
import { lineOf } from '../../support/report.js';

const lineEnd = { action: null, nextStep: expect.stringMatching(/^look at the file/) as string, missing: null };

/** A finding without its end. */
function headOf(sceneId: number): LineHead {
  const title = String(sceneId).repeat(40);
  const line = lineOf({ sceneId, verdict: 'unreadable', code: 'undeliverable', title });
  return Object.fromEntries(Object.entries(line).filter(([name]) => !(name in lineEnd))) as unknown as LineHead;
}

/** More pages than are held once they are read. */
const ids = Array.from({ length: 200 }, (_, i) => i + 1);

describe('the spool of report lines', () => {
  it('gives them in the order of scenes, of one scene the last, without those taken back', () => {
    const spool = new LineSpool();
    for (const id of [5, 3, 9, 3, 7]) spool.addOne(headOf(id));
    spool.remove(9);
    spool.addOne(headOf(1));
    const lines = [...spool.texts([])].map((text) => JSON.parse(text) as unknown);
    expect(lines).toEqual([1, 3, 5, 7].map((id) => ({ ...headOf(id), ...lineEnd })));
    spool.close();
  });

  it('serves two reports at once, each whole, whatever the one reads while the other waits', () => {
    const spool = new LineSpool();
    for (const id of ids) spool.addOne(headOf(id));
    const expected = [...spool.texts([])].map((text) => `${text}\n`).join('');
    // A chunk is a few lines, so that each ends in the middle of the pages.
    const slow = spool.bytes([], undefined, 1000);
    let written = '';
    for (const chunk of slow) {
      written += Buffer.from(chunk).toString();
      let quick = '';
      for (const other of spool.bytes([], undefined, 1000)) quick += Buffer.from(other).toString();
      expect(quick).toBe(expected);
    }
    expect(written).toBe(expected);
    spool.close();
  });
});

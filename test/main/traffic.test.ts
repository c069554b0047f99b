import { describe, expect, it } from 'vitest';
import { PageMemory } from '../../src/main/engine/page-memory.js';
import type { SampleServer } from '../../src/main/demo/sample-server.js';
import { makeDemoWorld } from '../../src/main/demo/demo-world.js';
import { EngineMemory } from '../../src/shared/engine/memory.js';
import type { Faulty } from '../support/faults.js';
import { scanRig } from '../support/scan-world.js';

const PAGE = 500;

/** Makes a server slow, and watches how many requests it has at a time. */
function slowDown(server: SampleServer & Faulty) {
  const seen = { most: 0 };
  server.fault = ({ number }) => {
    // Requests are logged once they are answered.
    seen.most = Math.max(seen.most, number - server.requests.length);
    return { kind: 'delay', ms: 5 };
  };
  return seen;
}

describe('what a scan asks of the servers', () => {
  it.each([0, 2])(
    'is one request a page and a few more, never more at a time than connections (%i threads)',
    async (threads) => {
      const world = makeDemoWorld({ scenes: 6000, seed: 5 });
      const rig = await scanRig(world);
      const [stash, plex] = [slowDown(rig.stash), slowDown(rig.plex)];
      const { summary } = await rig.run({ threads });
      expect(summary.verdicts).toEqual(world.totals);
      const pagesOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + Math.ceil(count / PAGE), 0);
      const sections = summary.plex.sections.map(({ items }) => items);
      // Per section: its size, the empty page that proves the end, and whether it has changed meanwhile.
      // Once: who the server is, and its sections.
      expect(rig.plex.requests.length).toBeLessThanOrEqual(pagesOf(sections) + 3 * sections.length + 2);
      // Stash's state and newest scene; a thousand scenes may be asked by a light page before those that need it are asked for
      // more; bad scenes are found by halving, lost claims are read again.
      const bad = summary.verdicts.unreadable;
      expect(rig.stash.requests.length).toBeLessThanOrEqual(pagesOf([6000]) * 2 + 4 + bad * 2 * Math.log2(PAGE * 2));
      expect([plex.most <= 3, stash.most <= 4]).toEqual([true, true]);
    },
  );
});

describe('the memory pages are read into', () => {
  it('is as much as the pages out at a time need, however many pass through it', () => {
    const memory = new EngineMemory();
    const pages = new PageMemory(memory);
    const pass = () => {
      const out = Array.from({ length: 8 }, (_, i) => pages.take(100_000 + i));
      expect(new Set(out.map(({ byteOffset }) => byteOffset)).size).toBe(8);
      for (const page of out) pages.give(page);
    };
    pass();
    const { byteLength } = memory.memory.buffer;
    for (let i = 0; i < 1000; i++) pass();
    expect(memory.memory.buffer.byteLength).toBe(byteLength);
  });

  it('takes in pages from elsewhere, and larger ones when they come', () => {
    const pages = new PageMemory(new EngineMemory());
    for (const length of [10, 100, 1_000_000, 50]) {
      const bytes = new Uint8Array(length).fill(7);
      const { page, place } = pages.place(bytes);
      expect([page.length, place.length, page.every((byte) => byte === 7)]).toEqual([length, length, true]);
      pages.give(page);
    }
  });
});

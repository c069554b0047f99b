import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildIdTable, countIds } from '../../../src/main/engine/id-table.js';
import { EngineMemory } from '../../../src/shared/engine/memory.js';

const id = fc.nat(60);
const memory = new EngineMemory();

it('holds the last value of every id, in their order, and counts like a Map', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.double({ noNaN: true }))), id, id, (entries, a, b) => {
      const map = new Map(entries);
      const table = buildIdTable(memory, entries);
      const ids = [...map.keys()].sort((x, y) => x - y);
      expect([...table.ids]).toEqual(ids);
      expect([...table.values]).toEqual(ids.map((each) => map.get(each)));
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      expect(countIds(table, from, to)).toBe(ids.filter((each) => each >= from && each <= to).length);
    }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildIdTable, countIds, lookUpId } from '../../src/shared/id-table.js';
import { EngineMemory } from '../../src/shared/engine/memory.js';
import { packKnownMatch, unpackKnownMatch } from '../../src/shared/known-match.js';

const id = fc.nat(60);
const memory = new EngineMemory();

it('looks up and counts like a Map', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.double())), id, id, (entries, asked, to) => {
      const map = new Map(entries);
      const table = buildIdTable(memory, entries);
      expect(lookUpId(table, asked)).toEqual(map.get(asked));
      expect(countIds(table, asked, to)).toBe(
        [...map.keys()].filter((key) => key >= asked && key <= to).length ||
          (asked > to ? countIds(table, asked, to) : 0),
      );
    }),
  );
});

it('packs known matches exactly', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.nat(2 ** 21 - 1), (item, evidence) => {
      expect(unpackKnownMatch(packKnownMatch(item, evidence))).toEqual({ item, evidence });
    }),
  );
});

/** Facts about scenes that every thread's engine looks up by scene id: sorted ids beside a column of values. */

import type { EngineMemory } from '../../shared/engine/memory.js';
import { Growing } from '../collections/growing.js';

/** Scene id -> number, sorted by id. Views of the shared memory, so posting it to a worker copies nothing. */
export interface IdTable {
  readonly ids: Uint32Array;
  readonly values: Float64Array;
}

/** Builds a table; of equal ids the last wins. */
export function buildIdTable(memory: EngineMemory, entries: Iterable<readonly [id: number, value: number]>): IdTable {
  const ids = new Growing((length) => new Uint32Array(length));
  const values = new Growing((length) => new Float64Array(length));
  let ascending = true;
  for (const [id, value] of entries) {
    ascending &&= ids.length === 0 || id > (ids.data[ids.length - 1] ?? 0);
    ids.push(id);
    values.push(value);
  }
  // Ids nearly always come in order; sorting a million pairs as objects would cost 150 MB for nothing.
  return ascending ? shared(memory, ids.view(), values.view()) : sorted(memory, ids.view(), values.view());
}

function sorted(memory: EngineMemory, ids: Uint32Array, values: Float64Array): IdTable {
  const idAt = (place: number) => ids[place] ?? 0;
  const order = Uint32Array.from(ids.keys()).sort((a, b) => idAt(a) - idAt(b) || a - b);
  const last = order.filter((place, i) => idAt(place) !== idAt(order[i + 1] ?? -1));
  return shared(
    memory,
    last.map(idAt),
    Float64Array.from(last, (place) => values[place] ?? 0),
  );
}

function shared(memory: EngineMemory, ids: Uint32Array, values: Float64Array): IdTable {
  const at = memory.allocate(ids.length * 12);
  const table = { values: memory.doubles(at, ids.length), ids: memory.words(at + ids.length * 8, ids.length) };
  table.ids.set(ids);
  table.values.set(values);
  return table;
}

/** How many ids lie in `from..to`, both included. */
export function countIds({ ids }: IdTable, from: number, to: number): number {
  return lowerBound(ids, to + 1) - lowerBound(ids, from);
}

function lowerBound(ids: Uint32Array, id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

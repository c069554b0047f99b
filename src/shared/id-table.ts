/**
 * Facts about scenes that every worker looks up by scene id, in memory all threads share: sorted ids beside a column of
 * values. Used for sync timestamps and for the known matches of earlier runs.
 */

/** Scene id -> number, sorted by id. Views of one SharedArrayBuffer, so posting it to a worker copies nothing. */
export interface IdTable {
  readonly ids: Uint32Array;
  readonly values: Float64Array;
}

/** Builds a table; of equal ids the last wins. */
export function buildIdTable(entries: Iterable<readonly [id: number, value: number]>): IdTable {
  const sorted = [...new Map(entries)].sort(([a], [b]) => a - b);
  const buffer = new SharedArrayBuffer(sorted.length * 16);
  const values = new Float64Array(buffer, 0, sorted.length);
  const ids = new Uint32Array(buffer, sorted.length * 8, sorted.length);
  for (const [i, [id, value]] of sorted.entries()) {
    ids[i] = id;
    values[i] = value;
  }
  return { ids, values };
}

/** The value of an id, or undefined. */
export function lookUpId({ ids, values }: IdTable, id: number): number | undefined {
  const at = lowerBound(ids, id);
  return ids[at] === id ? values[at] : undefined;
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

/** The order of rows that come by their ids. */

/** The numbers of rows in the order of their ids; rows of one id stay in the order in which they came. */
export function orderById(ids: Uint32Array): Uint32Array {
  const count = ids.length;
  // One number for id and row, exact for four million rows: numbers are sorted far faster than pairs. Loops, since
  // Float64Array.from takes three times as long.
  const keys = new Float64Array(count);
  for (let row = 0; row < count; row++) keys[row] = (ids[row] ?? 0) * count + row;
  keys.sort();
  const rows = new Uint32Array(count);
  for (let i = 0; i < count; i++) rows[i] = (keys[i] ?? 0) % count;
  return rows;
}

/** Scene id -> number, sorted by id; see shared/id-table.ts. */

/** The value of an id, or NaN, which no table holds. */
export function lookUpId(ids: usize, values: usize, count: u32, id: u32): f64 {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<u32>(ids + ((middle as usize) << 2)) < id) low = middle + 1;
    else high = middle;
  }
  const isThere = low < count && load<u32>(ids + ((low as usize) << 2)) == id;
  return isThere ? load<f64>(values + ((low as usize) << 3)) : NaN;
}

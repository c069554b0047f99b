/** What this thread knows of the scan it works for: the words the coordinator laid down, see engine/layout.ts. */

let words: usize = 0;

/** From now on, work for the scan described at this address. */
export function useContext(at: usize): void {
  words = at;
}

/** A number of the context; addresses are numbers too. */
export function contextWord(word: usize): u32 {
  return load<u32>(words + (word << 2));
}

/** A double of the context. */
export function contextDouble(double: usize): f64 {
  return load<f64>(words + (double << 3));
}

/** A number of a column of 4-byte numbers. */
export function columnWord(word: usize, row: u32): u32 {
  return load<u32>((contextWord(word) as usize) + ((row as usize) << 2));
}

/** What this thread knows of the scan it works for: the words the coordinator laid down, see ContextWord in layout.ts. */
import { ContextWord } from '../../shared/engine/layout';

let words: usize = 0;

/** From now on, work for the scan described at this address. */
export function useContext(at: usize): void {
  words = at;
}

/** A number of the context; addresses are numbers too. */
export function contextWord(word: ContextWord): u32 {
  return load<u32>(words + (word << 2));
}

/** A number of a column of 4-byte numbers. */
export function columnWord(column: ContextWord, row: u32): u32 {
  return load<u32>((contextWord(column) as usize) + ((row as usize) << 2));
}

/** A number of a column of 2-byte numbers. */
export function columnShort(column: ContextWord, row: u32): u32 {
  return load<u16>((contextWord(column) as usize) + ((row as usize) << 1));
}

/** The words a call leaves behind for its caller; every thread has its own. */
import { Result } from '../../shared/engine/layout';

let words: usize = 0;

/** Where the words are; memory that belongs to this thread alone. */
export function useResult(at: usize): void {
  words = at;
}

/** Leaves a word behind. */
export function setResult(word: Result, value: u32): void {
  store<u32>(words + (word << 2), value);
}

/**
 * How strong a match is, as one number, so that the stronger match is the larger number: exact path, then equal size, then
 * the primary file before others, then the number of equal directories; below that only what helped to decide.
 */
import { Agreement } from './engine/layout.js';

const EXACT = 1 << 20;
const SIZE = 1 << 19;
const PRIMARY = 1 << 18;
const DIRECTORIES_SHIFT = 8;
/** Phase two: the title agrees. */
export const TITLE = 4;
const LENGTH = 2;

/** The strength of a part for a file of the scene. */
export function strengthOf(agreement: number, file: number): number {
  return (
    (agreement & Agreement.Exact ? EXACT : 0) |
    (agreement & Agreement.Size ? SIZE : 0) |
    (file === 0 ? PRIMARY : 0) |
    ((agreement & Agreement.Directories) << DIRECTORIES_SHIFT) |
    (agreement & Agreement.Length ? LENGTH : 0)
  );
}

/** By what candidates are ranked: all but what only helped to decide. */
export const rankOf = (strength: number): number => strength & -(1 << DIRECTORIES_SHIFT);

/** Whether path or size prove it: then no other scene can be the item's. */
export const isStrong = (strength: number): boolean => strength >= SIZE;

/** Whether the whole path is equal, after the mapping that applies. */
export const isExact = (strength: number): boolean => (strength & EXACT) !== 0;

/** The number of equal innermost directories, at most 255. */
export const directoriesOf = (strength: number): number => (strength >> DIRECTORIES_SHIFT) & Agreement.Directories;

/** The evidence in words, strongest first; a bare file name is `file name`. */
export function describeStrength(strength: number): string {
  const words: string[] = [];
  if (strength & EXACT) words.push('exact path');
  if (strength & SIZE) words.push('equal size');
  const directories = directoriesOf(strength);
  if (directories > 0 && !(strength & EXACT))
    words.push(directories === 1 ? 'same parent directory' : `${directories} equal directories`);
  if (strength & TITLE) words.push('same title');
  if (strength & LENGTH && !isStrong(strength)) words.push('same length');
  return words.length === 0 ? 'file name' : words.join(', ');
}

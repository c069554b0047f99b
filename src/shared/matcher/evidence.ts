/**
 * Evidence for a match as one number, so that stronger evidence is the larger number: exact path, then equal size, then
 * the number of equal trailing directories, then what phase two or an earlier run added.
 */

import {
  EVIDENCE_DURATION,
  EVIDENCE_EXACT as EXACT,
  EVIDENCE_SIZE as SIZE,
  EVIDENCE_TITLE,
  EVIDENCE_TRAILING_MAX as TRAILING_MAX,
  EVIDENCE_TRAILING_SHIFT as TRAILING_SHIFT,
} from '../engine/layout.js';

/** Phase two: the title agrees. */
export const TITLE = EVIDENCE_TITLE;
/** Phase two: the duration agrees within 2 s. */
export const DURATION = EVIDENCE_DURATION;

/** Phase one's rank of one part for one file. */
export function rank(exact: boolean, sizeEqual: boolean, trailing: number): number {
  return (exact ? EXACT : 0) | (sizeEqual ? SIZE : 0) | (Math.min(trailing, TRAILING_MAX) << TRAILING_SHIFT);
}

/** The number of equal trailing directories in an evidence number, at most 255. */
export const trailingOf = (evidence: number): number => (evidence >> TRAILING_SHIFT) & TRAILING_MAX;

/** Whether the exact path is part of the evidence. */
export const isExact = (evidence: number): boolean => (evidence & EXACT) !== 0;

/** Whether an equal file size is part of the evidence. */
export const isSizeEqual = (evidence: number): boolean => (evidence & SIZE) !== 0;

/** The evidence in words, strongest first; a bare file name is `file name`. */
export function describeEvidence(evidence: number): string {
  const words: string[] = [];
  if (isExact(evidence)) words.push('exact path');
  if (isSizeEqual(evidence)) words.push('equal size');
  const trailing = trailingOf(evidence);
  if (trailing > 0 && !isExact(evidence))
    words.push(trailing === 1 ? 'same parent directory' : `${trailing} equal directories`);
  if (evidence & TITLE) words.push('same title');
  if (evidence & DURATION) words.push('same duration');
  return words.length === 0 ? 'file name' : words.join(', ');
}

/** What is asked of the index about items that no scene is. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { compareRatingKeys } from '../../shared/rating-key.js';

/** Who is asked. */
export interface ItemQuestions {
  readonly index: PlexIndex;
  /** Of some items, those that a scene is. */
  readonly takenOf: (items: Iterable<number>) => ReadonlySet<number>;
  /** Whether an item can be nobody's: files of one series have names just as near as those of one that was renamed. */
  readonly mayBeNobodys: (item: number) => boolean;
}

/** Of some parts those whose item no scene is. */
export function freeParts({ index, takenOf }: ItemQuestions, parts: readonly number[]): number[] {
  const taken = takenOf(new Set(parts.map((part) => index.itemOf(part))));
  return parts.filter((part) => !taken.has(index.itemOf(part)));
}

/** Of several parts that of the item with the smallest rating key, so that no answer depends on the order of listings; NONE of none. */
export function firstByKey(index: PlexIndex, parts: readonly number[]): number {
  if (parts.length < 2) return parts[0] ?? NONE;
  const keyOf = (part: number) => index.ratingKey(index.itemOf(part));
  return [...parts].sort((a, b) => compareRatingKeys(keyOf(a), keyOf(b)))[0] ?? NONE;
}

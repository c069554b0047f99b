/** What the matcher can answer, and how its answers are put together. */
import { NOTHING } from '../../shared/engine/layout.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { SettledMatch } from '../../shared/messages.js';
import { compareRatingKeys } from '../../shared/rating-key.js';
import { rankOf } from '../../shared/strength.js';
import type { Candidate } from './facts.js';

/** The item of a scene, or why there is no single one. Numbers are parts of the index and files of the scene. */
export type Match =
  | {
      readonly kind: 'matched';
      readonly part: number;
      readonly file: number;
      readonly strength: number;
      /** Where the two lie; see {@link Candidate}. */
      readonly places: number;
    }
  | {
      readonly kind: 'ambiguous';
      /** `several` items could be it; the only ones are `contradicted`; or what became of its claim. */
      readonly why: 'several' | 'contradicted' | Exclude<SettledMatch['why'], 'lost'>;
      /** One part of each item it could be, the strongest first, at most {@link MAX_LISTED}. */
      readonly parts: readonly number[];
      /** `held`: the scene that holds the item; else 0. */
      readonly holder: number;
    }
  | { readonly kind: 'none'; readonly why: 'no_item' | 'lost' };

/** How many items an ambiguous answer lists. */
export const MAX_LISTED = 10;

/** What phase one leaves open. */
export interface OpenRace {
  /** One candidate of each item, the best. */
  readonly listed: readonly Candidate[];
  /** More than may be listed tie at these. */
  readonly unlisted: readonly Candidate[];
}

/** The best candidate of every item; of equal ones the first, as files and parts are listed. */
export function openRace(index: PlexIndex, candidates: readonly Candidate[]): OpenRace {
  const best = new Map<number, Candidate>();
  for (const candidate of candidates) {
    if (candidate.part === NOTHING) continue;
    const item = index.itemOf(candidate.part);
    const known = best.get(item);
    if (known === undefined || rankOf(candidate.strength) > rankOf(known.strength)) best.set(item, candidate);
  }
  return { listed: [...best.values()], unlisted: candidates.filter(({ part }) => part === NOTHING) };
}

/** The candidate's item; `more` is what helped to decide beside its rank. */
export function matched({ part, file, strength, places }: Candidate, more = 0): Match {
  return { kind: 'matched', part, file, strength: strength | more, places };
}

/** Several items, in an order that depends on nothing but them. */
export function ambiguous(
  index: PlexIndex,
  candidates: readonly Candidate[],
  why: 'several' | 'contradicted' = 'several',
): Match {
  const keyOf = ({ part }: Candidate) => index.ratingKey(index.itemOf(part));
  const parts = [...candidates]
    .sort((a, b) => rankOf(b.strength) - rankOf(a.strength) || compareRatingKeys(keyOf(a), keyOf(b)))
    .slice(0, MAX_LISTED)
    .map(({ part }) => part);
  return { kind: 'ambiguous', why, parts, holder: 0 };
}

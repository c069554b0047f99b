/**
 * Which Plex item is this scene? Phase one decides by path, size and directories; what it leaves open goes to phase two, by
 * title. Never guesses: several equal answers are `ambiguous`.
 */
import { NOTHING } from '../../shared/engine/layout.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { SettledMatch } from '../../shared/messages.js';
import { directoriesOf, isStrong, rankOf } from '../../shared/strength.js';
import type { Bench } from './bench.js';
import { decideByTitle } from './by-title.js';
import type { Candidate, PageFacts } from './facts.js';
import { ambiguous, matched, openRace, type Match } from './match-result.js';

const NO_ITEM: Match = { kind: 'none', why: 'no_item' };
const LOST: Match = { kind: 'none', why: 'lost' };

/** Finds the item of the scene the facts are at. */
export function findMatch(bench: Bench, facts: PageFacts): Match {
  const count = facts.candidateCount;
  if (count === 0) return NO_ITEM;
  if (count === 1) {
    // The ordinary case, without making lists: a single part that nothing speaks against needs no more.
    const only = facts.candidate(0);
    if (!only.isContradicted && only.part !== NOTHING) return matched(only);
  }
  return decide(bench, facts, facts.candidates());
}

/** The match of a scene whose claim did not stand. */
export function settledMatch({ why, part, holder }: SettledMatch): Match {
  return why === 'lost' ? LOST : { kind: 'ambiguous', why, parts: [part], holder };
}

function decide(bench: Bench, facts: PageFacts, candidates: readonly Candidate[]): Match {
  const race = candidates.filter(({ isContradicted }) => !isContradicted);
  if (race.length === 0) return decideContradicted(bench.index, candidates);
  const top = Math.max(...race.map(({ isRest, strength }) => (isRest ? 0 : rankOf(strength))));
  const atTop = ({ isRest, strength }: Candidate) => !isRest && rankOf(strength) === top;
  const best = openRace(bench.index, race.filter(atTop));
  const [first] = best.listed;
  const isSingle = first !== undefined && best.listed.length === 1 && best.unlisted.length === 0;
  if (isSingle && (isStrong(top) || directoriesOf(top) > 0)) return matched(first);
  // By its name alone, a single best is a match only while nobody else is in the race.
  const everybody = isSingle ? openRace(bench.index, race) : best;
  if (isSingle && everybody.listed.length === 1 && everybody.unlisted.length === 0) return matched(first);
  return decideByTitle(bench, facts, everybody);
}

/** Only other videos under the same name: one in the same directory may yet be it, so nobody is to write over it. */
function decideContradicted(index: PlexIndex, candidates: readonly Candidate[]): Match {
  const near = candidates.filter(({ strength }) => directoriesOf(strength) > 0);
  return near.length === 0 ? NO_ITEM : ambiguous(index, openRace(index, near).listed, 'contradicted');
}

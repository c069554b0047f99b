/**
 * How Stash's directories map to Plex's, inferred from strong matches: a root is the pair of directories left when the
 * common end of both paths is cut off. A single file that was moved makes such a pair too, so a pair has to hold its own
 * against those that say otherwise. Pure.
 */
import { isWithin } from '../../shared/path.js';

/** Strong matches whose paths leave the same pair of directories; components are folded, outermost first. */
export interface RootVotes {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly scenes: number;
  /** How many by the outermost directory both paths have in common, folded; those without one, or not told apart, are left out. */
  readonly within: ReadonlyMap<string, number>;
}

/** A pair that holds. */
export interface InferredRoot<V extends RootVotes> {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Matches it explains, and matches below its Stash directory that lie elsewhere in Plex. */
  readonly scenes: number;
  readonly contradictions: number;
  /** The votes it stands on. */
  readonly votes: V;
}

/** Where one Stash directory is spread over several in Plex, so many of its directories may be told apart. */
const MOST_SPLIT = 20;
/** A single file that contradicts a wider root was moved; two are a directory. */
const LEAST_WITHIN_ROOT = 2;

interface Held<V extends RootVotes> {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly votes: V;
  scenes: number;
  contradictions: number;
}

/**
 * The roots, the longest Stash prefix first.
 * @param strongBelow how many strong matches lie in or below a directory of Plex, given by its folded components
 */
export function inferRoots<V extends RootVotes>(
  votes: readonly V[],
  strongBelow: (directory: readonly string[]) => number,
): InferredRoot<V>[] {
  const held: Held<V>[] = [];
  for (const vote of [...votes].sort(byWeight)) place(held, vote, strongBelow);
  return held
    .filter(({ scenes, contradictions }) => scenes > 0 && contradictions <= scenes)
    .sort((a, b) => b.from.length - a.from.length || b.scenes - a.scenes || compare(a.from, b.from));
}

/** The pairs most matches leave are judged first; of equal ones the wider. */
function byWeight(a: RootVotes, b: RootVotes): number {
  return b.scenes - a.scenes || a.from.length - b.from.length || compare(a.from, b.from) || compare(a.to, b.to);
}

const compare = (a: readonly string[], b: readonly string[]): number => {
  const [left, right] = [a.join('/'), b.join('/')];
  return left < right ? -1 : Number(left > right);
};

function place<V extends RootVotes>(
  held: Held<V>[],
  votes: V,
  strongBelow: (directory: readonly string[]) => number,
): void {
  const own = takeNarrower(held, votes);
  if (own === 0) return;
  const around = innermost(held.filter(({ from }) => isWithin(votes.from, from)));
  if (around === undefined) held.push({ ...pairOf(votes), votes, scenes: own, contradictions: 0 });
  else if (around.from.length === votes.from.length) split(held, around, votes, own);
  else {
    const instead = [...around.to, ...votes.from.slice(around.from.length)];
    if (own >= LEAST_WITHIN_ROOT && own > strongBelow(instead)) {
      held.push({ ...pairOf(votes), votes, scenes: own, contradictions: 0 });
    } else around.contradictions += own;
  }
}

const pairOf = ({ from, to }: RootVotes) => ({ from, to });

/** Votes from below a root that is narrower speak against that one, and for nothing else; returns the others. */
function takeNarrower<V extends RootVotes>(held: readonly Held<V>[], { from, scenes, within }: V): number {
  let own = scenes;
  for (const root of held) {
    if (root.from.length !== from.length + 1 || !isWithin(root.from, from)) continue;
    const count = within.get(root.from[from.length] ?? '') ?? 0;
    root.contradictions += count;
    own -= count;
  }
  return own;
}

/** The innermost of the roots around a directory. */
function innermost<V extends RootVotes>(around: readonly Held<V>[]): Held<V> | undefined {
  return around.reduce<Held<V> | undefined>(
    (best, root) => (best === undefined || root.from.length > best.from.length ? root : best),
    undefined,
  );
}

/** One Stash directory lies in several of Plex: then those within it may each lie in one. */
function split<V extends RootVotes>(held: Held<V>[], main: Held<V>, votes: V, own: number): void {
  let rest = own;
  if (votes.within.size <= MOST_SPLIT) {
    for (const [name, scenes] of votes.within) {
      const from = [...votes.from, name];
      const contradictions = main.votes.within.get(name) ?? 0;
      if (held.some((root) => compare(root.from, from) === 0)) continue;
      if (scenes < LEAST_WITHIN_ROOT || scenes <= contradictions) continue;
      held.push({ from, to: [...votes.to, name], votes, scenes, contradictions });
      main.scenes -= contradictions;
      rest -= scenes;
    }
  }
  main.contradictions += rest;
}

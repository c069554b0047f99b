/** What report lines are told once everything is known: what became of a gap, and why a scene is missing. */
import type { MissingScene } from '../../shared/report-line.js';
import type { GapAction } from '../../shared/verdicts.js';

/** What the line of a scene is told. */
export interface LineChange {
  readonly sceneId: number;
  /** Undefined where the gap became what its line says. */
  readonly action?: GapAction;
  /** Why the scene is missing, and what to do about it; undefined where it is not missing. */
  readonly diagnosis?: () => { readonly missing: MissingScene; readonly nextStep: string };
}

/** Brings together two lists that are in the order of scene ids, a scene that is in both once. */
export function* mergeChanges(a: Iterable<LineChange>, b: Iterable<LineChange>): Generator<LineChange> {
  const [left, right] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  try {
    let [one, other] = [left.next(), right.next()];
    while (one.done !== true || other.done !== true) {
      const [first, second] = [idOf(one), idOf(other)];
      if (first === second) yield { ...one.value, ...other.value } as LineChange;
      else yield (first < second ? one.value : other.value) as LineChange;
      if (first <= second) one = left.next();
      if (second <= first) other = right.next();
    }
  } finally {
    // A query that is left half-read would keep its database open.
    left.return?.();
    right.return?.();
  }
}

const idOf = (next: IteratorResult<LineChange, unknown>): number =>
  next.done === true ? Infinity : next.value.sceneId;

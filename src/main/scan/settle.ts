/** The third step: an item belongs to one scene. Every verdict is final after it. */
import type { FallenClaim } from '../merge/claims.js';
import type { Merge } from '../merge/merge.js';
import { checkScenes } from '../plausibility/check-scenes.js';
import { holdersOf, type KnownMatches } from '../state/known-matches.js';
import type { Connected } from './connect.js';
import type { Judged } from './judge-library.js';
import { isFullScan, recallMatches } from './memory.js';

/** Every scene with its final verdict. */
export interface Settled extends Judged {
  /** The proven matches of earlier runs. */
  readonly known: KnownMatches | undefined;
  /** The claims that did not stand. */
  readonly fallen: readonly FallenClaim[];
}

/** Settles the claims; scenes whose claim does not stand are judged again without it. @throws GapscanError */
export async function settle(connected: Connected, judged: Judged): Promise<Settled> {
  const { run, options, last, plausibility } = connected;
  const { merge, reader, context, ahead, index } = judged;
  run.begin('merge');
  const known = recallMatches(connected);
  const holders = holdersOf(index, known, merge.claims.weaklyClaimed(), mayHold(connected, merge));
  const fallen = merge.claims.settle(holders);
  merge.retract(fallen);
  // What was read ahead is judged by what was read: a file renamed meanwhile could have a name the index does not hold.
  if (ahead?.held && fallen.length > 0) await reader.judgeHeld(ahead.held.pages, context, fallen);
  else await reader.readAgain(idsOf(fallen), context, fallen);
  merge.warnings().forEach(run.warn);
  if (isFullScan(options)) plausibility.judge(checkScenes({ verdicts: merge.verdicts, checked: merge.checked, last }));
  plausibility.warnings.forEach(run.warn);
  return { ...judged, known, fallen };
}

/** Which scenes may hold an item by an earlier match: those not judged in this run, as far as they are still there. */
export function mayHold({ options }: Connected, merge: Merge): (sceneId: number) => boolean {
  return (sceneId) => !merge.hasJudged(sceneId) && (!isFullScan(options) || merge.hasSeen(sceneId));
}

const idsOf = (fallen: readonly FallenClaim[]): number[] => fallen.map(({ sceneId }) => sceneId);

/** Matches of earlier runs, believed only while the index bears them out. */
import { lookUpId } from '../shared/id-table.js';
import { unpackKnownMatch } from '../shared/known-match.js';
import { rankOf, sizeAgrees } from '../shared/matcher/candidates.js';
import { DURATION, TITLE } from '../shared/matcher/evidence.js';
import type { MatchResult } from '../shared/matcher/matcher.js';
import type { Workbench } from './verdict.js';
import type { Scene } from './pages/scene-record.js';

/**
 * The scene's match of an earlier run, if one of the item's parts still shares file name or size with one of its files.
 * Its evidence is weighed anew: with what an earlier run saw, a scene whose file has gone could outbid its rightful owner.
 */
export function knownMatch({ context, index, directories }: Workbench, scene: Scene): MatchResult | undefined {
  const packed = lookUpId(context.knownMatches, scene.id);
  if (packed === undefined) return undefined;
  const { item, evidence } = unpackKnownMatch(packed);
  let best: MatchResult | undefined;
  for (const file of scene.files) {
    const query = directories.query(file);
    const [first, end] = index.partsOf(item);
    for (let part = first; part < end; part++) {
      if (!query.isNameOf(index, part) && !sizeAgrees(index, query, part)) continue;
      const weight = rankOf(index, query, part) | (evidence & (TITLE | DURATION));
      if (best?.kind !== 'matched' || weight > best.evidence) best = { kind: 'matched', part, evidence: weight, file };
    }
  }
  return best;
}

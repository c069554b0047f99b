/** What an audit asks of the item of a scene in sync: is it still there, and does it look as if the sync had reached it? */
import { Presence } from '../../shared/engine/layout.js';
import type { AuditRule } from '../../shared/messages.js';
import type { ReasonCode } from '../../shared/verdicts.js';
import type { Bench } from './bench.js';
import type { PageFacts } from './facts.js';
import type { Match } from './match-result.js';
import { hasMeaningfulMetadata, itemPresence } from './metadata.js';

/** What an item written in full would have. */
export type Absent = 'performers' | 'tags' | 'thumb';

/** What has become of an item. */
export interface Loss {
  readonly code: Extract<ReasonCode, 'item_gone' | 'item_empty' | 'partly_written'>;
  /** `partly_written`: at least one. */
  readonly absent: readonly Absent[];
}

/** What is lost of the scene the facts are at; undefined where nothing is, and where the item cannot be told. */
export function findLoss(bench: Bench, facts: PageFacts, match: Match, rule: AuditRule): Loss | undefined {
  if (match.kind === 'ambiguous') return undefined;
  if (match.kind === 'none') return { code: 'item_gone', absent: [] };
  const presence = itemPresence(bench, bench.index.itemOf(match.part), facts);
  if (!hasMeaningfulMetadata(presence)) return { code: 'item_empty', absent: [] };
  const absent = absentOf(facts.presence, presence, rule);
  return absent.length === 0 ? undefined : { code: 'partly_written', absent };
}

/** Listings are cut, so of performers and tags only "none" against "some" can be told. */
function absentOf(scene: number, item: number, { wantsThumb }: AuditRule): Absent[] {
  const lacks = (bit: Presence) => (item & bit) === 0;
  const lost = (bit: Presence) => (scene & bit) !== 0 && lacks(bit);
  const absent: Absent[] = [];
  if (lost(Presence.Performers)) absent.push('performers');
  if (lost(Presence.Tags)) absent.push('tags');
  if (wantsThumb && lacks(Presence.Thumb)) absent.push('thumb');
  return absent;
}

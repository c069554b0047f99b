/**
 * The closed unions every part of gapscan speaks in: what a scan says of a scene, and what is done about a gap.
 * The order of {@link VERDICTS} is part of the worker protocol (verdicts travel as their index).
 */

/** Every verdict, in the order the summary lists them. */
export const VERDICTS = [
  'in_sync',
  'stale',
  'matched',
  'empty',
  'missing',
  'lost',
  'ambiguous',
  'nothing_to_sync',
  'ignored',
  'no_file',
  'unreadable',
] as const;

/** What the scan says of one scene. */
export type Verdict = (typeof VERDICTS)[number];

/** Why a scene has its verdict; one verdict may have several reasons. */
export const REASON_CODES = [
  'synced',
  'updated_since',
  'item_has_metadata',
  'item_empty',
  'item_gone',
  'partly_written',
  'both_empty',
  'no_item',
  'lost',
  'other_library',
  'several_items',
  'contradicted',
  'shared_item',
  'tied',
  'held',
  'ignored',
  'no_file',
  'time_unreadable',
  'undeliverable',
] as const;

/** The reason for a verdict, as a stable name. */
export type ReasonCode = (typeof REASON_CODES)[number];

/** The verdicts that are gaps: a discrepancy a sync job can close. Only an audit finds what is `lost`. */
export const GAP_KINDS = ['empty', 'stale', 'missing', 'lost'] as const;

/** One kind of gap. */
export type GapKind = (typeof GAP_KINDS)[number];

/** The kinds that are queued unless others are named: an empty Plex value after a sync was intended. */
export const DEFAULT_GAPS = ['empty', 'stale', 'missing'] as const satisfies readonly GapKind[];

/** The verdicts somebody may have to look at; findings of the last run are kept for `list`. */
export const LISTED_VERDICTS = VERDICTS.filter(
  (verdict) => verdict !== 'in_sync' && verdict !== 'matched' && verdict !== 'ignored',
);

/** What was done with each gap (in a dry run: what would be done). Every gap gets exactly one. */
export const GAP_ACTIONS = [
  'enqueued',
  'refreshed',
  'already_queued',
  'recently_done',
  'withheld',
  'dead_lettered',
  'unsafe_name',
  'not_selected',
] as const;

/** What was done with one gap. */
export type GapAction = (typeof GAP_ACTIONS)[number];

/** Why a scene is missing, in the order in which they are asked. */
export const MISSING_REASONS = ['renamed', 'outside_libraries', 'other_library', 'not_scanned', 'unmappable'] as const;

/** Why a scene is missing: the first that fits. */
export type MissingReason = (typeof MISSING_REASONS)[number];

/** True for the verdicts that are gaps. */
export function isGap(verdict: Verdict): verdict is GapKind {
  return verdict === 'empty' || verdict === 'stale' || verdict === 'missing' || verdict === 'lost';
}

/** A count for every verdict, all zero. */
export function zeroVerdicts(): Record<Verdict, number> {
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
}

/** A count for every gap action, all zero. */
export function zeroActions(): Record<GapAction, number> {
  return Object.fromEntries(GAP_ACTIONS.map((action) => [action, 0])) as Record<GapAction, number>;
}

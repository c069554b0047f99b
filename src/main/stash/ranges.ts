/** Which pages to ask for: stable id ranges, sized by density, light where most scenes are synced. */
import { countIds, type IdTable } from '../engine/id-table.js';
import { FULL_PAGE_ROWS, LIGHT_PAGE_ROWS, type IdRange, type RowKind } from './queries.js';
import type { SceneExtent } from './questions.js';

/** A page to ask for. */
export interface PlannedRange extends IdRange {
  readonly kind: RowKind;
}

/** How the ranges are chosen. */
export interface RangePlan {
  readonly extent: Pick<SceneExtent, 'count' | 'maxId'>;
  readonly syncTimestamps: IdTable;
  /** Never ask light rows: a report is to list every scene with its title and path, or an audit is to look at each. */
  readonly fullOnly: boolean;
}

/** Above this share of synced scenes in a range the light pre-check pays. */
const MOSTLY_SYNCED = 0.5;

/** Covers `1..maxId` without gap or overlap. */
export function planRanges({ extent, syncTimestamps, fullOnly }: RangePlan): PlannedRange[] {
  const { count, maxId } = extent;
  if (count === 0 || maxId === 0) return [];
  const idsPerScene = Math.max(1, maxId / count);
  const lightWidth = Math.floor(LIGHT_PAGE_ROWS * idsPerScene);
  const ranges: PlannedRange[] = [];
  for (let from = 1; from <= maxId; from += lightWidth) {
    const to = Math.min(from + lightWidth - 1, maxId);
    const synced = countIds(syncTimestamps, from, to);
    const light = !fullOnly && synced > ((to - from + 1) / idsPerScene) * MOSTLY_SYNCED;
    if (light) ranges.push({ from, to, kind: 'light' });
    else ranges.push(...fullRanges(from, to, Math.ceil((lightWidth * FULL_PAGE_ROWS) / LIGHT_PAGE_ROWS)));
  }
  return ranges;
}

/** Whether a whole library can be read by light pages first, since most of it has been synced. */
export function isLightPlan(plan: RangePlan): boolean {
  const ranges = planRanges(plan);
  return ranges.length > 0 && ranges.every(({ kind }) => kind === 'light');
}

function fullRanges(from: number, to: number, width: number): PlannedRange[] {
  const ranges: PlannedRange[] = [];
  for (let start = from; start <= to; start += width) {
    ranges.push({ from: start, to: Math.min(start + width - 1, to), kind: 'full' });
  }
  return ranges;
}

/** Both halves of a range of at least two ids. */
export function halve<T extends IdRange>(range: T): readonly [T, T] {
  const middle = Math.floor((range.from + range.to) / 2);
  return [
    { ...range, to: middle },
    { ...range, from: middle + 1 },
  ];
}

/** Which pages to ask for: stable id ranges, sized by density. What rows each is asked for is decided when its turn comes. */
import { countIds, type IdTable } from '../engine/id-table.js';
import { FULL_PAGE_ROWS, LIGHT_PAGE_ROWS, type IdRange } from './queries.js';
import type { SceneExtent } from './questions.js';
import { chooseRows, type FirstRows } from './row-cost.js';

/** Ids that are asked for by pages of at most so many ids each. */
export interface Stretch extends IdRange {
  /** Ids of a page of rows that are not light. */
  readonly width: number;
}

/** A page to ask for. */
export interface PlannedRange extends Stretch {
  readonly kind: FirstRows;
}

/** A stretch of one light page. */
export interface PlannedStretch extends Stretch {
  /** Share of its scenes that have a sync timestamp. */
  readonly synced: number;
}

/** How the ranges are chosen. */
export interface RangePlan {
  readonly extent: Pick<SceneExtent, 'count' | 'maxId'>;
  readonly syncTimestamps: IdTable;
}

/** Covers `1..maxId` without gap or overlap. */
export function planStretches({ extent: { count, maxId }, syncTimestamps }: RangePlan): PlannedStretch[] {
  if (count === 0 || maxId === 0) return [];
  const idsPerScene = Math.max(1, maxId / count);
  const lightWidth = Math.floor(LIGHT_PAGE_ROWS * idsPerScene);
  const width = Math.ceil((lightWidth * FULL_PAGE_ROWS) / LIGHT_PAGE_ROWS);
  const stretches: PlannedStretch[] = [];
  for (let from = 1; from <= maxId; from += lightWidth) {
    const to = Math.min(from + lightWidth - 1, maxId);
    const scenes = (to - from + 1) / idsPerScene;
    stretches.push({ from, to, width, synced: Math.min(1, countIds(syncTimestamps, from, to) / scenes) });
  }
  return stretches;
}

/** The pages a stretch is asked for by. */
export function pagesOf({ from, to, width }: Stretch, kind: FirstRows): PlannedRange[] {
  if (kind === 'light') return [{ from, to, width, kind }];
  const ranges: PlannedRange[] = [];
  for (let start = from; start <= to; start += width) {
    ranges.push({ from: start, to: Math.min(start + width - 1, to), width, kind });
  }
  return ranges;
}

/** Whether a whole library is best read by light pages first, since much of it has been synced. */
export function isLightPlan(plan: RangePlan): boolean {
  const stretches = planStretches(plan);
  return stretches.length > 0 && stretches.every(({ synced }) => isLightFirst(synced));
}

/** Whether light rows pay before anything is known of Plex. */
const isLightFirst = (synced: number): boolean => chooseRows({ synced, needsMetadata: 1 }, false) === 'light';

/** Both halves of a range of at least two ids. */
export function halve<T extends IdRange>(range: T): readonly [T, T] {
  const middle = Math.floor((range.from + range.to) / 2);
  return [
    { ...range, to: middle },
    { ...range, from: middle + 1 },
  ];
}

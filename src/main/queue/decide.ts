/** The dedupe: what is done with each staged job, given the rows the queue already holds. */
import type Database from 'better-sqlite3';
import { STATUS } from './old-rows.js';

/** What the dedupe depends on beside the rows. */
export interface DedupeRules {
  /** A given-up job is no reason not to queue another. */
  readonly retryFailed: boolean;
  /** Epoch seconds: done and given-up rows from before no longer count. */
  readonly cutoff: number;
}

/**
 * Decides for all staged jobs, or only for those whose rows changed since; where no old row is, a job stays what it was
 * staged as, `enqueued`. The first rule that holds:
 * a waiting row with older data is refreshed (every one of them, since whichever is worked on first marks the scene
 * synced); any waiting or taken row will do; of the finished rows from after the update, the one enqueued or refreshed
 * last says whether the gap was recently done or given up; else the job is enqueued. An update time that could not be
 * read (NULL) counts as old, and so does one from the future where rows are finished: no row could ever be newer, and the
 * scene would be queued every night.
 */
export function decideActions(stage: Database.Database, rules: DedupeRules, onlyChanged: boolean): void {
  const scope = onlyChanged ? 'AND scene_id IN (SELECT scene_id FROM main.old_row WHERE changed = 1)' : '';
  stage
    .prepare(
      `UPDATE main.gap SET action = CASE
         WHEN EXISTS (SELECT 1 FROM main.old_row AS o WHERE o.scene_id = gap.scene_id
           AND o.status BETWEEN ${STATUS.fresh} AND ${STATUS.taken - 1} AND o.enqueued_at <= gap.updated_at)
           THEN 'refreshed'
         WHEN EXISTS (SELECT 1 FROM main.old_row AS o WHERE o.scene_id = gap.scene_id
           AND o.status BETWEEN ${STATUS.fresh} AND ${STATUS.taken}) THEN 'already_queued'
         ELSE coalesce((SELECT CASE WHEN o.status = ${STATUS.done} THEN 'recently_done'
                                    WHEN @retryFailed THEN 'enqueued' ELSE 'dead_lettered' END
           FROM main.old_row AS o WHERE o.scene_id = gap.scene_id
           AND o.status IN (${STATUS.done}, ${STATUS.givenUp}) AND o.touched_at >= @cutoff
           AND (gap.updated_at IS NULL OR gap.from_future OR o.enqueued_at > gap.updated_at)
           ORDER BY o.touched_at DESC, o.row_id DESC LIMIT 1), 'enqueued')
       END WHERE job IS NOT NULL ${scope}`,
    )
    .run({ retryFailed: rules.retryFailed ? 1 : 0, cutoff: rules.cutoff });
}

/**
 * Leaves at most `limit` jobs to be queued, those of the lowest scene ids, so that the next run goes on where this one
 * stopped. May be called again once decisions have changed.
 */
export function applyLimit(stage: Database.Database, limit: number): void {
  stage.exec("UPDATE main.gap SET action = 'enqueued' WHERE job IS NOT NULL AND action = 'not_selected'");
  stage
    .prepare(
      `UPDATE main.gap SET action = 'not_selected' WHERE job IS NOT NULL AND action = 'enqueued' AND scene_id >=
         (SELECT scene_id FROM main.gap WHERE job IS NOT NULL AND action = 'enqueued' ORDER BY scene_id LIMIT 1 OFFSET ?)`,
    )
    .run(limit);
}

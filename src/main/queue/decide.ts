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
 * synced); any waiting or taken row will do; the newest finished row from after the update says whether the gap was
 * recently done or given up; else the job is enqueued. An update time that could not be read (NULL) counts as old.
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
           AND (gap.updated_at IS NULL OR o.enqueued_at > gap.updated_at)
           ORDER BY o.row_id DESC LIMIT 1), 'enqueued')
       END WHERE has_job ${scope}`,
    )
    .run({ retryFailed: rules.retryFailed ? 1 : 0, cutoff: rules.cutoff });
}

/**
 * The sync job as Stash2Plex's worker reads it (its v1.6.14), key for key.
 * `pqid` and the retry keys are never written: they belong to the plugin's own copies.
 */
import type { Utf8Text } from './utf8-text.js';

/** A text on its way into a job; one still in UTF-8 is written as it stands. */
export type JobText = string | Utf8Text;

/** The metadata a job carries. Empty fields are left out: an empty value would clear the field in Plex. */
export interface JobData {
  /** The file the worker looks up in Plex, by its name. The only key that is always there. */
  readonly path: JobText;
  readonly title?: JobText;
  /** Studio name. */
  readonly studio?: JobText;
  /** Performer names, never blank. */
  readonly performers?: readonly JobText[];
  /** Tag names, never blank. */
  readonly tags?: readonly JobText[];
  readonly details?: JobText;
  /** Always `YYYY-MM-DD`; Stash's partial dates are left out. */
  readonly date?: JobText;
}

/** One queue row's payload. */
export interface SyncJob {
  /** Goes into log text only. */
  readonly job_id: number;
  readonly scene_id: number;
  readonly update_type: 'metadata';
  readonly data: JobData;
  /** Epoch seconds at which the scene was read: what the job knows is as old as that, however late it is written. */
  readonly enqueued_at: number;
  /** `scene_<id>`. */
  readonly job_key: string;
}

/** Makes the job for a scene. */
export function makeSyncJob(sceneId: number, data: JobData, enqueuedAt: number): SyncJob {
  return {
    job_id: sceneId,
    scene_id: sceneId,
    update_type: 'metadata',
    data,
    enqueued_at: enqueuedAt,
    job_key: `scene_${String(sceneId)}`,
  };
}

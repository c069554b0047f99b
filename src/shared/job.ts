/**
 * The sync job as Stash2Plex's worker reads it (its v1.6.14), key for key.
 * `pqid` and the retry keys are never written: they belong to the plugin's own copies.
 */

/** The metadata a job carries. Empty fields are left out: an empty value would clear the field in Plex. */
export interface JobData {
  /** The file the worker looks up in Plex, by its name. The only key that is always there. */
  readonly path: string;
  readonly title?: string;
  /** Studio name. */
  readonly studio?: string;
  /** Performer names, never blank. */
  readonly performers?: readonly string[];
  /** Tag names, never blank. */
  readonly tags?: readonly string[];
  readonly details?: string;
  /** Always `YYYY-MM-DD`; Stash's partial dates are left out. */
  readonly date?: string;
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

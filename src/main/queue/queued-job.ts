/** What gapscan needs to know of a row in the queue, whoever wrote it. */
import { decodePickle } from './pickle-decode.js';

/** The two facts the dedupe rests on. */
export interface QueuedJob {
  readonly sceneId: number;
  /** Epoch seconds at which the job's data was current; undefined when the row does not say. */
  readonly enqueuedAt: number | undefined;
}

/** Reads a queue row; undefined when it is not a data pickle with a scene id. */
export function readQueuedJob(bytes: Uint8Array): QueuedJob | undefined {
  const read = decodePickle(bytes);
  if (!read.ok || !(read.value instanceof Map)) return undefined;
  const id = read.value.get('scene_id');
  // The worker takes numeric text for an id too.
  const sceneId = typeof id === 'string' && /^\s*\d+\s*$/.test(id) ? Number(id) : id;
  if (typeof sceneId !== 'number' || !Number.isInteger(sceneId)) return undefined;
  const enqueuedAt = read.value.get('enqueued_at');
  return {
    sceneId,
    enqueuedAt: typeof enqueuedAt === 'number' && Number.isFinite(enqueuedAt) ? enqueuedAt : undefined,
  };
}

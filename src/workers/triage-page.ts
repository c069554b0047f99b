/** Triage of a light page: the pre-check by sync timestamp, before any dear field has gone over the wire. */
import { lookUpId } from '../shared/id-table.js';
import type { PageOutcome, ScanContext, TriageResult, TriageTask } from '../shared/messages.js';
import { parseTimestamp } from '../shared/timestamp.js';
import { isBeforeSince } from './since.js';
import { readSceneRows, sceneId } from './read-scene.js';
import type { JsonObject } from './parse-page.js';

/** Splits the scenes of a light page into those in sync and those whose full row is needed. */
export function triagePage({ bytes, context }: TriageTask): PageOutcome<TriageResult> {
  const rows = readSceneRows(bytes);
  if (!rows.ok) return rows;
  const inSync: number[] = [];
  const needed: number[] = [];
  let lastId = 0;
  for (const row of rows.value) {
    const id = sceneId(row);
    lastId = Math.max(lastId, id);
    const updatedAt = parseTimestamp(row['updated_at']);
    if (isBeforeSince(context, { updatedAt, createdAt: createdAt(row, context) })) continue;
    const syncedAt = lookUpId(context.syncTimestamps, id);
    if (syncedAt !== undefined && updatedAt <= syncedAt) inSync.push(id);
    else needed.push(id);
  }
  return { ok: true, value: { rows: rows.value.length, lastId, inSync, needed } };
}

function createdAt(row: JsonObject, { since }: ScanContext): number {
  return since?.field === 'created_at' ? parseTimestamp(row['created_at']) : NaN;
}

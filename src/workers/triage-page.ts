/** Triage of a light page: the pre-check by sync timestamp, before any dear field has gone over the wire. */
import {
  RESULT_IN_SYNC,
  RESULT_IN_SYNC_AT,
  RESULT_LAST_ID,
  RESULT_NEEDED,
  RESULT_NEEDED_AT,
  RESULT_ROWS,
} from '../shared/engine/layout.js';
import type { PageOutcome, TriageResult, TriageTask } from '../shared/messages.js';
import type { PageEngine } from './pages/page-engine.js';
import { readScenePage } from './pages/scene-page.js';

/** Splits the scenes of a light page into those in sync and those whose full row is needed. */
export function triagePage(engine: PageEngine, { page, engineContextAt }: TriageTask): PageOutcome<TriageResult> {
  const read = readScenePage(engine, page);
  if (!read.ok) return read;
  engine.useContext(engineContextAt);
  engine.sortScenes(read.value.first, read.value.count);
  return {
    ok: true,
    value: {
      rows: engine.result(RESULT_ROWS),
      lastId: engine.result(RESULT_LAST_ID),
      inSyncAt: engine.result(RESULT_IN_SYNC_AT),
      inSync: engine.result(RESULT_IN_SYNC),
      neededAt: engine.result(RESULT_NEEDED_AT),
      needed: engine.result(RESULT_NEEDED),
    },
  };
}

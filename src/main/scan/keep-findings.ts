/** Leaves the findings of a run for `list`. */
import { LISTED_VERDICTS } from '../../shared/verdicts.js';
import { mergeChanges } from '../report/line-changes.js';
import { KEPT_OF_EACH, writeFindings } from '../state/findings.js';
import type { Connected } from './connect.js';
import { missingLines, type Diagnosed } from './diagnose.js';
import { scopeOf } from './run.js';

/** Writes them. @throws QueueError, ConfigError */
export async function keepFindings({ run, options, paths }: Connected, found: Diagnosed): Promise<void> {
  const { spool, stage, merge } = found;
  const changes = mergeChanges(stage.changedGaps(), missingLines(found));
  const chunks = spool.bytes(changes, { verdicts: LISTED_VERDICTS, mostOfEach: KEPT_OF_EACH });
  // A chunk lasts only until the next but one.
  const lines = Array.from(chunks, (chunk) => Buffer.from(chunk));
  const startedAt = new Date(run.now * 1000).toISOString();
  await writeFindings(paths.findings, { startedAt, scope: scopeOf(options), verdicts: merge.verdicts }, lines);
}

/** What there is to tell of a run. */
import { DEFAULT_GAPS } from '../../shared/verdicts.js';
import { renderOneLine } from '../output/summary.js';
import type { ScanSummary } from '../scan-types.js';

/** Why a run failed. */
export interface RunFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** How a run ended. */
export interface RunEnding {
  readonly exitCode: number;
  readonly summary: ScanSummary | undefined;
  readonly failure: RunFailure | undefined;
}

/** What is remembered of a run, to tell whether the next one is any different. */
export interface ToldEnding {
  readonly failed: boolean;
  readonly gaps: Readonly<Record<(typeof DEFAULT_GAPS)[number], number>> | null;
}

/** What a webhook is sent; see schemas/notification-1.schema.json. */
export interface Notification extends RunEndingJson {
  readonly schema: 'gapscan.notification/1';
  readonly time: string;
  readonly version: string;
  readonly failed: boolean;
  /** Whether it differs from the run before. */
  readonly changed: boolean;
  /** One line for people. */
  readonly text: string;
}

interface RunEndingJson {
  readonly exitCode: number;
  readonly summary: ScanSummary | null;
  readonly error: RunFailure | null;
}

/** Gaps are why one runs gapscan; that there are some is no failure. */
export function isFailed({ exitCode }: RunEnding): boolean {
  return exitCode !== 0 && exitCode !== 1;
}

/** What is remembered of an ending. */
export function toTold(ending: RunEnding, last: ToldEnding | undefined): ToldEnding {
  const verdicts = ending.summary?.verdicts;
  const gaps = verdicts && { empty: verdicts.empty, stale: verdicts.stale, missing: verdicts.missing };
  return { failed: isFailed(ending), gaps: gaps ?? last?.gaps ?? null };
}

/** Whether a run is news after the one before it. */
export function isChange(ending: RunEnding, last: ToldEnding | undefined): boolean {
  const now = toTold(ending, last);
  const { queue, verdicts } = ending.summary ?? {};
  // Only an audit finds any, and not every run is one.
  if (verdicts !== undefined && verdicts.lost > 0) return true;
  if (now.failed || (queue !== undefined && queue.enqueued + queue.refreshed > 0)) return true;
  const before = last?.gaps ?? { empty: 0, stale: 0, missing: 0 };
  const { gaps } = now;
  return last?.failed === true || DEFAULT_GAPS.some((kind) => gaps?.[kind] !== before[kind]);
}

/** The ending as a webhook gets it. */
export function toNotification(ending: RunEnding, changed: boolean, version: string): Notification {
  const { exitCode, summary = null, failure = null } = ending;
  const headline = failure ? `gapscan failed: ${failure.message}` : summary ? renderOneLine(summary) : 'gapscan ended';
  const failed = isFailed(ending);
  const time = new Date().toISOString();
  const schema = 'gapscan.notification/1' as const;
  return { schema, time, version, failed, changed, text: headline, exitCode, summary, error: failure };
}

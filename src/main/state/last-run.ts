/** What the last good full run saw, for the guards to compare with. */
import type { SectionSummary } from '../scan-types.js';
import { readState, writeState, type StateRead } from './state-file.js';

const VERSION = 1;

/** The figures of a full run that committed. */
export interface LastRun {
  readonly version: typeof VERSION;
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly sections: readonly SectionSummary[];
  readonly scenes: number;
  readonly missing: number;
}

/** Reads the figures of the last good run. */
export function readLastRun(path: string): StateRead<LastRun> {
  return readState(path, isLastRun);
}

/** Remembers a good run. @throws QueueError */
export function writeLastRun(path: string, run: Omit<LastRun, 'version'>): void {
  writeState(path, { version: VERSION, ...run });
}

function isLastRun(value: unknown): value is LastRun {
  if (typeof value !== 'object' || value === null) return false;
  const run = value as Partial<LastRun>;
  const counts = [run.scenes, run.missing, ...(Array.isArray(run.sections) ? run.sections.map(itemsOf) : [NaN])];
  return run.version === VERSION && typeof run.finishedAt === 'string' && counts.every(Number.isInteger);
}

function itemsOf(section: unknown): unknown {
  const { key, title, items } = (section ?? {}) as Partial<SectionSummary>;
  return typeof key === 'string' && typeof title === 'string' ? items : NaN;
}

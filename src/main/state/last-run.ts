/** What the last good full run of each scope saw, for the plausibility checks to compare with. */
import type { SectionSummary } from '../scan-types.js';
import { readState, writeState, type StateRead } from './state-file.js';

const VERSION = 2;
/** Scopes come and go with the libraries that are named; the oldest are forgotten. */
const MAX_SCOPES = 20;

/** The figures of a full run that committed. */
export interface LastRun {
  readonly scope: string;
  /** ISO 8601. */
  readonly finishedAt: string;
  readonly sections: readonly Pick<SectionSummary, 'key' | 'title' | 'items'>[];
  readonly scenes: number;
  readonly missing: number;
}

/** The last good runs, the newest first. */
export interface LastRuns {
  readonly version: typeof VERSION;
  readonly runs: readonly LastRun[];
}

/** What a run is about: only runs about the same can be compared. */
export interface ScopeParts {
  readonly stashUrl: string;
  /** Another Plex behind the same URL is another scope; undefined when it does not say who it is. */
  readonly machineIdentifier: string | undefined;
  readonly plexUrl: string;
  /** Keys of the libraries that were named; undefined when all are read. */
  readonly sections: readonly string[] | undefined;
}

/** The name of a scope. */
export function scopeOf({ stashUrl, machineIdentifier, plexUrl, sections }: ScopeParts): string {
  return JSON.stringify([stashUrl, machineIdentifier ?? plexUrl, sections === undefined ? '*' : [...sections].sort()]);
}

/** Reads the figures of the last good runs. */
export function readLastRuns(path: string): StateRead<LastRuns> {
  return readState(path, isLastRuns);
}

/** The last good run of a scope; undefined before the first. */
export function lastRunOf(runs: LastRuns | undefined, scope: string): LastRun | undefined {
  return runs?.runs.find((run) => run.scope === scope);
}

/** Remembers a good run beside those of other scopes. @throws QueueError */
export async function writeLastRun(path: string, earlier: LastRuns | undefined, run: LastRun): Promise<void> {
  const others = earlier?.runs.filter(({ scope }) => scope !== run.scope) ?? [];
  await writeState(path, { version: VERSION, runs: [run, ...others].slice(0, MAX_SCOPES) } satisfies LastRuns);
}

function isLastRuns(value: unknown): value is LastRuns {
  if (typeof value !== 'object' || value === null) return false;
  const { version, runs } = value as Partial<LastRuns>;
  return version === VERSION && Array.isArray(runs) && runs.every(isLastRun);
}

function isLastRun(value: unknown): value is LastRun {
  if (typeof value !== 'object' || value === null) return false;
  const run = value as Partial<LastRun>;
  const counts = [run.scenes, run.missing, ...(Array.isArray(run.sections) ? run.sections.map(itemsOf) : [NaN])];
  return typeof run.scope === 'string' && typeof run.finishedAt === 'string' && counts.every(Number.isInteger);
}

function itemsOf(section: unknown): unknown {
  const { key, title, items } = (section ?? {}) as Partial<SectionSummary>;
  return typeof key === 'string' && typeof title === 'string' ? items : NaN;
}

/** Guards against implausible answers: they stop a run before anything is written, unless forced. */
import { GuardError } from './errors.js';
import type { SectionSummary } from './scan-types.js';
import type { LastRun } from './state/last-run.js';

const PASS_HINT = 'If this is right, run again with --force.';

/** A section may lose up to half its items between two good runs. @throws GuardError */
export function guardSections(sections: readonly SectionSummary[], last: LastRun | undefined): void {
  for (const { key, title, items } of sections) {
    if (items === 0) {
      throw new GuardError(
        `Plex library "${title}" is empty, so every scene would count as missing; nothing was written`,
        `Is its disk mounted? ${PASS_HINT} Or name the libraries to scan with --library.`,
      );
    }
    const before = last?.sections.find((section) => section.key === key)?.items ?? 0;
    if (items * 2 < before) {
      throw new GuardError(
        `Plex library "${title}" shrank from ${before} to ${items} items since the last run; nothing was written`,
        `Is one of its disks unmounted? ${PASS_HINT}`,
      );
    }
  }
}

/** Fewer missing scenes than this are never a flood. */
const FLOOD_SCENES = 50;
/** A share of missing scenes that grew by more than this since the last run is a flood. */
const FLOOD_GROWTH = 0.1;

/** The share of missing scenes may not leap between two full runs. @throws GuardError */
export function guardMissing(missing: number, scenes: number, last: LastRun | undefined): void {
  if (last === undefined || last.scenes === 0 || missing < FLOOD_SCENES) return;
  const before = last.missing / last.scenes;
  const now = missing / scenes;
  if (now - before <= FLOOD_GROWTH) return;
  throw new GuardError(
    `${missing} of ${scenes} scenes (${percent(now)}) are missing in Plex, against ${percent(before)} in the last run; nothing was written`,
    `Did paths change, or is a disk unmounted? Check pathMappings. ${PASS_HINT}`,
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** What makes the scenes and their verdicts implausible. Figures of partial scans say nothing about the library. */
import type { ScanSummary } from '../scan-types.js';
import type { LastRun } from '../state/last-run.js';
import type { Implausible } from './plausibility.js';

/** A full scan's scenes as they are now and as they were. */
export interface ScenesToCheck {
  readonly verdicts: ScanSummary['verdicts'];
  readonly checked: number;
  /** The last good run of the same scope. */
  readonly last: LastRun | undefined;
}

/** Fewer missing scenes than this are never a flood, and fewer scenes than this never a library. */
const FEW_SCENES = 50;
/** A share of missing scenes that grew by more than this since the last run is a flood. */
const FLOOD_GROWTH = 0.1;
/** With a smaller share of matches than this, the two servers have nothing to do with each other. */
const LEAST_MATCHED = 0.05;

/** Every check of the scenes that trips. */
export function checkScenes({ verdicts, checked, last }: ScenesToCheck): Implausible[] {
  if (last === undefined) return checkFirstRun(verdicts);
  if (checked * 2 < last.scenes) {
    const message = `Stash has ${checked} scenes, against ${last.scenes} in the last run`;
    const hint = 'Is this the right Stash, and its database whole?';
    return [{ check: 'stash_shrunk', message, hint, isByLastRun: true }];
  }
  return checkLeap(verdicts.missing, checked, last);
}

function checkLeap(missing: number, checked: number, last: LastRun): Implausible[] {
  if (missing < FEW_SCENES || last.scenes === 0) return [];
  const before = last.missing / last.scenes;
  const now = missing / checked;
  if (now - before <= FLOOD_GROWTH) return [];
  const message = `${missing} of ${checked} scenes (${percent(now)}) are missing in Plex, against ${percent(before)} in the last run`;
  const hint = 'Did paths change, or is a disk unmounted? Check pathMappings.';
  return [{ check: 'missing_leap', message, hint, isByLastRun: true }];
}

/** An item that only may be a scene's shows too that the libraries have something in common. */
function checkFirstRun({
  matched,
  empty,
  nothing_to_sync: nothing,
  ambiguous,
  missing,
}: ScanSummary['verdicts']): Implausible[] {
  const found = matched + empty + nothing + ambiguous;
  const sought = found + missing;
  if (sought < FEW_SCENES || found >= sought * LEAST_MATCHED) return [];
  const message = `Only ${found} of ${sought} scenes were found in Plex (${percent(found / sought)}), and no earlier run says that this is usual`;
  const hint = 'Is this the right Plex, and the right library? Do the paths share anything? See pathMappings.';
  return [{ check: 'nothing_matched', message, hint }];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

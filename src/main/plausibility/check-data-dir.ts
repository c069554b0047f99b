/** What makes a data directory implausible: nobody would drain a queue in it, and all that was synced would be a gap. */
import type { DataDirState } from '../state/data-dir.js';
import { unreachable } from '../../shared/unreachable.js';
import type { Implausible } from './plausibility.js';

/** Whether a data directory is Stash2Plex's; nothing is written by a dry run, so that the plugin need not have run for it. */
export function checkDataDir(dataDir: string, state: DataDirState, dryRun: boolean): Implausible[] {
  switch (state.kind) {
    case 'used':
      return [];
    case 'never_ran':
      return dryRun ? [] : [{ check: 'data_dir', message: neverRan(state.plugin), hint: RUN_ONCE }];
    case 'foreign': {
      const message = `${dataDir} holds neither sync_timestamps.json nor queue/, so it is not the data directory Stash2Plex works in`;
      return [{ check: 'data_dir', message, hint: whereInstead(state.instead) }];
    }
    default:
      return unreachable(state);
  }
}

/** What is to be said of a plugin that has never run. */
export function neverRan(plugin: string): string {
  return `Stash2Plex is installed in ${plugin} but has never run, so it has no data directory yet`;
}

const RUN_ONCE = 'Run one of its tasks in Stash once, for example "View Queue Status".';

function whereInstead(instead: string | undefined): string {
  return instead === undefined
    ? 'Is its disk mounted? If Stash2Plex has never run, run one of its tasks in Stash once, for example "View Queue Status".'
    : `Set --data-dir or GAPSCAN_DATA_DIR to ${instead}.`;
}

/** What a person does about a finding: one sentence, or nothing where nothing is to be done. */
import type { ReportLine } from './report-line.js';
import type { GapAction, ReasonCode } from './verdicts.js';
import { unreachable } from './unreachable.js';

/** The next step; null where there is none. Of missing scenes more can be said: see main/missing/next-step.ts. */
export function nextStepOf({ verdict, code, action }: Pick<ReportLine, 'verdict' | 'code' | 'action'>): string | null {
  return action === null ? stepByReason(code) : stepByAction(action, verdict === 'lost');
}

function stepByAction(action: GapAction, isLost: boolean): string {
  switch (action) {
    case 'enqueued':
    case 'refreshed':
    case 'already_queued':
      return 'let Stash2Plex work on the queue: its task "Process Queue" in Stash, or --process-queue';
    case 'recently_done':
      return 'wait: its job was finished in the last days; if nothing comes of it, the log of Stash2Plex says why';
    case 'withheld':
      return 'give the scene a studio, performers, tags, details or a date in Stash';
    case 'dead_lettered':
      return 'see why its job was given up (gapscan explain), then queue it again with --retry-failed';
    case 'unsafe_name':
      return 'give the file a name that no other item in Plex has, then scan both sides';
    case 'not_selected':
      return isLost
        ? 'queue it with --gaps lost'
        : 'queue it by a scan that does not leave it out (--gaps, --library, --limit)';
    default:
      return unreachable(action);
  }
}

function stepByReason(code: ReasonCode): string | null {
  switch (code) {
    case 'several_items':
      return 'leave one of the candidates in Plex, or give their files different names';
    case 'shared_item':
      return 'split the item in Plex: it holds the files of several scenes';
    case 'contradicted':
      return 'see which of the two files is right, and scan both sides: one has been replaced under the same name';
    case 'tied':
      return 'give one of the two files another name: only their names speak for them';
    case 'held':
      return 'give one of the two files another name: the other scene was proven to be this item';
    case 'no_file':
      return 'let Stash scan the file, or delete the scene there';
    case 'time_unreadable':
      return 'save the scene in Stash: that sets the time of its update';
    case 'undeliverable':
      return 'look at the file of the scene: Stash cannot read it; scan it again, or delete the scene';
    case 'synced':
    case 'updated_since':
    case 'item_has_metadata':
    case 'item_empty':
    case 'item_gone':
    case 'partly_written':
    case 'both_empty':
    case 'no_item':
    case 'lost':
    case 'other_library':
    case 'ignored':
      return null;
    default:
      return unreachable(code);
  }
}

/** What is said of a verdict: a stable code for programs, a sentence for people, and what they do about it. */
import { unreachable } from '../../shared/unreachable.js';
import type { GapAction, ReasonCode } from '../../shared/verdicts.js';
import type { ReportLine } from '../../shared/report-line.js';
import type { SceneRecord } from '../pages/scene-record.js';
import type { Judgement } from './judge.js';

type Sentence = string | ((judgement: Judgement, scene: SceneRecord) => string);

const ITEM_EMPTY = 'Plex item has none of studio, performers, tags, details, date';

const SENTENCES: Readonly<Record<ReasonCode, Sentence>> = {
  synced: ({ syncedAt }) => `Synced at ${isoTime(syncedAt)}, not updated since`,
  updated_since: ({ syncedAt }, { updatedAtText }) =>
    `Updated at ${updatedAtText}, after its last sync at ${isoTime(syncedAt)}`,
  item_has_metadata: 'The Plex item has metadata',
  item_empty: ({ verdict, syncedAt }) =>
    verdict === 'lost' ? `Synced at ${isoTime(syncedAt)}, but the ${ITEM_EMPTY}` : `The ${ITEM_EMPTY}`,
  item_gone: ({ syncedAt }) => `Synced at ${isoTime(syncedAt)}, but no Plex item is this scene`,
  partly_written: ({ syncedAt, absent }) =>
    `Synced at ${isoTime(syncedAt)}, but the Plex item has no ${absent.join(', no ')}`,
  both_empty: 'Neither the Plex item nor the scene has any metadata',
  no_item: 'No Plex item is this scene',
  lost: 'The only Plex item it could be is better matched by another scene',
  other_library: ({ otherLibrary }) => `It lies in the Plex library "${otherLibrary ?? ''}", which was not selected`,
  several_items: ({ match }) => `${match.kind === 'ambiguous' ? match.parts.length : 0} Plex items could be this scene`,
  contradicted: 'same name and directory, but size and length differ',
  shared_item: 'one Plex item holds files of several scenes',
  tied: 'Another scene matches the same Plex item equally well',
  held: ({ match }) => `held by scene ${match.kind === 'ambiguous' ? match.holder : 0}`,
  ignored: 'An ignore rule fits it',
  no_file: 'The scene has no file that Plex could see',
  time_unreadable: 'The time of its last update could not be read',
  undeliverable: 'Stash cannot deliver it',
};

/** Those that name nothing of a scene. */
const COMMON: ReadonlySet<string> = new Set(
  [...Object.values(SENTENCES), `The ${ITEM_EMPTY}`].filter((sentence) => typeof sentence === 'string'),
);

/** The sentence; for a gap whose job could hit another item it says that too. */
export function describeReason(scene: SceneRecord, judgement: Judgement): string {
  const sentence = SENTENCES[judgement.code];
  const reason = typeof sentence === 'string' ? sentence : sentence(judgement, scene);
  if (judgement.couldHit.length === 0) return reason;
  return `${reason}; another Plex item has the file name its job would look up`;
}

/** Whether a sentence names nothing of a scene, so that it comes again and again. */
export function isCommon(sentence: string): boolean {
  return COMMON.has(sentence);
}

function isoTime(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  return Number.isNaN(date.getTime()) ? String(epochSeconds) : date.toISOString();
}

/** The next step; null where there is none. Of missing scenes more can be said: see main/missing/next-step.ts. */
export function nextStepOf({ verdict, code, action }: Pick<ReportLine, 'verdict' | 'code' | 'action'>): string | null {
  return action === null ? stepByReason(code) : stepByAction(action, verdict === 'lost');
}

function stepByAction(action: GapAction, isLost: boolean): string {
  switch (action) {
    case 'enqueued':
    case 'refreshed':
    case 'already_queued':
      return 'once the job is queued, let Stash2Plex work on it: its task "Process Queue" in Stash, or --process-queue';
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

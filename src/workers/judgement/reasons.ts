/** Why a scene has its verdict: a stable code for programs, and a sentence for people. */
import { unreachable } from '../../shared/unreachable.js';
import type { ReasonCode } from '../../shared/verdicts.js';
import type { SceneRecord } from '../pages/scene-record.js';
import type { Judgement } from './judge.js';

/** The sentence; for a gap whose job could hit another item it says that too. */
export function describeReason(scene: SceneRecord, judgement: Judgement): string {
  const reason = sentence(scene, judgement, judgement.code);
  if (judgement.couldHit.length === 0) return reason;
  return `${reason}; another Plex item has the file name its job would look up`;
}

function sentence(scene: SceneRecord, judgement: Judgement, code: ReasonCode): string {
  const { match, syncedAt, otherLibrary, absent, verdict } = judgement;
  switch (code) {
    case 'synced':
      return `Synced at ${isoTime(syncedAt)}, not updated since`;
    case 'updated_since':
      return `Updated at ${scene.updatedAtText}, after its last sync at ${isoTime(syncedAt)}`;
    case 'item_has_metadata':
      return 'The Plex item has metadata';
    case 'item_empty':
      return `${verdict === 'lost' ? `Synced at ${isoTime(syncedAt)}, but the` : 'The'} Plex item has none of studio, performers, tags, details, date`;
    case 'item_gone':
      return `Synced at ${isoTime(syncedAt)}, but no Plex item is this scene`;
    case 'partly_written':
      return `Synced at ${isoTime(syncedAt)}, but the Plex item has no ${absent.join(', no ')}`;
    case 'both_empty':
      return 'Neither the Plex item nor the scene has any metadata';
    case 'no_item':
      return 'No Plex item is this scene';
    case 'lost':
      return 'The only Plex item it could be is better matched by another scene';
    case 'other_library':
      return `It lies in the Plex library "${otherLibrary ?? ''}", which was not selected`;
    case 'several_items':
      return `${match.kind === 'ambiguous' ? match.parts.length : 0} Plex items could be this scene`;
    case 'contradicted':
      return 'same name and directory, but size and length differ';
    case 'shared_item':
      return 'one Plex item holds files of several scenes';
    case 'tied':
      return 'Another scene matches the same Plex item equally well';
    case 'held':
      return `held by scene ${match.kind === 'ambiguous' ? match.holder : 0}`;
    case 'ignored':
      return 'An ignore rule fits it';
    case 'no_file':
      return 'The scene has no file that Plex could see';
    case 'time_unreadable':
      return 'The time of its last update could not be read';
    case 'undeliverable':
      return 'Stash cannot deliver it';
    default:
      return unreachable(code);
  }
}

function isoTime(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  return Number.isNaN(date.getTime()) ? String(epochSeconds) : date.toISOString();
}

/** One report line, cut where the action goes: what happens to a gap is known only once the queue has been read. */
import type { PlexIndex } from '../shared/index/reader.js';
import { describeEvidence } from '../shared/matcher/evidence.js';
import type { MatchResult } from '../shared/matcher/matcher.js';
import type { ClassifiedLine } from '../shared/messages.js';
import type { Scene } from './pages/scene-record.js';
import type { Judgement } from './verdict.js';

/** Writes a scene's line; `couldHit` are the other items its job could hit. */
export function reportLine(
  index: PlexIndex,
  scene: Scene,
  judgement: Judgement,
  couldHit: readonly number[],
): ClassifiedLine {
  const { verdict, match } = judgement;
  const head = JSON.stringify({ sceneId: scene.id, verdict, reason: reasonFor(scene, judgement, couldHit) });
  const tail = JSON.stringify({
    title: scene.title.toString(),
    path: scene.files[0]?.path.toString() ?? null,
    updatedAt: scene.updatedAtText.toString() || null,
    item: match.kind === 'matched' ? describePart(index, match.part) : null,
    evidence: match.kind === 'matched' ? describeEvidence(match.evidence) : null,
    candidates: candidateParts(match, couldHit).map((part) => describePart(index, part)),
  });
  return { sceneId: scene.id, head: `${head.slice(0, -1)},"action":`, tail: `,${tail.slice(1)}` };
}

function candidateParts(match: MatchResult, couldHit: readonly number[]): readonly number[] {
  return match.kind === 'ambiguous' ? match.parts : couldHit;
}

function describePart(index: PlexIndex, part: number) {
  const item = index.itemOf(part);
  return {
    ratingKey: index.ratingKey(item),
    title: index.title(item),
    section: index.section(item).title,
    path: index.partPath(part),
  };
}

function reasonFor(scene: Scene, judgement: Judgement, couldHit: readonly number[]): string {
  const reason = verdictReason(scene, judgement);
  return couldHit.length === 0 ? reason : `${reason}; another Plex item has the file name its job would look up`;
}

function verdictReason(scene: Scene, { verdict, match, syncedAt, settled }: Judgement): string {
  switch (verdict) {
    case 'in_sync':
      return `Synced at ${isoTime(syncedAt)}, not updated since`;
    case 'stale':
      return `Updated at ${scene.updatedAtText.toString()}, after its last sync at ${isoTime(syncedAt)}`;
    case 'matched':
      return 'The Plex item has metadata';
    case 'empty':
      return 'The Plex item has none of studio, performers, tags, details, date';
    case 'nothing_to_sync':
      return 'Neither the Plex item nor the scene has any metadata';
    case 'missing':
      return settled
        ? 'The only Plex item it could be is better matched by another scene'
        : 'No Plex item is this scene';
    case 'ambiguous':
      return settled
        ? 'Another scene matches the same Plex item equally well'
        : `${match.kind === 'ambiguous' ? match.parts.length : 0} Plex items could be this scene`;
    case 'no_file':
      return 'The scene has no file that Plex could see';
    case 'unreadable':
      return 'The time of its last update could not be read';
  }
}

function isoTime(epochSeconds: number | undefined): string {
  const date = new Date((epochSeconds ?? NaN) * 1000);
  return Number.isNaN(date.getTime()) ? String(epochSeconds) : date.toISOString();
}

/** A scene's report line, read off its judgement. */
import { Job } from '../../shared/engine/layout.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { ReportItem, ReportLine } from '../../shared/report-line.js';
import { describeStrength } from '../../shared/strength.js';
import { unreachable } from '../../shared/unreachable.js';
import type { SceneRecord } from '../pages/scene-record.js';
import type { Judgement } from './judge.js';
import { describeReason } from './reasons.js';

/**
 * Writes a scene's line. A job is taken to be enqueued; where the queue decides otherwise, and why a scene is missing, the
 * line is told later.
 */
export function reportLine(index: PlexIndex, sceneId: number, scene: SceneRecord, judgement: Judgement): ReportLine {
  const { verdict, code, match, couldHit } = judgement;
  const candidates = match.kind === 'ambiguous' ? match.parts : couldHit;
  return {
    sceneId,
    verdict,
    code,
    reason: describeReason(scene, judgement),
    action: actionOf(judgement.job),
    title: scene.title,
    path: scene.fileCount === 0 ? null : scene.path(0),
    updatedAt: scene.updatedAtText || null,
    item: match.kind === 'matched' ? describePart(index, match.part) : null,
    evidence: match.kind === 'matched' ? describeStrength(match.strength) : null,
    candidates: candidates.map((part) => describePart(index, part)),
    missing: null,
  };
}

function actionOf(job: Job): ReportLine['action'] {
  switch (job) {
    case Job.NoGap:
      return null;
    case Job.Written:
      return 'enqueued';
    case Job.NotSelected:
      return 'not_selected';
    case Job.Withheld:
      return 'withheld';
    case Job.UnsafeName:
      return 'unsafe_name';
    default:
      return unreachable(job);
  }
}

/** An item as reports show it, by one of its parts; NONE where Plex has lost its files. */
export function describeItem(index: PlexIndex, item: number, part: number): ReportItem {
  return {
    ratingKey: index.ratingKey(item),
    title: index.title(item),
    section: index.section(item).title,
    path: part === NONE ? '' : index.partPath(part),
  };
}

function describePart(index: PlexIndex, part: number): ReportItem {
  return describeItem(index, index.itemOf(part), part);
}

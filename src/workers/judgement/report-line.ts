/** A scene's report line, read off its judgement. */
import { Job } from '../../shared/engine/layout.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { ReportItem, ReportLine, ReportLinks } from '../../shared/report-line.js';
import { describeStrength } from '../../shared/strength.js';
import { unreachable } from '../../shared/unreachable.js';
import type { PageFacts } from './facts.js';
import type { Judgement } from './judge.js';
import { describeReason, nextStepOf } from './reasons.js';

/** What lines are written from. */
export interface LineSource {
  /** Undefined before Plex has been read; then no line may be of a scene with an item. */
  readonly index: PlexIndex | undefined;
  readonly links: ReportLinks;
}

/**
 * Writes the line of the scene the facts are at. A job is taken to be enqueued; where the queue decides otherwise, and why a
 * scene is missing, the line is told later.
 */
export function reportLine(
  { index, links }: LineSource,
  { id: sceneId, scene }: PageFacts,
  judgement: Judgement,
): ReportLine {
  const { verdict, code, match, couldHit } = judgement;
  const candidates = match.kind === 'ambiguous' ? match.parts : couldHit;
  const action = actionOf(judgement.job);
  const describe = (part: number) => {
    if (index === undefined) throw new Error('Internal error: a line names an item before Plex has been read');
    return describeItem(index, links, index.itemOf(part), part);
  };
  return {
    sceneId,
    verdict,
    code,
    reason: describeReason(scene, judgement),
    action,
    title: scene.title,
    url: links.scene + String(sceneId),
    path: scene.fileCount === 0 ? null : scene.path(0),
    updatedAt: scene.updatedAtText || null,
    studio: scene.text('studio') || null,
    date: scene.date || null,
    item: match.kind === 'matched' ? describe(match.part) : null,
    evidence: match.kind === 'matched' ? describeStrength(match.strength) : null,
    candidates: candidates.map(describe),
    nextStep: nextStepOf({ verdict, code, action }),
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
export function describeItem(index: PlexIndex, links: ReportLinks, item: number, part: number): ReportItem {
  const ratingKey = index.ratingKey(item);
  return {
    ratingKey,
    title: index.title(item),
    section: index.section(item).title,
    path: part === NONE ? '' : index.partPath(part),
    url: links.item === null ? null : links.item + encodeURIComponent(ratingKey),
  };
}

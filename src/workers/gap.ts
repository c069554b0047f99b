/** From a gap to its sync job, or to the reason why there is none. */
import type { PlexIndex } from '../shared/index/reader.js';
import { makeSyncJob, type JobData } from '../shared/job.js';
import type { MatchResult } from '../shared/matcher/matcher.js';
import { nameOwners, pathOwners } from '../shared/matcher/name-owner.js';
import { hasMeaningfulMetadata, hasText } from '../shared/metadata.js';
import type { ClassifiedGap } from '../shared/messages.js';
import { fileName, leadingSeparators, splitPath } from '../shared/path.js';
import { assertReadable } from '../shared/queued-job.js';
import { encodeSyncJob } from '../shared/pickle-encode.js';
import type { GapKind } from '../shared/verdicts.js';
import type { Scene } from './read-scene.js';
import type { Judgement, Workbench } from './verdict.js';

/** A gap with the other items its job could hit, for the report. */
export interface PreparedGap {
  readonly gap: ClassifiedGap;
  /** Parts of other items with the job's file name. */
  readonly couldHit: readonly number[];
}

/** Decides what can be decided without the queue: `not_selected`, `withheld`, `unsafe_name`, else the encoded job. */
export function prepareGap(
  bench: Workbench,
  scene: Scene,
  kind: GapKind,
  judgement: Judgement,
  asOf: number,
): PreparedGap {
  const { context, index } = bench;
  const refuse = (outcome: ClassifiedGap['outcome'], couldHit: readonly number[] = []): PreparedGap => ({
    gap: { sceneId: scene.id, updatedAt: scene.updatedAt, outcome, job: undefined },
    couldHit,
  });
  if (!context.gaps.includes(kind)) return refuse('not_selected');
  if (!hasMeaningfulMetadata(scene)) return refuse('withheld');
  const target = jobTarget(index, scene, judgement.match);
  if (target.couldHit.length > 0 && !context.allowUnsafeNames) return refuse('unsafe_name', target.couldHit);
  const job = encodeSyncJob(makeSyncJob(scene.id, jobData(scene, target.path), asOf));
  assertReadable(job, scene.id);
  return { gap: { sceneId: scene.id, updatedAt: scene.updatedAt, outcome: undefined, job }, couldHit: target.couldHit };
}

interface JobTarget {
  readonly path: string;
  /** Parts of items other than the match that the worker would find under this path's name. */
  readonly couldHit: readonly number[];
}

/** The path the worker will look up, and whose items it might find there. */
function jobTarget(index: PlexIndex, scene: Scene, match: MatchResult): JobTarget {
  if (match.kind !== 'matched') {
    const path = scene.files[0]?.path ?? '';
    return { path, couldHit: nameOwners(index, path) };
  }
  const plexPath = index.partPath(match.part);
  const wholePath = isWindowsPath(plexPath) && match.file.path.startsWith('/');
  const owners = wholePath ? pathOwners(index, match.part) : nameOwners(index, plexPath);
  const item = index.itemOf(match.part);
  return {
    path: withName(match.file.path, wholePath ? plexPath : fileName(plexPath)),
    couldHit: owners.filter((part) => index.itemOf(part) !== item),
  };
}

/**
 * A worker on Linux takes the *whole* Windows path Plex reports for a file name; measured with the real worker, only a job
 * that carries the whole path as its name finds such an item (25 of 25 instead of 2).
 */
function isWindowsPath(path: string): boolean {
  return /^(?:[a-z]:[/\\]|\\\\)/i.test(path) && path.includes('\\');
}

/** The path with another file name; the worker compares names exactly, so Plex's own spelling is what it must see. */
function withName(path: string, name: string): string {
  const { dir, base } = splitPath(path);
  return dir + base.slice(0, leadingSeparators(base)) + name;
}

/** Empty fields are left out: an empty value would clear the field in Plex. */
function jobData(scene: Scene, path: string): JobData {
  return {
    path,
    ...(hasText(scene.title) && { title: scene.title }),
    ...(hasText(scene.studio) && { studio: scene.studio }),
    ...(scene.performers.length > 0 && { performers: scene.performers }),
    ...(scene.tags.length > 0 && { tags: scene.tags }),
    ...(hasText(scene.details) && { details: scene.details }),
    ...(/^\d{4}-\d\d-\d\d$/.test(scene.date) && { date: scene.date }),
  };
}

/** From a gap to its sync job, or to the reason why there is none. */
import type { PlexIndex } from '../shared/index/reader.js';
import type { MatchResult } from '../shared/matcher/matcher.js';
import { nameOwners, ownersOfNameOf, pathOwners } from '../shared/matcher/name-owner.js';
import type { FileQuery } from '../shared/matcher/scene-file.js';
import { hasMeaningfulMetadata } from '../shared/metadata.js';
import type { ClassifiedGap } from '../shared/messages.js';
import { leadingSeparators, splitPath } from '../shared/path.js';
import { EMPTY_TEXT, type Utf8Text } from '../shared/utf8-text.js';
import type { GapKind } from '../shared/verdicts.js';
import type { Scene } from './pages/scene-record.js';
import type { Workbench } from './verdict.js';

/** What is to become of a gap, as far as that can be told without the queue. */
export interface PreparedGap {
  /** Undefined when a job is to be queued. */
  readonly outcome: ClassifiedGap['outcome'];
  /** The path the worker will look up; undefined exactly when there is no job. */
  readonly path: Uint8Array | undefined;
  /** Parts of other items with the job's file name. */
  readonly couldHit: readonly number[];
}

/** Decides what can be decided without the queue: `not_selected`, `withheld`, `unsafe_name`, else the path of a job. */
export function prepareGap(bench: Workbench, scene: Scene, kind: GapKind, match: MatchResult): PreparedGap {
  const { context } = bench;
  if (!context.gaps.includes(kind)) return { outcome: 'not_selected', path: undefined, couldHit: [] };
  if (!hasMeaningfulMetadata(scene)) return { outcome: 'withheld', path: undefined, couldHit: [] };
  const { path, couldHit } = jobTarget(bench, scene, match);
  if (couldHit.length > 0 && !context.allowUnsafeNames) return { outcome: 'unsafe_name', path: undefined, couldHit };
  return { outcome: undefined, path: typeof path === 'string' ? Buffer.from(path) : path.span, couldHit };
}

interface JobTarget {
  readonly path: string | Utf8Text;
  /** Parts of items other than the match that the worker would find under this path's name. */
  readonly couldHit: readonly number[];
}

/** The path the worker will look up, and whose items it might find there. */
function jobTarget({ index, directories }: Workbench, scene: Scene, match: MatchResult): JobTarget {
  if (match.kind !== 'matched') {
    const [file] = scene.files;
    return file === undefined
      ? { path: EMPTY_TEXT, couldHit: [] }
      : { path: file.path, couldHit: nameOwners(index, directories.query(file)) };
  }
  const { part, file } = match;
  const wholePath = hasWindowsPath(index, part) && file.path.toString().startsWith('/');
  const owners = wholePath ? pathOwners(index, part) : ownersOfNameOf(index, part);
  const item = index.itemOf(part);
  return {
    path: wholePath ? withName(file.path, index.partPath(part)) : inPlexSpelling(index, directories.query(file), part),
    couldHit: owners.filter((owner) => index.itemOf(owner) !== item),
  };
}

/**
 * A worker on Linux takes the *whole* Windows path Plex reports for a file name; measured with the real worker, only a job
 * that carries the whole path as its name finds such an item (25 of 25 instead of 2).
 */
function hasWindowsPath(index: PlexIndex, part: number): boolean {
  if (index.isRooted(part)) return false;
  const path = index.partPath(part);
  return /^(?:[a-z]:[/\\]|\\\\)/i.test(path) && path.includes('\\');
}

/** The file's path with its name as Plex spells it: the worker compares names exactly. */
function inPlexSpelling(index: PlexIndex, query: FileQuery, part: number): string | Utf8Text {
  const { path } = query.file;
  return query.isSpelledAs(index, part) ? path : withName(path, index.partName(part));
}

/** The path with another file name. */
function withName(path: Utf8Text, name: string): string {
  const { dir, base } = splitPath(path.toString());
  return dir + base.slice(0, leadingSeparators(base)) + name;
}

/** The verdict on one scene, in the order of the table in the README: the first condition that holds decides. */
import { lookUpId } from '../shared/id-table.js';
import { DATE_IF_OWN, HAS_METADATA, NONE } from '../shared/index/format.js';
import type { PlexIndex } from '../shared/index/reader.js';
import { matchScene, type MatchResult } from '../shared/matcher/matcher.js';
import type { DirectoryCache } from '../shared/matcher/scene-file.js';
import { hasMeaningfulMetadata, isOwnDate } from '../shared/metadata.js';
import type { ScanContext, SettledMatch } from '../shared/messages.js';
import type { Verdict } from '../shared/verdicts.js';
import { knownMatch } from './known-match.js';
import type { Scene } from './pages/scene-record.js';

/** What a worker keeps between the pages of one scan. */
export interface Workbench {
  readonly context: ScanContext;
  readonly index: PlexIndex;
  readonly directories: DirectoryCache;
}

/** A verdict with what it rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly match: MatchResult;
  /** Epoch seconds; undefined when the scene was never synced. */
  readonly syncedAt: number | undefined;
  /** Set when the merge took the scene's match away. */
  readonly settled: SettledMatch | undefined;
}

const NO_MATCH: MatchResult = { kind: 'none' };

/** Judges a scene. The matcher is only asked when the sync timestamp has not already decided. */
export function judge(bench: Workbench, scene: Scene, settled: SettledMatch | undefined): Judgement {
  const syncedAt = lookUpId(bench.context.syncTimestamps, scene.id);
  const unmatched = { match: NO_MATCH, syncedAt, settled };
  if (syncedAt !== undefined && scene.updatedAt <= syncedAt) return { verdict: 'in_sync', ...unmatched };
  if (scene.files.length === 0) return { verdict: 'no_file', ...unmatched };
  // Whether it is stale cannot be told, and guessing either way would be wrong for somebody.
  if (syncedAt !== undefined && Number.isNaN(scene.updatedAt)) return { verdict: 'unreadable', ...unmatched };
  const match = settled ? settledMatch(settled) : findMatch(bench, scene);
  const verdict = syncedAt === undefined ? verdictOfMatch(bench.index, scene, match) : 'stale';
  return { verdict, match, syncedAt, settled };
}

/** The known-match cache comes before the matcher. */
function findMatch(bench: Workbench, scene: Scene): MatchResult {
  return knownMatch(bench, scene) ?? matchScene(bench.index, bench.directories, scene);
}

function settledMatch({ outcome, part }: SettledMatch): MatchResult {
  return outcome === 'tied' ? { kind: 'ambiguous', parts: [part] } : NO_MATCH;
}

function verdictOfMatch(index: PlexIndex, scene: Scene, match: MatchResult): Verdict {
  switch (match.kind) {
    case 'none':
      return 'missing';
    case 'ambiguous':
      return 'ambiguous';
    case 'matched':
      if (itemHasMetadata(index, match.part, scene)) return 'matched';
      return hasMeaningfulMetadata(scene) ? 'empty' : 'nothing_to_sync';
  }
}

function itemHasMetadata(index: PlexIndex, part: number, scene: Scene): boolean {
  const item = index.itemOf(part);
  const flags = index.columns.itemFlags[item === NONE ? 0 : item] ?? 0;
  if (flags & HAS_METADATA) return true;
  return (flags & DATE_IF_OWN) !== 0 && isOwnDate(index.columns.itemDate[item] ?? 0, scene.date.toString());
}

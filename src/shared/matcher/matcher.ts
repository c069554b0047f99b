/** The two-phase matcher: which Plex item is this scene? Never guesses: several equal answers are `ambiguous`. */
import { NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { decideByTitle } from './by-title.js';
import { findCandidates, rankOf, sizeDiffers, type Candidate, type PhaseOne } from './candidates.js';
import type { Utf8Text } from '../utf8-text.js';
import type { DirectoryCache, FileQuery, SceneFile } from './scene-file.js';

/** A scene as the matcher sees it. */
export interface MatchInput {
  /** The scene's own title; may be blank. Asked for only when phase one leaves it open. */
  readonly title: Utf8Text;
  /** Usable files, the primary first. */
  readonly files: readonly SceneFile[];
}

/** The matcher's answer. Numbers are parts of the index. */
export type MatchResult =
  | {
      readonly kind: 'matched';
      readonly part: number;
      /** See evidence.ts: larger is stronger. */
      readonly evidence: number;
      /** The scene's file that matched. */
      readonly file: SceneFile;
    }
  | {
      readonly kind: 'ambiguous';
      /** One part of each item it could be, at most {@link MAX_LISTED}. */
      readonly parts: readonly number[];
    }
  | { readonly kind: 'none' };

/** How many candidates an ambiguous answer lists. */
export const MAX_LISTED = 10;

/** Finds the item of a scene, or says why there is no single one. */
export function matchScene(index: PlexIndex, directories: DirectoryCache, input: MatchInput): MatchResult {
  const [file] = input.files;
  if (file !== undefined && input.files.length === 1) {
    const query = directories.query(file);
    return matchOnly(index, query) ?? decide(index, input, [query]);
  }
  return decide(
    index,
    input,
    input.files.map((each) => directories.query(each)),
  );
}

/**
 * The ordinary case, one file and one part of its name, without making lists: measured, it lets the matcher do a third
 * more. Undefined leaves the decision to the general road.
 */
function matchOnly(index: PlexIndex, query: FileQuery): MatchResult | undefined {
  const { head, crowd } = index.nameChain(query.nameHash);
  if (head === NONE) return { kind: 'none' };
  if (crowd || index.nextPart(head) !== NONE || !query.isNameOf(index, head)) return undefined;
  const evidence = rankOf(index, query, head);
  return evidence > 0 ? { kind: 'matched', part: head, evidence, file: query.file } : undefined;
}

function decide(index: PlexIndex, input: MatchInput, queries: readonly FileQuery[]): MatchResult {
  const open = best(findCandidates(index, queries));
  const [first] = open.candidates;
  if (first === undefined && open.crowds.length === 0) return { kind: 'none' };
  if (first !== undefined && open.candidates.length === 1 && open.crowds.length === 0) {
    // A rank of 0 is the file name alone; that is enough only while no known size speaks against it.
    if (first.rank > 0 || !sizeDiffers(index, first.query, first.part)) return matched(first);
  }
  return decideByTitle(index, input.title.toString(), open);
}

/** Only what ranks best stays in the race. */
function best({ candidates, crowds }: PhaseOne): PhaseOne {
  if (candidates.length <= 1 && crowds.length === 0) return { candidates, crowds };
  let top = 0;
  for (const candidate of candidates) top = Math.max(top, candidate.rank);
  for (const crowd of crowds) top = Math.max(top, crowd.rank);
  return {
    candidates: candidates.filter((candidate) => candidate.rank === top),
    crowds: crowds.filter((crowd) => crowd.rank === top),
  };
}

function matched({ part, rank, query }: Candidate): MatchResult {
  return { kind: 'matched', part, evidence: rank, file: query.file };
}

/** A judgement with all it stands on, for people: every item that has the name of one of the scene's files, and both gates. */
import { GATE, NOTHING, Presence } from '../../shared/engine/layout.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { compareRatingKeys } from '../../shared/rating-key.js';
import { unreachable } from '../../shared/unreachable.js';
import { describeStrength, directoriesOf, rankOf } from '../../shared/strength.js';
import type { ReportLine } from '../../shared/report-line.js';
import type { SettledMatch } from '../../shared/messages.js';
import type { Verdict } from '../../shared/verdicts.js';
import type { Bench } from '../../workers/judgement/bench.js';
import type { Candidate, PageFacts } from '../../workers/judgement/facts.js';
import type { Judgement } from '../../workers/judgement/judge.js';
import { itemPresence } from '../../workers/judgement/metadata.js';
import type { Match } from '../../workers/judgement/match-result.js';
import { HeadWriter } from '../../workers/judgement/report-line.js';
import type { PageEngine } from '../../workers/pages/page-engine.js';
import { actionOf, closeLine, lineEndOf } from '../report/line-end.js';

/** A Plex file that has the name of one of the scene's. */
export interface ExplainedCandidate {
  readonly ratingKey: string;
  /** Title of its library. */
  readonly section: string;
  /** As Plex spells it. */
  readonly path: string;
  /** In what it agrees with the scene's file, in words. */
  readonly agreement: string;
  /** It is the scene's item. */
  readonly won: boolean;
  /** Why it won, or why not. */
  readonly why: string;
}

/** A file of the scene and what has its name. */
export interface ExplainedFile {
  /** As Stash spells it. */
  readonly path: string;
  readonly candidates: readonly ExplainedCandidate[];
}

/** The fields of the quality gate. */
export interface GateFields {
  readonly studio: boolean;
  readonly performers: boolean;
  readonly tags: boolean;
  readonly details: boolean;
  readonly date: boolean;
}

/** What a judgement says, and what it stands on. */
export interface Explained {
  readonly line: ReportLine;
  readonly files: readonly ExplainedFile[];
  /** Which fields each side has; of the item a date only if it counts, null without one. */
  readonly gate: { readonly scene: GateFields; readonly item: GateFields | null };
}

/** Explains the scene the facts are at. @param settled what the merge made of its claim */
export function explain(
  bench: Bench,
  facts: PageFacts,
  judgement: Judgement,
  settled: SettledMatch | undefined,
): Explained {
  const { index } = bench;
  const { match } = judgement;
  const { scene } = facts;
  const part = match.kind === 'matched' ? match.part : settled?.part;
  const item = part === undefined ? undefined : itemPresence(bench, index.itemOf(part), facts);
  const candidates = facts.candidates();
  return {
    line: readLine(bench.engine, facts, judgement),
    files: Array.from({ length: facts.fileCount }, (_, file) => ({
      path: scene.path(file),
      candidates: candidates
        .filter((candidate) => candidate.file === file && candidate.part !== NOTHING)
        .sort((a, b) => compareCandidates(index, a, b))
        .map((candidate) => explainCandidate(bench, candidate, candidates, judgement, settled)),
    })),
    gate: { scene: gateOf(facts.presence), item: item === undefined ? null : gateOf(item) },
  };
}

/** The line of the scene the facts are at; its job is taken to be enqueued. */
function readLine(engine: PageEngine, facts: PageFacts, judgement: Judgement): ReportLine {
  const heads = new HeadWriter(engine);
  const at = engine.lineTop();
  const bytes = heads.write(facts, judgement);
  const end = closeLine(lineEndOf(judgement.verdict, judgement.code, actionOf(judgement.job)));
  return JSON.parse(engine.memory.text(at, bytes) + end) as ReportLine;
}

/** Those in the race first, the strongest first, in an order that depends on nothing but them. */
function compareCandidates(index: PlexIndex, a: Candidate, b: Candidate): number {
  const keyOf = ({ part }: Candidate) => index.ratingKey(index.itemOf(part));
  return (
    Number(a.isContradicted) - Number(b.isContradicted) ||
    rankOf(b.strength) - rankOf(a.strength) ||
    compareRatingKeys(keyOf(a), keyOf(b))
  );
}

function gateOf(presence: number): GateFields {
  const has = (bit: Presence) => (presence & GATE & bit) !== 0;
  return {
    studio: has(Presence.Studio),
    performers: has(Presence.Performers),
    tags: has(Presence.Tags),
    details: has(Presence.Details),
    date: has(Presence.Date),
  };
}

function explainCandidate(
  { index }: Bench,
  candidate: Candidate,
  all: readonly Candidate[],
  { match, verdict }: Judgement,
  settled: SettledMatch | undefined,
): ExplainedCandidate {
  const { part, file } = candidate;
  const item = index.itemOf(part);
  const isWinner = match.kind === 'matched' && match.part === part && match.file === file;
  const itemOf = (other: number) => index.itemOf(other);
  return {
    ratingKey: index.ratingKey(item),
    section: index.section(item).title,
    path: index.partPath(part),
    agreement: agreementOf(candidate),
    won: isWinner,
    why: isWinner
      ? `it agrees in ${describeStrength(match.strength)}`
      : (UNASKED[verdict] ?? whyNot(itemOf, candidate, all, match, settled)),
  };
}

/** Why it is not asked which item a scene is, of the verdicts that need no answer. */
export const UNASKED: Readonly<Partial<Record<Verdict, string>>> = {
  in_sync: 'not asked: the scene is in sync',
  ignored: 'not asked: the scene is ignored',
  unreadable: 'not asked: the time of its update cannot be read',
};

function agreementOf({ strength, isContradicted }: Candidate): string {
  const words = describeStrength(strength);
  if (!isContradicted) return words;
  return `${directoriesOf(strength) === 0 ? words : `file name, ${words}`}; size and length differ`;
}

function whyNot(
  itemOf: (part: number) => number,
  candidate: Candidate,
  all: readonly Candidate[],
  match: Match,
  settled: SettledMatch | undefined,
): string {
  if (settled !== undefined && itemOf(settled.part) === itemOf(candidate.part)) return whySettled(settled);
  switch (match.kind) {
    case 'matched':
      if (itemOf(match.part) === itemOf(candidate.part)) return 'another file of the same item agrees best';
      if (candidate.isContradicted) return 'another video under the same name';
      return 'another item agrees better';
    case 'ambiguous': {
      if (candidate.isContradicted && match.why !== 'contradicted') return 'another video under the same name';
      if (match.parts.some((part) => itemOf(part) === itemOf(candidate.part))) {
        return match.why === 'contradicted' ? 'perhaps another video under the same name' : 'others agree as well';
      }
      const best = Math.max(...all.map(({ strength }) => rankOf(strength)));
      return rankOf(candidate.strength) < best ? 'other items agree better' : 'others agree as well';
    }
    case 'none':
      return candidate.isContradicted ? 'another video under the same name' : 'it is not this scene';
    default:
      return unreachable(match);
  }
}

function whySettled({ why, holder }: SettledMatch): string {
  switch (why) {
    case 'lost':
      return 'another scene agrees better with it';
    case 'shared':
      return 'it holds files of several scenes';
    case 'tied':
      return 'another scene agrees as well with it';
    case 'held':
      return `scene ${holder} holds it`;
    default:
      return unreachable(why);
  }
}

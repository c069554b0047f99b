/**
 * Phase two: what phase one left open is decided by title: the scene's own, or the name of its parent directory, against
 * the item's. Not the file stem, which the shared file name has already said.
 */
import { LRUCache } from 'lru-cache';
import { titleKeyHash } from '../../shared/index/crowd-keys.js';
import { NONE } from '../../shared/index/format.js';
import { fileName, splitPath } from '../../shared/path.js';
import { TITLE, rankOf } from '../../shared/strength.js';
import { titleKey } from '../../shared/title.js';
import type { SceneRecord } from '../pages/scene-record.js';
import type { Bench } from './bench.js';
import { candidateOf, type Candidate, type PageFacts } from './facts.js';
import { ambiguous, matched, openRace, type Match, type OpenRace } from './match-result.js';

/** How many parts with one name and one title are looked at before the answer is "too many". */
const MOST_WALKED = 256;

/** One item agrees -> matched; several -> ambiguous; none -> ambiguous, since several remain. */
export function decideByTitle(bench: Bench, facts: PageFacts, open: OpenRace): Match {
  const titles = new SceneTitles(facts.scene);
  const walks = open.unlisted.map((crowd) => walkTitles(bench, titles, crowd));
  const listed = open.listed.filter((candidate) => agrees(bench, titles, candidate));
  const agreeing = openRace(bench.index, [...listed, ...walks.flatMap(({ members }) => members)]).listed;
  if (agreeing.length > 1) return ambiguous(bench.index, agreeing);
  // More share name and title than may be walked, so who else agrees is not known; that is no ground for an answer.
  const isKnown = walks.every(({ isComplete }) => isComplete);
  const [only] = agreeing;
  return only !== undefined && isKnown ? matched(only, TITLE) : ambiguous(bench.index, open.listed);
}

const keys = new LRUCache<string, string>({ max: 4096 });

/** Folding a title costs more than matching ten scenes, and scenes of one directory ask for the same. */
function keyOf(title: string): string {
  const known = keys.get(title);
  if (known !== undefined) return known;
  const key = titleKey(title);
  keys.set(title, key);
  return key;
}

/** The titles a scene may be known by in Plex, as keys; blank ones say nothing. */
class SceneTitles {
  readonly scene: SceneRecord;
  /** By the number of the file. */
  readonly #known: (readonly string[])[] = [];

  constructor(scene: SceneRecord) {
    this.scene = scene;
  }

  of(file: number): readonly string[] {
    return (this.#known[file] ??= this.#find(file));
  }

  #find(file: number): string[] {
    const directory = fileName(splitPath(this.scene.path(file)).dir);
    return [keyOf(this.scene.title), keyOf(directory)].filter((key) => key !== '');
  }
}

function agrees({ index }: Bench, titles: SceneTitles, { part, file }: Candidate): boolean {
  return titles.of(file).includes(keyOf(index.title(index.itemOf(part))));
}

interface Walk {
  /** Parts of the crowd that tie at its rank and whose title agrees. */
  readonly members: readonly Candidate[];
  readonly isComplete: boolean;
}

function walkTitles(bench: Bench, titles: SceneTitles, crowd: Candidate): Walk {
  const { scene } = titles;
  const members: Candidate[] = [];
  let walked = 0;
  for (const key of titles.of(crowd.file)) {
    for (const part of partsTitled(bench, scene, crowd.file, key)) {
      if (++walked > MOST_WALKED) return { members, isComplete: false };
      const agreement = bench.engine.compare(scene.fileAt(crowd.file), part);
      if (agreement === undefined) continue;
      const member = candidateOf(part, crowd.file, agreement);
      if (member.isContradicted) continue;
      if (!crowd.isRest && rankOf(member.strength) !== rankOf(crowd.strength)) continue;
      if (agrees(bench, titles, member)) members.push(member);
    }
  }
  return { members, isComplete: true };
}

/** The parts that have the hash of a file's name and of a title. */
function* partsTitled({ index }: Bench, scene: SceneRecord, file: number, title: string): Generator<number> {
  let entry = index.narrowHead(titleKeyHash(scene.nameHashOf(file), title));
  for (; entry !== NONE; entry = index.nextNarrow(entry)) yield index.narrowPart(entry);
}

/**
 * Counts, for the strong matches of one page, where the paths of both sides go apart: the coordinator infers from it how
 * Stash's directories map to Plex's.
 */
import { NOTHING, PartingWord, Result } from '../../shared/engine/layout.js';
import { isExact } from '../../shared/strength.js';
import type { Bench } from '../judgement/bench.js';
import type { Match } from '../judgement/match-result.js';
import type { PageFacts } from '../judgement/facts.js';

/** What is left of paths in Stash, by where it stands in memory. */
interface Front {
  readonly at: number;
  readonly length: number;
}

/** Matches whose paths go apart at the same place. */
interface Parting {
  readonly front: Front;
  readonly dir: number;
  readonly common: number;
  readonly mapping: number;
  readonly exact: boolean;
  readonly file: number;
  readonly part: number;
  /** Another at the same directories. */
  readonly next: Parting | undefined;
  scenes: number;
}

type FoundMatch = Match & { readonly kind: 'matched' };

/** The partings of one page. */
export class Partings {
  readonly #bench: Bench;
  readonly #fronts: Front[] = [];
  readonly #all: Parting[] = [];
  /** By the outermost common directory, or the one that is left; both are plain numbers, which maps are fast with. */
  readonly #byDirectory = new Map<number, Parting>();
  /** Where the match added last lies, and its parting. */
  #last: { readonly places: number; readonly parting: Parting } | undefined;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Adds the match of the scene the facts are at. */
  add(facts: PageFacts, match: FoundMatch): void {
    const { places } = match;
    // Scenes of one directory come one after the other, and mostly lie in one directory of Plex.
    if (places === 0 || this.#last?.places !== places) {
      this.#last = { places, parting: this.#find(facts, facts.fileAt(match.file), match) };
    }
    this.#last.parting.scenes++;
  }

  #find(facts: PageFacts, file: number, { part, file: number, strength }: FoundMatch): Parting {
    const { engine, context } = this.#bench;
    const mapping = context.mappings.length === 0 ? NOTHING : engine.mappingOf(file);
    engine.findParting(file, part);
    const dir = engine.result(Result.PartingDir);
    const common = engine.result(Result.CommonDir);
    const exact = isExact(strength);
    const front = this.#frontOf(facts.pathAt(number), engine.result(Result.PartingBytes));
    const key = common === NOTHING ? dir : common;
    const first = this.#byDirectory.get(key);
    for (let known = first; known !== undefined; known = known.next) {
      if (known.front !== front || known.dir !== dir || known.mapping !== mapping || known.exact !== exact) continue;
      if (known.common !== common) continue;
      return known;
    }
    const parting = { front, dir, common, mapping, exact, file, part, next: first, scenes: 0 };
    this.#byDirectory.set(key, parting);
    this.#all.push(parting);
    return parting;
  }

  /** Writes the partings into the page's memory, where records of PartingWord are looked for. */
  write(): { readonly at: number; readonly count: number } {
    const { engine } = this.#bench;
    const count = this.#all.length;
    const at = engine.takeRecords(count * PartingWord.Words * 4);
    const words = engine.memory.words(at, count * PartingWord.Words);
    let to = 0;
    for (const { front, dir, common, mapping, exact, scenes, file, part } of this.#all) {
      words.set([front.at, front.length, dir, common, mapping, exact ? 1 : 0, scenes, file, part], to);
      to += PartingWord.Words;
    }
    return { at, count };
  }

  /** A page has few of them, since a library has few roots. */
  #frontOf(at: number, length: number): Front {
    const bytes = this.#bench.engine.memory.allBytes(at + length);
    for (const front of this.#fronts) {
      if (front.length === length && isSame(bytes, front.at, at, length)) return front;
    }
    const front = { at, length };
    this.#fronts.push(front);
    return front;
  }
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

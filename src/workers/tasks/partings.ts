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
  scenes: number;
}

/** The partings of one page. */
export class Partings {
  readonly #bench: Bench;
  readonly #fronts: Front[] = [];
  readonly #partings = new Map<number, Parting>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Adds the match of the scene the facts are at. */
  add(facts: PageFacts, { part, file: number, strength }: Match & { readonly kind: 'matched' }): void {
    const { engine, context } = this.#bench;
    const file = facts.scene.fileAt(number);
    const mapping = context.mappings.length === 0 ? NOTHING : engine.mappingOf(file);
    engine.findParting(file, part);
    const [length, dir, common] = [
      engine.result(Result.PartingBytes),
      engine.result(Result.PartingDir),
      engine.result(Result.CommonDir),
    ];
    const front = this.#frontOf(facts.scene.pathAt(number), length);
    const exact = isExact(strength);
    const key = this.#keyOf(front, mapping, exact, dir, common);
    const known = this.#partings.get(key);
    if (known === undefined) {
      const first = this.#fronts[front] ?? { at: 0, length: 0 };
      this.#partings.set(key, { front: first, dir, common, mapping, exact, file, part, scenes: 1 });
    } else known.scenes++;
  }

  /** Writes the partings into the page's memory, where records of PartingWord are looked for. */
  write(): { readonly at: number; readonly count: number } {
    const { engine } = this.#bench;
    const count = this.#partings.size;
    const at = engine.takeRecords(count * PartingWord.Words * 4);
    const words = engine.memory.words(at, count * PartingWord.Words);
    let to = 0;
    for (const { front, dir, common, mapping, exact, scenes, file, part } of this.#partings.values()) {
      words.set([front.at, front.length, dir, common, mapping, exact ? 1 : 0, scenes, file, part], to);
      to += PartingWord.Words;
    }
    return { at, count };
  }

  /** The number of a front; a page has few, since a library has few roots. */
  #frontOf(at: number, length: number): number {
    const bytes = this.#bench.engine.memory.allBytes(at + length);
    const known = this.#fronts.findIndex((front) => front.length === length && isSame(bytes, front.at, at, length));
    return known >= 0 ? known : this.#fronts.push({ at, length }) - 1;
  }

  /** One number for all that tells partings apart: of a directory and the one within it, the latter says both. */
  #keyOf(front: number, mapping: number, exact: boolean, dir: number, common: number): number {
    const mappings = this.#bench.context.mappings.length + 1;
    const kind = (front * mappings + (mapping === NOTHING ? 0 : mapping + 1)) * 4 + (exact ? 2 : 0);
    return common === NOTHING ? kind * 2 ** 31 + dir : (kind + 1) * 2 ** 31 + common;
  }
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

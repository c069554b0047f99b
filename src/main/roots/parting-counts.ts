/** How often strong matches' paths go apart at each place: what the pages of a run counted, added up. */
import { NOTHING, FileWord, PartingWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { JudgeResult } from '../../shared/messages.js';

/** Strong matches that go apart at the same place. */
export interface PartingCount {
  /** What is left of the scenes' paths, as Stash spells it; empty when nothing is. */
  readonly stash: string;
  /** The directory of the index that is left of the items' paths, or NONE. */
  readonly dir: number;
  /** Number of the configured mapping that applies to the scenes; undefined when none does. */
  readonly mapping: number | undefined;
  /** Whether the paths are equal after it. */
  readonly isExact: boolean;
  /** How many have each outermost common directory; NONE where there is none or where they are too many to be told apart. */
  readonly common: ReadonlyMap<number, number>;
  readonly scenes: number;
  /** One of them. */
  readonly example: { readonly stash: string; readonly part: number };
}

interface Counted extends PartingCount {
  readonly common: Map<number, number>;
  scenes: number;
}

/** Directories right below a root that are told apart: with more, nothing is inferred from single ones. */
const MOST_COMMON = 1000;

/** Adds up pages. */
export class PartingCounts {
  readonly #counts = new Map<string, Counted>();

  /** Adds those of a page, which lie in its memory. */
  add(memory: EngineMemory, { at, count }: JudgeResult['partings']): void {
    const words = memory.words(at, count * PartingWord.Words);
    const fronts = new Map<number, string>();
    for (let i = 0; i < words.length; i += PartingWord.Words) {
      const word = (which: PartingWord) => words[i + which] ?? 0;
      const front = word(PartingWord.Stash);
      const length = word(PartingWord.StashBytes);
      const stash = fronts.get(front) ?? memory.text(front, length);
      fronts.set(front, stash);
      const counted = this.#countOf(memory, stash, word);
      const common = word(PartingWord.Common);
      const isTold = counted.common.size < MOST_COMMON || counted.common.has(common);
      const key = isTold ? common : NOTHING;
      counted.common.set(key, (counted.common.get(key) ?? 0) + word(PartingWord.Scenes));
      counted.scenes += word(PartingWord.Scenes);
    }
  }

  /** All of them. */
  counts(): IterableIterator<PartingCount> {
    return this.#counts.values();
  }

  #countOf(memory: EngineMemory, stash: string, word: (which: PartingWord) => number): Counted {
    const dir = word(PartingWord.Dir);
    const mapping = word(PartingWord.Mapping);
    const isExact = word(PartingWord.IsExact) === 1;
    const key = `${dir} ${mapping} ${isExact ? 1 : 0} ${stash}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const [path = 0, length = 0] = memory.words(word(PartingWord.File), FileWord.Words);
    const counted: Counted = {
      stash,
      dir,
      mapping: mapping === NOTHING ? undefined : mapping,
      isExact,
      common: new Map(),
      scenes: 0,
      example: { stash: memory.text(path, length), part: word(PartingWord.Part) },
    };
    this.#counts.set(key, counted);
    return counted;
  }
}

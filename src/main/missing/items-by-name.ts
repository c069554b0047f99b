/** Items no scene is, by directory: a file that was renamed may still have nearly its name. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { foldKey } from '../../shared/text-key.js';
import { firstByKey, freeParts, type ItemQuestions } from './item-questions.js';
import { NearNames } from './near-names.js';
import type { Place } from './places.js';

/** Those in some places. */
export class ItemsByName {
  readonly #index: PlexIndex;
  readonly #parts = new Map<string, number[]>();
  readonly #names = new Map<string, NearNames>();

  constructor(questions: ItemQuestions, places: readonly Place[]) {
    const { index, mayBeNobodys } = questions;
    this.#index = index;
    // Of every directory the place it is, counted from 1.
    const placeOf = new Uint32Array(index.counts.dirs);
    for (const [number, { dirs }] of places.entries()) for (const dir of dirs) placeOf[dir] = number + 1;
    const wanted: number[] = [];
    for (let part = 0; part < index.counts.parts; part++) {
      if ((placeOf[index.dirOf(part)] ?? 0) > 0 && mayBeNobodys(index.itemOf(part))) wanted.push(part);
    }
    for (const part of freeParts(questions, wanted)) {
      const key = places[(placeOf[index.dirOf(part)] ?? 0) - 1]?.key ?? '';
      const parts = this.#parts.get(key);
      if (parts) parts.push(part);
      else this.#parts.set(key, [part]);
    }
  }

  /** The part of a place whose name is nearest to a file's, at most two characters away; NONE when there is none. */
  find({ key }: Place, name: string): number {
    const parts = this.#parts.get(key);
    if (parts === undefined) return NONE;
    const names = this.#names.get(key) ?? new NearNames(parts.map((part) => foldKey(this.#index.partName(part))));
    this.#names.set(key, names);
    const near = names.find(foldKey(name));
    const nearest = Math.min(...near.map(({ distance }) => distance));
    const best = near.filter(({ distance }) => distance === nearest);
    return firstByKey(
      this.#index,
      best.map(({ number }) => parts[number] ?? NONE),
    );
  }
}

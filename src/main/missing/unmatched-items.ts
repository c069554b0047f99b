/** Items no scene is, looked up by what a file that was renamed would still have: its size and length, or its directory. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { compareRatingKeys } from '../../shared/rating-key.js';
import { foldKey } from '../../shared/text-key.js';
import type { DirTree } from '../roots/dir-tree.js';
import { NearNames } from './near-names.js';

/** A file of a missing scene. */
export interface MissingFile {
  /** As Stash spells it. */
  readonly path: string;
  /** Bytes and seconds; 0 unknown. */
  readonly size: number;
  readonly duration: number;
}

/** What is to be looked up. */
export interface Wanted {
  readonly sizes: ReadonlySet<number>;
  /** Directories of Plex, by their folded components joined by `/`. */
  readonly directories: ReadonlyMap<string, readonly string[]>;
}

/** Who is asked about items. */
export interface ItemQuestions {
  readonly index: PlexIndex;
  readonly tree: DirTree;
  /** Of some items, those that a scene is. */
  readonly takenOf: (items: readonly number[]) => ReadonlySet<number>;
  /** Whether an item can be nobody's: files of one series have names just as near as those of one that was renamed. */
  readonly mayBeNobodys: (item: number) => boolean;
}

/** What two measurements of one file's length may differ by. */
const NEAR_MS = 1000;
/** Files of one size that are looked at. */
const MOST_OF_A_SIZE = 64;

/** The parts of these items that are wanted. */
export class UnmatchedItems {
  readonly #index: PlexIndex;
  readonly #mayBeNobodys: ItemQuestions['mayBeNobodys'];
  readonly #bySize = new Map<number, number[]>();
  readonly #byDirectory = new Map<string, { readonly parts: number[]; names: NearNames | undefined }>();

  constructor({ index, tree, takenOf, mayBeNobodys }: ItemQuestions, { sizes, directories }: Wanted) {
    this.#index = index;
    this.#mayBeNobodys = mayBeNobodys;
    const directoryOf = new Map<number, string>();
    for (const [key, components] of directories) for (const dir of tree.find(components)) directoryOf.set(dir, key);
    const parts: number[] = [];
    for (let part = 0; part < index.counts.parts; part++) {
      if (sizes.has(index.sizeOf(part)) || directoryOf.has(index.dirOf(part))) parts.push(part);
    }
    const taken = takenOf([...new Set(parts.map((part) => index.itemOf(part)))]);
    for (const part of parts) if (!taken.has(index.itemOf(part))) this.#add(part, sizes, directoryOf);
  }

  #add(part: number, sizes: ReadonlySet<number>, directoryOf: ReadonlyMap<number, string>): void {
    const size = this.#index.sizeOf(part);
    if (sizes.has(size)) {
      const same = this.#bySize.get(size) ?? [];
      if (same.length < MOST_OF_A_SIZE) same.push(part);
      this.#bySize.set(size, same);
    }
    const directory = directoryOf.get(this.#index.dirOf(part));
    if (directory === undefined || !this.#mayBeNobodys(this.#index.itemOf(part))) return;
    const known = this.#byDirectory.get(directory) ?? { parts: [], names: undefined };
    known.parts.push(part);
    this.#byDirectory.set(directory, known);
  }

  /** The part with a file's size and length; NONE when there is none. */
  bySize({ size, duration }: MissingFile): number {
    const same = duration > 0 && size > 0 ? (this.#bySize.get(size) ?? []) : [];
    const near = same.filter((part) => {
      const length = this.#index.durationOf(part);
      return length > 0 && Math.abs(length - duration * 1000) <= NEAR_MS;
    });
    return this.#first(near);
  }

  /** The part of a directory whose name is nearest to a file's, at most two characters away; NONE when there is none. */
  byName(directory: string, name: string): number {
    const known = this.#byDirectory.get(directory);
    if (known === undefined) return NONE;
    known.names ??= new NearNames(known.parts.map((part) => foldKey(this.#index.partName(part))));
    const near = known.names.find(foldKey(name));
    const nearest = Math.min(...near.map(({ distance }) => distance));
    return this.#first(
      near.filter(({ distance }) => distance === nearest).map(({ number }) => known.parts[number] ?? NONE),
    );
  }

  /** Of several the one with the smallest rating key, so that the answer does not depend on the order of listings. */
  #first(parts: readonly number[]): number {
    const keyOf = (part: number) => this.#index.ratingKey(this.#index.itemOf(part));
    return [...parts].sort((a, b) => compareRatingKeys(keyOf(a), keyOf(b)))[0] ?? NONE;
  }
}

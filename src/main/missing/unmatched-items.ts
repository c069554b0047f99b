/** Items no scene is, looked up by what a file that was renamed would still have: its size and length, or its directory. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { compareRatingKeys } from '../../shared/rating-key.js';
import { foldKey } from '../../shared/text-key.js';
import type { MissingFile } from './missing-scenes.js';
import { NearNames } from './near-names.js';
import type { Place } from './places.js';

/** What is to be looked up. */
export interface Wanted {
  readonly sizes: ReadonlySet<number>;
  /** Directories in which Plex has something. */
  readonly places: readonly Place[];
}

/** Who is asked about items. */
export interface ItemQuestions {
  readonly index: PlexIndex;
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
  readonly #byPlace: readonly { readonly parts: number[]; names: NearNames | undefined }[];
  readonly #numberOf = new Map<string, number>();

  constructor({ index, takenOf, mayBeNobodys }: ItemQuestions, { sizes, places }: Wanted) {
    this.#index = index;
    this.#mayBeNobodys = mayBeNobodys;
    this.#byPlace = places.map(() => ({ parts: [], names: undefined }));
    // Of every directory the place it is, counted from 1.
    const placeOf = new Uint32Array(index.counts.dirs + 1);
    for (const [number, { key, dirs }] of places.entries()) {
      this.#numberOf.set(key, number);
      for (const dir of dirs) placeOf[dir] = number + 1;
    }
    const parts = wantedParts(index, sizes, placeOf);
    const taken = takenOf([...new Set(parts.map((part) => index.itemOf(part)))]);
    for (const part of parts) if (!taken.has(index.itemOf(part))) this.#add(part, sizes, placeOf);
  }

  #add(part: number, sizes: ReadonlySet<number>, placeOf: Uint32Array): void {
    const size = this.#index.sizeOf(part);
    if (sizes.has(size)) {
      const same = this.#bySize.get(size) ?? [];
      if (same.length < MOST_OF_A_SIZE) same.push(part);
      this.#bySize.set(size, same);
    }
    const place = placeOf[this.#index.dirOf(part)] ?? 0;
    if (place > 0 && this.#mayBeNobodys(this.#index.itemOf(part))) this.#byPlace[place - 1]?.parts.push(part);
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
  byName({ key }: Place, name: string): number {
    const known = this.#byPlace[this.#numberOf.get(key) ?? -1];
    if (known === undefined || known.parts.length === 0) return NONE;
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

/** A size seldom shares its remainder by this prime: most parts need no more than a look at one byte. */
const SIZE_MARKS = 1_048_573;

function wantedParts(index: PlexIndex, sizes: ReadonlySet<number>, placeOf: Uint32Array): number[] {
  const marks = new Uint8Array(SIZE_MARKS);
  for (const size of sizes) marks[size % SIZE_MARKS] = 1;
  const parts: number[] = [];
  for (let part = 0; part < index.counts.parts; part++) {
    const size = index.sizeOf(part);
    const isWanted = (marks[size % SIZE_MARKS] === 1 && sizes.has(size)) || (placeOf[index.dirOf(part)] ?? 0) > 0;
    if (isWanted) parts.push(part);
  }
  return parts;
}

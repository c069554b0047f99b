/**
 * Finds, among many file names, those at most two characters away from another. Names that differ in a number are not near:
 * `Episode 12` is no misspelling of `Episode 13`.
 */
import leven from 'leven';

/** How many characters may differ. */
const MOST_APART = 2;
/** More names than this are not compared one by one. */
const MOST_COMPARED = 64;
/** Of names that are numbered, very many share a piece; a suggestion is not worth looking at all of them. */
const MOST_LOOKED_AT = 200;

/** A name and how many characters it is away. */
export interface NearName {
  /** Its number in the list. */
  readonly number: number;
  readonly distance: number;
}

/** A list of names; of two that are at most two characters apart, one of three pieces of the one stands in the other. */
export class NearNames {
  readonly #names: readonly string[];
  #pieces: Map<string, number[]> | undefined;

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** The near ones. */
  find(name: string): NearName[] {
    return this.#candidates(name)
      .map((number) => ({ number, distance: leven(name, this.#names[number] ?? '', { maxDistance: MOST_APART + 1 }) }))
      .filter(({ distance, number }) => distance <= MOST_APART && !isNumberedApart(name, this.#names[number] ?? ''));
  }

  #candidates(name: string): number[] {
    if (this.#names.length <= MOST_COMPARED) return [...this.#names.keys()];
    this.#pieces ??= piecesOf(this.#names);
    const found = new Set<number>();
    for (const key of keysAround(name)) {
      for (const number of this.#pieces.get(key) ?? []) {
        found.add(number);
        if (found.size === MOST_LOOKED_AT) return [...found];
      }
    }
    return [...found];
  }
}

/** Whether two names have as many numbers, of which one differs; the ending (`.mp4`) has none that counts. */
function isNumberedApart(a: string, b: string): boolean {
  const [left, right] = [numbersIn(a), numbersIn(b)];
  return left.length === right.length && left.some((number, i) => number !== right[i]);
}

const numbersIn = (name: string): string[] =>
  (name.replace(/\.[^.]*$/, '').match(/\d+/g) ?? []).map((digits) => digits.replace(/^0+(?=\d)/, ''));

/** Where the pieces of a name of this length begin and end. */
const cuts = (length: number): readonly number[] => [0, 1, 2, 3].map((piece) => Math.floor((length * piece) / 3));

const keyOf = (length: number, piece: number, text: string): string => `${length} ${piece} ${text}`;

function piecesOf(names: readonly string[]): Map<string, number[]> {
  const pieces = new Map<string, number[]>();
  for (const [number, name] of names.entries()) {
    const at = cuts(name.length);
    for (const piece of [0, 1, 2]) {
      const key = keyOf(name.length, piece, name.slice(at[piece], at[piece + 1]));
      const same = pieces.get(key);
      if (same) same.push(number);
      else pieces.set(key, [number]);
    }
  }
  return pieces;
}

/** Under which keys a name near this one would be found. */
function* keysAround(name: string): Generator<string> {
  for (let length = name.length - MOST_APART; length <= name.length + MOST_APART; length++) {
    const at = cuts(Math.max(length, 0));
    for (const piece of [0, 1, 2]) {
      const [start = 0, end = 0] = [at[piece], at[piece + 1]];
      for (let shift = -MOST_APART; shift <= MOST_APART; shift++) {
        if (start + shift >= 0) yield keyOf(length, piece, name.slice(start + shift, end + shift));
      }
    }
  }
}

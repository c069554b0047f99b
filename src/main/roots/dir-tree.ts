/** The directories of the Plex index as a tree that is walked by folded names. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { foldKey } from '../../shared/text-key.js';

const NO_DIRS: readonly number[] = [];

/** Finds directories by path; what it has looked at it remembers. */
export class DirTree {
  readonly #index: PlexIndex;
  /** The directories within each directory, and under NONE the outermost. */
  #within: ReadonlyMap<number, number[]> | undefined;
  /** The same by folded name, of those that were walked through. */
  readonly #byName = new Map<number, Map<string, number[]>>();

  constructor(index: PlexIndex) {
    this.#index = index;
  }

  /** The directories with a path, given by its folded components; several where Plex spells it in several ways. */
  find(components: readonly string[]): readonly number[] {
    if (components.length === 0) return [];
    return components.reduce<readonly number[]>((found, name) => this.within(found, name), [NONE]);
  }

  /** Those with a folded name, in some directories. */
  within(dirs: readonly number[], name: string): readonly number[] {
    const [only] = dirs;
    if (dirs.length === 1 && only !== undefined) return this.#named(only).get(name) ?? NO_DIRS;
    return dirs.length === 0 ? NO_DIRS : dirs.flatMap((dir) => this.#named(dir).get(name) ?? NO_DIRS);
  }

  /** A directory's whole path as Plex spells it. */
  pathOf(dir: number): string {
    return this.#index.dirPath(dir);
  }

  #named(dir: number): Map<string, number[]> {
    const known = this.#byName.get(dir);
    if (known !== undefined) return known;
    const named = new Map<string, number[]>();
    this.#within ??= childrenOf(this.#index.columns.dirParent);
    for (const inner of this.#within.get(dir) ?? []) {
      const name = foldKey(this.#index.dirName(inner));
      const same = named.get(name);
      if (same) same.push(inner);
      else named.set(name, [inner]);
    }
    this.#byName.set(dir, named);
    return named;
  }
}

function childrenOf(parents: Uint32Array): ReadonlyMap<number, number[]> {
  const within = new Map<number, number[]>();
  for (const [dir, parent] of parents.entries()) {
    const siblings = within.get(parent);
    if (siblings) siblings.push(dir);
    else within.set(parent, [dir]);
  }
  return within;
}

/** How many of some parts lie in or below each directory. */
export function countBelow(index: PlexIndex, parts: Iterable<number>): Uint32Array {
  const { dirParent } = index.columns;
  const counts = new Uint32Array(dirParent.length);
  const add = (dir: number, count: number): void => {
    if (dir !== NONE) counts[dir] = (counts[dir] ?? 0) + count;
  };
  for (const part of parts) add(index.dirOf(part), 1);
  // A directory comes behind the one it lies in, so each is complete before it is added to that.
  for (let dir = counts.length - 1; dir >= 0; dir--) add(dirParent[dir] ?? NONE, counts[dir] ?? 0);
  return counts;
}

/** A scene's file as the matcher asks about it, and the directories such files share. */
import { LRUCache } from 'lru-cache';
import { NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { foldedComponents, mapComponents, splitAt, type FoldedMapping } from '../path.js';
import { foldKey, hashFolded, hashText } from '../text-key.js';

/** One file of a scene, as Stash gives it. */
export interface SceneFile {
  readonly path: string;
  /** Bytes; 0 or NaN when unknown. */
  readonly size: number;
  /** Seconds; 0 or NaN when unknown. */
  readonly duration: number;
}

/** A directory after `pathMappings`, innermost component first, with the hashes the index uses. */
export interface SceneDirectory {
  readonly components: readonly string[];
  readonly hashes: readonly number[];
  /** The last answer of {@link DirectoryCache.trailing}: files of one directory mostly meet the same Plex directory. */
  lastDir: number;
  lastTrailing: number;
}

/** A file ready to be looked up. */
export class FileQuery {
  readonly file: SceneFile;
  /** Where the file name begins in the path. */
  readonly nameStart: number;
  readonly nameHash: number;
  readonly directory: SceneDirectory;
  #name: string | undefined;

  constructor(file: SceneFile, nameStart: number, directory: SceneDirectory) {
    this.file = file;
    this.nameStart = nameStart;
    this.nameHash = hashFolded(file.path, nameStart);
    this.directory = directory;
  }

  /** Folded file name. Made only when asked for: most names are compared as they are. */
  get name(): string {
    this.#name ??= foldKey(this.file.path.slice(this.nameStart));
    return this.#name;
  }

  /** Whether a part has this file name. */
  isNameOf(index: PlexIndex, part: number): boolean {
    return index.nameIsEndOf(part, this.file.path, this.nameStart) ?? index.nameEquals(part, this.name);
  }
}

/** Prepares a file for the matcher, its directory as it stands. */
export function fileQuery(file: SceneFile): FileQuery {
  const { dirEnd, nameStart } = splitAt(file.path);
  return new FileQuery(file, nameStart, prepareDirectory(file.path.slice(0, dirEnd), []));
}

function prepareDirectory(dir: string, mappings: readonly FoldedMapping[]): SceneDirectory {
  const components = mapComponents(foldedComponents(dir), mappings).reverse();
  return { components, hashes: components.map(hashText), lastDir: NONE, lastTrailing: 0 };
}

/** Normalises and maps directories once: most scenes of a page share theirs. */
export class DirectoryCache {
  readonly #cache = new LRUCache<string, SceneDirectory>({ max: 4096 });
  readonly #mappings: readonly FoldedMapping[];
  #lastDir: string | undefined;
  #last: SceneDirectory = { components: [], hashes: [], lastDir: NONE, lastTrailing: 0 };

  constructor(mappings: readonly FoldedMapping[]) {
    this.#mappings = mappings;
  }

  /** Prepares a file for the matcher, its directory mapped. */
  query(file: SceneFile): FileQuery {
    const { path } = file;
    const split = splitAt(path);
    // Scenes come in the order they were added, so most have the directory of the one before: comparing it costs less
    // than cutting it out and hashing it for the cache.
    if (this.#lastDir === undefined || split.dirEnd !== this.#lastDir.length || !path.startsWith(this.#lastDir)) {
      this.#lastDir = path.slice(0, split.dirEnd);
      this.#last = this.#lookUp(this.#lastDir);
    }
    return new FileQuery(file, split.nameStart, this.#last);
  }

  #lookUp(dir: string): SceneDirectory {
    const known = this.#cache.get(dir);
    if (known) return known;
    const directory = prepareDirectory(dir, this.#mappings);
    this.#cache.set(dir, directory);
    return directory;
  }
}

/** How many trailing directories of a scene's directory and a Plex directory are equal. */
export function trailingDirectories(index: PlexIndex, directory: SceneDirectory, dir: number): number {
  if (directory.lastDir === dir && dir !== NONE) return directory.lastTrailing;
  const { dirParent, dirHash } = index.columns;
  let equal = 0;
  for (let node = dir; node !== NONE; node = dirParent[node] ?? NONE) {
    const component = directory.components[equal];
    if (component === undefined || dirHash[node] !== directory.hashes[equal]) break;
    if (!index.dirEquals(node, component)) break;
    equal++;
  }
  directory.lastDir = dir;
  directory.lastTrailing = equal;
  return equal;
}

/** Whether all directories agree, root to leaf. */
export function isWholePath(index: PlexIndex, directory: SceneDirectory, dir: number, trailing: number): boolean {
  if (trailing !== directory.components.length) return false;
  let depth = 0;
  for (let node = dir; node !== NONE; node = index.columns.dirParent[node] ?? NONE) depth++;
  return depth === trailing;
}

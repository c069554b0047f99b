/** A scene's file as the matcher asks about it, and the directories such files share. */
import { LRUCache } from 'lru-cache';
import { NONE } from '../index/format.js';
import type { PlexIndex } from '../index/reader.js';
import { foldedComponents, mapComponents, type FoldedMapping } from '../path.js';
import { cutName, decodeUtf8, equalBytes, foldKey, hashText, type NameCut } from '../text-key.js';
import type { Utf8Text } from '../utf8-text.js';

/** One file of a scene, as Stash gives it. */
export interface SceneFile {
  readonly path: Utf8Text;
  /** Bytes; 0 or NaN when unknown. */
  readonly size: number;
  /** Seconds; 0 or NaN when unknown. */
  readonly duration: number;
}

/** A directory after `pathMappings`, innermost component first, with the hashes the index uses. */
export interface SceneDirectory {
  readonly components: readonly string[];
  readonly hashes: readonly number[];
  /** The answers for the Plex directory met last: files of one directory mostly meet the same. */
  lastDir: number;
  lastTrailing: number;
  lastIsWhole: boolean;
}

/** Where directories are prepared. */
interface DirectorySource {
  /** The directory that ends at `end` of a path. */
  of(path: Utf8Text, end: number): SceneDirectory;
}

const cut: NameCut = { dirEnd: 0, nameStart: 0, nameHash: 0 };

/** A file ready to be looked up. */
export class FileQuery {
  readonly file: SceneFile;
  /** Where the file name begins in the path's bytes. */
  readonly nameStart: number;
  readonly nameHash: number;
  readonly directory: SceneDirectory;
  #name: string | undefined;

  constructor(file: SceneFile, directories: DirectorySource) {
    const { bytes, start, end } = file.path;
    cutName(bytes, start, end, cut);
    this.file = file;
    this.nameStart = cut.nameStart;
    this.nameHash = cut.nameHash;
    this.directory = directories.of(file.path, cut.dirEnd);
  }

  /** Folded file name. Made only when asked for: most names are compared as they are. */
  get name(): string {
    const { bytes, end } = this.file.path;
    this.#name ??= foldKey(decodeUtf8(bytes.subarray(this.nameStart, end)));
    return this.#name;
  }

  /** Whether a part has this file name. */
  isNameOf(index: PlexIndex, part: number): boolean {
    return this.isSpelledAs(index, part) || index.nameEquals(part, this.name);
  }

  /** Whether a part's file name is this one, byte for byte. */
  isSpelledAs(index: PlexIndex, part: number): boolean {
    const { bytes, end } = this.file.path;
    return index.nameIs(part, bytes, this.nameStart, end);
  }
}

/** Prepares a file for the matcher, its directory as it stands. */
export function fileQuery(file: SceneFile): FileQuery {
  return new FileQuery(file, { of: (path, end) => prepareDirectory(textUpTo(path, end), []) });
}

function textUpTo({ bytes, start }: Utf8Text, end: number): string {
  return decodeUtf8(bytes.subarray(start, end));
}

function prepareDirectory(dir: string, mappings: readonly FoldedMapping[]): SceneDirectory {
  const components = mapComponents(foldedComponents(dir), mappings).reverse();
  return { components, hashes: components.map(hashText), lastDir: NONE, lastTrailing: 0, lastIsWhole: false };
}

/** Normalises and maps directories once: most scenes of a page share theirs. */
export class DirectoryCache implements DirectorySource {
  readonly #cache = new LRUCache<string, SceneDirectory>({ max: 4096 });
  readonly #mappings: readonly FoldedMapping[];
  /** Bytes of the directory asked for last: a copy, since a page's memory is used again. */
  #lastBytes = new Uint8Array(256);
  #lastLength = -1;
  #last: SceneDirectory = prepareDirectory('', []);

  constructor(mappings: readonly FoldedMapping[]) {
    this.#mappings = mappings;
  }

  /** Prepares a file for the matcher, its directory mapped. */
  query(file: SceneFile): FileQuery {
    return new FileQuery(file, this);
  }

  of(path: Utf8Text, end: number): SceneDirectory {
    const { bytes, start } = path;
    const length = end - start;
    // Scenes come in the order they were added, so most have the directory of the one before: comparing it costs less
    // than making a key for the cache.
    if (length === this.#lastLength && equalBytes(bytes, start, this.#lastBytes, 0, length)) return this.#last;
    this.#last = this.#lookUp(textUpTo(path, end));
    if (length > this.#lastBytes.length) this.#lastBytes = new Uint8Array(length * 2);
    this.#lastBytes.set(bytes.subarray(start, end));
    this.#lastLength = length;
    return this.#last;
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
  compareDirectories(index, directory, dir);
  return directory.lastTrailing;
}

/** Whether all directories agree, root to leaf. */
export function isWholePath(index: PlexIndex, directory: SceneDirectory, dir: number): boolean {
  compareDirectories(index, directory, dir);
  return directory.lastIsWhole;
}

function compareDirectories(index: PlexIndex, directory: SceneDirectory, dir: number): void {
  if (directory.lastDir === dir && dir !== NONE) return;
  const { dirParent, dirHash } = index.columns;
  let equal = 0;
  let node = dir;
  for (; node !== NONE; node = dirParent[node] ?? NONE) {
    const component = directory.components[equal];
    if (component === undefined || dirHash[node] !== directory.hashes[equal]) break;
    if (!index.dirEquals(node, component)) break;
    equal++;
  }
  directory.lastDir = dir;
  directory.lastTrailing = equal;
  directory.lastIsWhole = node === NONE && equal === directory.components.length;
}

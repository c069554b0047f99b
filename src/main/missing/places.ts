/** Where a directory of Stash would lie in Plex, and in which library. */
import type { PlexSection } from '../plex/sections.js';
import type { DirTree } from '../roots/dir-tree.js';
import type { Root } from '../roots/find-roots.js';
import { joinPath } from '../roots/join-path.js';
import { components, fileName, foldedComponents } from '../../shared/path.js';
import { foldKey } from '../../shared/text-key.js';
import { directoryOf } from './directory-of.js';

/** A directory of a Plex library. */
export interface Location {
  readonly section: PlexSection;
  readonly isSelected: boolean;
}

/** A directory as Plex would have it. */
export interface Place {
  /** Folded components joined by `/`: one text for one directory. */
  readonly key: string;
  /** How many they are, and how many of them are those of the location around it. */
  readonly depth: number;
  readonly locationDepth: number;
  /** The innermost location around it; undefined when no library covers it. */
  readonly location: Location | undefined;
  /** The same directory in the index; several where Plex spells it in several ways, none where Plex has nothing in it. */
  readonly dirs: readonly number[];
}

/** What places are looked up in. */
export interface PlaceSources {
  readonly tree: DirTree;
  /** By which paths are mapped; of equal Stash directories the first applies. */
  readonly roots: readonly Root[];
  readonly all: readonly PlexSection[];
  readonly selected: readonly PlexSection[];
}

/** A directory of Stash, and what is known of it. */
interface Known extends Place {
  /** Folded components joined by `/`, as Stash has them. */
  readonly stashKey: string;
  /** The root around it; undefined when nothing shows where it lies: the path is then taken as it is. */
  readonly root: Root | undefined;
}

/** More are forgotten and looked up again: a library may have a directory for each scene. */
const MOST_KNOWN = 20_000;

/** Looks up places: a directory is known by the one around it, so that most are one step away. */
export class Places {
  readonly #tree: DirTree;
  readonly #roots = new Map<string, Root>();
  readonly #locations = new Map<string, Location>();
  readonly #known = new Map<string, Known>();

  constructor({ tree, roots, all, selected }: PlaceSources) {
    this.#tree = tree;
    for (const root of roots) {
      const key = root.from.join('/');
      if (!this.#roots.has(key)) this.#roots.set(key, root);
    }
    for (const section of all) {
      const isSelected = selected.some(({ key }) => key === section.key);
      for (const path of section.locations) {
        const key = foldedComponents(path).join('/');
        // Where two libraries share a directory, it is in the one that is read.
        if (isSelected || !this.#locations.has(key)) this.#locations.set(key, { section, isSelected });
      }
    }
  }

  /** Whether Plex says where its libraries lie. */
  get areLocationsKnown(): boolean {
    return this.#locations.size > 0;
  }

  /** Where a directory of Stash lies in Plex; undefined when nothing shows that. */
  find(directory: string): Place | undefined {
    const known = this.#look(directory);
    // Nothing maps it; but where both sides see the same path, that is it.
    return known.root === undefined && known.location === undefined ? undefined : known;
  }

  /** A place as Plex spells it, or would. @param directory the same in Stash */
  spell(directory: string): string {
    const { root, dirs } = this.#look(directory);
    const [dir] = dirs;
    if (dir !== undefined) return this.#tree.pathOf(dir);
    return root === undefined ? directory : joinPath(root.plex, components(directory).slice(root.from.length));
  }

  #look(directory: string): Known {
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    const around = directoryOf(directory);
    const name = fileName(directory);
    const found =
      name === '' || around === directory ? this.#outermost() : this.#within(this.#look(around), foldKey(name));
    if (this.#known.size === MOST_KNOWN) this.#known.clear();
    this.#known.set(directory, found);
    return found;
  }

  #outermost(): Known {
    const root = this.#roots.get('');
    if (root !== undefined) return this.#at('', root);
    return { stashKey: '', root, key: '', depth: 0, dirs: [], ...this.#locationAt('', 0, NOWHERE) };
  }

  #within(around: Known, name: string): Known {
    const stashKey = around.stashKey === '' ? name : `${around.stashKey}/${name}`;
    const root = this.#roots.get(stashKey);
    if (root !== undefined) return this.#at(stashKey, root);
    const key = around.key === '' ? name : `${around.key}/${name}`;
    const depth = around.depth + 1;
    const dirs = around.depth === 0 ? this.#tree.find([name]) : this.#tree.within(around.dirs, name);
    return { stashKey, root: around.root, key, depth, dirs, ...this.#locationAt(key, depth, around) };
  }

  /** The place a root gives. */
  #at(stashKey: string, root: Root): Known {
    let place = this.#locationAt('', 0, NOWHERE);
    for (let depth = 1; depth <= root.to.length; depth++) {
      place = this.#locationAt(root.to.slice(0, depth).join('/'), depth, place);
    }
    return { stashKey, root, key: root.to.join('/'), depth: root.to.length, dirs: this.#tree.find(root.to), ...place };
  }

  #locationAt(key: string, depth: number, around: InLibrary): InLibrary {
    const location = this.#locations.get(key);
    return location === undefined
      ? { location: around.location, locationDepth: around.locationDepth }
      : { location, locationDepth: depth };
  }
}

type InLibrary = Pick<Place, 'location' | 'locationDepth'>;

const NOWHERE: InLibrary = { location: undefined, locationDepth: 0 };

/** Whether a place is another, or lies below it. */
export function isIn(place: Place, other: Place): boolean {
  return other.key === '' || place.key === other.key || place.key.startsWith(`${other.key}/`);
}

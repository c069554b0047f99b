/** Where a file of Stash would lie in Plex, and in which library. */
import { LRUCache } from 'lru-cache';
import type { PlexSection } from '../plex/sections.js';
import { joinPath, type Root } from '../roots/find-roots.js';
import { startsWith } from '../roots/infer-roots.js';
import { foldedComponents } from '../../shared/path.js';

/** A directory of a Plex library. */
export interface Location {
  readonly section: PlexSection;
  readonly isSelected: boolean;
  /** As Plex spells it. */
  readonly path: string;
  /** Folded components, outermost first. */
  readonly directory: readonly string[];
}

/** A directory as Plex would have it. */
export interface Place {
  /** Folded components, outermost first. */
  readonly directory: readonly string[];
  /** As Plex would spell it. */
  readonly path: string;
  /** The innermost location around it; undefined when no library covers it. */
  readonly location: Location | undefined;
}

/** What places are looked up in. */
export interface PlaceSources {
  /** The first whose Stash directory fits applies. */
  readonly roots: readonly Root[];
  readonly all: readonly PlexSection[];
  readonly selected: readonly PlexSection[];
  /** How Plex spells a directory, given by its folded components; undefined where it has nothing in it. */
  readonly spellingOf: (directory: readonly string[]) => string | undefined;
}

/** Looks up places. */
export class Places {
  readonly #roots: readonly Root[];
  readonly #spellingOf: PlaceSources['spellingOf'];
  readonly #locations: readonly Location[];
  /** Scenes of one directory mostly come one after the other. */
  readonly #known = new LRUCache<string, { readonly place: Place | undefined }>({ max: 1024 });

  constructor({ roots, all, selected, spellingOf }: PlaceSources) {
    this.#roots = roots;
    this.#spellingOf = spellingOf;
    this.#locations = all
      .flatMap((section) =>
        section.locations.map((path) => {
          const isSelected = selected.some(({ key }) => key === section.key);
          return { section, isSelected, path, directory: foldedComponents(path) };
        }),
      )
      // The innermost first; where two libraries share a directory, the one that is read.
      .sort((a, b) => b.directory.length - a.directory.length || Number(b.isSelected) - Number(a.isSelected));
  }

  /** Whether Plex says where its libraries lie. */
  get areLocationsKnown(): boolean {
    return this.#locations.length > 0;
  }

  /** Where a directory of Stash lies in Plex; undefined when nothing shows that. */
  find(directory: string): Place | undefined {
    const known = this.#known.get(directory) ?? { place: this.#look(directory) };
    this.#known.set(directory, known);
    return known.place;
  }

  #look(directory: string): Place | undefined {
    const components = foldedComponents(directory);
    const root = this.#roots.find(({ from }) => startsWith(components, from));
    if (root !== undefined) {
      const folded = [...root.to, ...components.slice(root.from.length)];
      const path = this.#spellingOf(folded) ?? joinPath(root.plex, namesIn(directory).slice(root.from.length));
      return { directory: folded, path, location: this.#around(folded) };
    }
    // Nothing is known of it; but where both sides see the same path, that is it.
    const location = this.#around(components);
    return location && { directory: components, path: directory, location };
  }

  #around(directory: readonly string[]): Location | undefined {
    return this.#locations.find((location) => startsWith(directory, location.directory));
  }
}

/** The components of a path as they are spelled. */
const namesIn = (path: string): string[] => path.split(/[/\\]+/).filter(Boolean);

/** Why scenes are missing: renamed, in no library, in one that was not selected, not scanned yet, or nobody knows. */
import { NONE } from '../../shared/index/format.js';
import { fileName } from '../../shared/path.js';
import type { MissingReason } from '../../shared/verdicts.js';
import { directoryOf } from './directory-of.js';
import type { Finding, MissingFile, SceneFiles } from './missing-scenes.js';
import type { Place, Places } from './places.js';
import { UnmatchedItems, type ItemQuestions, type Wanted } from './unmatched-items.js';

/** Why a scene is missing, and where it would be. */
export interface Diagnosed extends Finding {
  /** The directory of its primary file, as Stash spells it. */
  readonly directory: string;
  /** Where that lies in Plex; undefined where it is not known. */
  readonly place: Place | undefined;
}

/** Diagnoses scenes one by one. */
export class Diagnosis {
  readonly #places: Places;
  readonly #items: UnmatchedItems;

  /** @param scenes all that will be asked about: items are looked through once for all of them */
  constructor(questions: ItemQuestions, places: Places, scenes: Iterable<SceneFiles>) {
    this.#places = places;
    this.#items = new UnmatchedItems(questions, wantedBy(scenes, places));
  }

  /** The first reason that fits. */
  diagnose({ files }: SceneFiles): Diagnosed {
    const directory = directoryOf(files[0]?.path ?? '');
    const place = this.#places.find(directory);
    const part = this.#renamed(files);
    return { reason: part === NONE ? this.#reasonOf(place) : 'renamed', part, directory, place };
  }

  #renamed(files: readonly MissingFile[]): number {
    for (const file of files) {
      const part = this.#items.bySize(file);
      if (part !== NONE) return part;
    }
    for (const { path } of files) {
      const place = this.#places.find(directoryOf(path));
      const part = place ? this.#items.byName(place, fileName(path)) : NONE;
      if (part !== NONE) return part;
    }
    return NONE;
  }

  #reasonOf(place: Place | undefined): MissingReason {
    if (place === undefined) return 'unmappable';
    // A server that does not say where its libraries lie leaves only the likely reason.
    if (!this.#places.areLocationsKnown) return 'not_scanned';
    if (place.location === undefined) return 'outside_libraries';
    return place.location.isSelected ? 'not_scanned' : 'other_library';
  }
}

function wantedBy(scenes: Iterable<SceneFiles>, places: Places): Wanted {
  const sizes = new Set<number>();
  const wanted = new Map<string, Place>();
  for (const { files } of scenes) {
    for (const { path, size } of files) {
      if (size > 0) sizes.add(size);
      const place = places.find(directoryOf(path));
      if (place !== undefined && place.dirs.length > 0) wanted.set(place.key, place);
    }
  }
  return { sizes, places: [...wanted.values()] };
}

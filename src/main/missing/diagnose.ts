/** Why scenes are missing: renamed, in no library, in one that was not selected, not scanned yet, or nobody knows. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { fileName, splitPath } from '../../shared/path.js';
import type { MissingScene } from '../../shared/report-line.js';
import type { MissingReason } from '../../shared/verdicts.js';
import type { Place, Places } from './places.js';
import { UnmatchedItems, type ItemQuestions, type MissingFile, type Wanted } from './unmatched-items.js';

/** A missing scene: its files, the primary first. */
export interface SceneFiles {
  readonly sceneId: number;
  readonly files: readonly MissingFile[];
}

/** A missing scene with its reason. */
export interface Diagnosed extends MissingScene {
  readonly sceneId: number;
  /** Where its directory lies in Plex; undefined where that is not known. */
  readonly place: Place | undefined;
}

/** The directory a file lies in, as Stash spells it. */
export function directoryOf(path: string): string {
  const { dir } = splitPath(path);
  return dir === '' ? (/^[/\\]/.exec(path)?.[0] ?? '') : dir;
}

/** Diagnoses scenes one by one. */
export class Diagnosis {
  readonly #index: PlexIndex;
  readonly #places: Places;
  readonly #items: UnmatchedItems;

  /** @param scenes all that will be asked about: items are looked through once for all of them */
  constructor(questions: ItemQuestions, places: Places, scenes: Iterable<SceneFiles>) {
    this.#index = questions.index;
    this.#places = places;
    this.#items = new UnmatchedItems(questions, wantedBy(scenes, places));
  }

  /** The first reason that fits. */
  diagnose({ sceneId, files }: SceneFiles): Diagnosed {
    const directory = directoryOf(files[0]?.path ?? '');
    const place = this.#places.find(directory);
    const part = this.#renamed(files);
    const suggestion =
      part === NONE
        ? null
        : { ratingKey: this.#index.ratingKey(this.#index.itemOf(part)), path: this.#index.partPath(part) };
    return { sceneId, reason: suggestion ? 'renamed' : this.#reasonOf(place), directory, suggestion, place };
  }

  #renamed(files: readonly MissingFile[]): number {
    for (const file of files) {
      const part = this.#items.bySize(file);
      if (part !== NONE) return part;
    }
    for (const { path } of files) {
      const place = this.#places.find(directoryOf(path));
      const part = place ? this.#items.byName(keyOf(place), fileName(path)) : NONE;
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

const keyOf = ({ directory }: Place): string => directory.join('/');

function wantedBy(scenes: Iterable<SceneFiles>, places: Places): Wanted {
  const sizes = new Set<number>();
  const directories = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  for (const { files } of scenes) {
    for (const { path, size } of files) {
      if (size > 0) sizes.add(size);
      const directory = directoryOf(path);
      if (seen.has(directory)) continue;
      seen.add(directory);
      const place = places.find(directory);
      if (place) directories.set(keyOf(place), place.directory);
    }
  }
  return { sizes, directories };
}

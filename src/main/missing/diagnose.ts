/** Why scenes are missing: renamed, in no library, in one that was not selected, not scanned yet, or nobody knows. */
import { NONE } from '../../shared/index/format.js';
import { fileName } from '../../shared/path.js';
import type { MissingReason } from '../../shared/verdicts.js';
import { directoryOf } from './directory-of.js';
import type { ItemQuestions } from './item-questions.js';
import { ItemsByName } from './items-by-name.js';
import { ItemsBySize } from './items-by-size.js';
import type { Finding, MissingScenes } from './missing-scenes.js';
import type { Place, Places } from './places.js';

/** A missing scene with the first reason that fits. */
export interface DiagnosedScene extends Finding {
  /** Its number among the missing scenes. */
  readonly number: number;
  /** The directory of its primary file, as Stash spells it. */
  readonly directory: string;
  /** Where that lies in Plex; undefined where it is not known, or does not matter. */
  readonly place: Place | undefined;
}

/** Diagnoses all of them, in any order: those that size and length tell first, so that only the others are looked up by place. */
export function* diagnoseMissing(
  questions: ItemQuestions,
  places: Places,
  scenes: MissingScenes,
): Generator<DiagnosedScene> {
  const bySize = new ItemsBySize(questions, scenes.sizes());
  const open: number[] = [];
  for (const number of scenes.numbers()) {
    const part = renamedBySize(bySize, scenes, number);
    if (part === NONE) open.push(number);
    else yield { number, reason: 'renamed', part, directory: scenes.directory(number), place: undefined };
  }
  if (open.length === 0) return;
  const byName = new ItemsByName(questions, placesOf(places, scenes, open));
  for (const number of open) {
    const part = renamedByName(byName, places, scenes, number);
    const directory = scenes.directory(number);
    const place = places.find(directory);
    yield { number, reason: part === NONE ? reasonOf(places, place) : 'renamed', part, directory, place };
  }
}

function renamedBySize(items: ItemsBySize, scenes: MissingScenes, number: number): number {
  for (const file of scenes.measures(number)) {
    const part = items.find(file);
    if (part !== NONE) return part;
  }
  return NONE;
}

function renamedByName(items: ItemsByName, places: Places, scenes: MissingScenes, number: number): number {
  for (const path of scenes.paths(number)) {
    const place = places.find(directoryOf(path));
    const part = place === undefined ? NONE : items.find(place, fileName(path));
    if (part !== NONE) return part;
  }
  return NONE;
}

/** The directories of some scenes in which Plex has something, each once. */
function placesOf(places: Places, scenes: MissingScenes, numbers: readonly number[]): Place[] {
  const found = new Map<string, Place>();
  for (const number of numbers) {
    for (const path of scenes.paths(number)) {
      const place = places.find(directoryOf(path));
      if (place !== undefined && place.dirs.length > 0) found.set(place.key, place);
    }
  }
  return [...found.values()];
}

function reasonOf(places: Places, place: Place | undefined): MissingReason {
  if (place === undefined) return 'unmappable';
  // A server that does not say where its libraries lie leaves only the likely reason.
  if (!places.areLocationsKnown) return 'not_scanned';
  if (place.location === undefined) return 'outside_libraries';
  return place.location.isSelected ? 'not_scanned' : 'other_library';
}

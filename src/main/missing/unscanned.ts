/** Directories Plex has yet to scan, and which of them to ask for. */
import { startsWith } from '../roots/infer-roots.js';
import type { Place } from './places.js';

/** A directory of Plex with scenes that are not scanned. */
export interface UnscannedDirectory {
  readonly place: Place;
  readonly scenes: number;
}

/** Counts scenes by directory. */
export class UnscannedDirectories {
  readonly #scenes = new Map<string, { readonly place: Place; scenes: number }>();

  /** Counts a scene that is not scanned. */
  add(place: Place): void {
    const key = place.directory.join('/');
    const known = this.#scenes.get(key);
    if (known) known.scenes++;
    else this.#scenes.set(key, { place, scenes: 1 });
  }

  /**
   * What to ask for: none that lies below another, and none that is a whole location of a library; most scenes first.
   * @param most how many may be asked
   */
  toAsk(most: number): { readonly asked: readonly UnscannedDirectory[]; readonly left: number } {
    const outermostFirst = [...this.#scenes.values()].sort(
      (a, b) => a.place.directory.length - b.place.directory.length,
    );
    const chosen: { readonly place: Place; scenes: number }[] = [];
    let left = 0;
    for (const { place, scenes } of outermostFirst) {
      const around = chosen.find((one) => startsWith(place.directory, one.place.directory));
      if (around) around.scenes += scenes;
      else if (isWholeLocation(place)) left++;
      else chosen.push({ place, scenes });
    }
    chosen.sort((a, b) => b.scenes - a.scenes || (a.place.path < b.place.path ? -1 : 1));
    return { asked: chosen.slice(0, most), left: left + Math.max(0, chosen.length - most) };
  }
}

const isWholeLocation = ({ directory, location }: Place): boolean =>
  location === undefined || directory.length <= location.directory.length;

/** Directories Plex has yet to scan, and which of them to ask for. */
import { isIn, type Place } from './places.js';

/** A directory of Plex with scenes that are not scanned. */
export interface UnscannedDirectory {
  readonly place: Place;
  /** As Stash spells it. */
  readonly directory: string;
  readonly scenes: number;
}

interface Counted extends UnscannedDirectory {
  scenes: number;
}

/** Counts scenes by directory. */
export class UnscannedDirectories {
  readonly #scenes = new Map<string, Counted>();

  /** Counts a scene that is not scanned. */
  add(place: Place, directory: string): void {
    const known = this.#scenes.get(place.key);
    if (known) known.scenes++;
    else this.#scenes.set(place.key, { place, directory, scenes: 1 });
  }

  /**
   * What to ask for: none that lies below another, and none that is a whole location of a library; most scenes first.
   * @param most how many may be asked
   */
  toAsk(most: number): { readonly asked: readonly UnscannedDirectory[]; readonly left: number } {
    const outermostFirst = [...this.#scenes.values()].sort((a, b) => a.place.depth - b.place.depth);
    const chosen: Counted[] = [];
    let left = 0;
    for (const { place, directory, scenes } of outermostFirst) {
      const around = chosen.find((one) => isIn(place, one.place));
      if (around) around.scenes += scenes;
      else if (isWholeLocation(place)) left++;
      else chosen.push({ place, directory, scenes });
    }
    chosen.sort((a, b) => b.scenes - a.scenes || (a.place.key < b.place.key ? -1 : 1));
    return { asked: chosen.slice(0, most), left: left + Math.max(0, chosen.length - most) };
  }
}

const isWholeLocation = ({ depth, location, locationDepth }: Place): boolean =>
  location === undefined || depth <= locationDepth;

/** Scenes that were left open by their match rows, until there are enough of them for a page of metadata. */
import type { OpenScene } from '../../shared/messages.js';

/** What one page of metadata is asked for. */
export interface OpenPage {
  readonly ids: readonly number[];
  /** Their match rows. */
  readonly rows: readonly string[];
  /** Epoch seconds at which the first of the match rows was asked for: what their jobs hold is at least as young. */
  readonly asOf: number;
}

/** Collects them. */
export class OpenScenes {
  /** Scenes that were updated between their two rows: they are to be read in full. */
  readonly changed: number[] = [];
  #waiting: { readonly sceneId: number; readonly row: string; readonly asOf: number }[] = [];

  /** Adds the scenes a page has left open; `asOf` is when it was asked for. */
  add(scenes: readonly OpenScene[], asOf: number): void {
    for (const { sceneId, row } of scenes) {
      if (row === undefined) this.changed.push(sceneId);
      else this.#waiting.push({ sceneId, row, asOf });
    }
  }

  /** The next page of `size` scenes; undefined where there are fewer than `least`. */
  take(size: number, least: number): OpenPage | undefined {
    if (this.#waiting.length < least) return undefined;
    const taken = this.#waiting.splice(0, size);
    return {
      ids: taken.map(({ sceneId }) => sceneId),
      rows: taken.map(({ row }) => row),
      asOf: Math.min(...taken.map(({ asOf }) => asOf)),
    };
  }
}

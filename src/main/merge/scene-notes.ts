/** Scenes that were met with something a person should know of. */
import type { ScanWarning } from '../scan-types.js';

/** How many scenes a warning names. */
const MOST_NAMED = 100;

/** Collects them, and makes warnings of them. */
export class SceneNotes {
  readonly #gone: number[] = [];
  readonly #undeliverable: number[] = [];
  readonly #unreadableTimes: number[] = [];
  readonly #futureTimes: number[] = [];
  #firstProblem = '';

  gone(sceneId: number): void {
    this.#gone.push(sceneId);
  }

  undeliverable(sceneId: number, message: string): void {
    this.#undeliverable.push(sceneId);
    this.#firstProblem ||= message;
  }

  unreadableTime(sceneId: number): void {
    this.#unreadableTimes.push(sceneId);
  }

  futureTime(sceneId: number): void {
    this.#futureTimes.push(sceneId);
  }

  warnings(): ScanWarning[] {
    const about = (code: string, ids: readonly number[], message: string): ScanWarning[] =>
      ids.length === 0 ? [] : [{ code, message, sceneIds: named(ids) }];
    const gone = this.#gone.length === 1 ? 'this id' : 'these ids';
    return [
      ...about(
        'scenes_gone',
        this.#gone,
        `Stash has no scene with ${gone} (any more): ${named(this.#gone).join(', ')}`,
      ),
      ...about(
        'scenes_unreadable',
        this.#undeliverable,
        `Stash could not deliver ${scenes(this.#undeliverable)} ("${this.#firstProblem}")`,
      ),
      ...about(
        'update_times_unreadable',
        this.#unreadableTimes,
        `${scenes(this.#unreadableTimes)} have an update time that could not be read; none was taken for stale`,
      ),
      ...about(
        'update_times_future',
        this.#futureTimes,
        `${scenes(this.#futureTimes)} have an update time in the future, which counts as now; is the clock of Stash's machine right?`,
      ),
    ];
  }
}

const scenes = (ids: readonly number[]): string => `${ids.length} scene${ids.length === 1 ? '' : 's'}`;

function named(ids: readonly number[]): number[] {
  return [...ids].sort((a, b) => a - b).slice(0, MOST_NAMED);
}

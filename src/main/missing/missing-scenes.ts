/** The missing scenes of a run with their files, and once it is known, why each is missing. Columns: they may be very many. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { MissingScene } from '../../shared/report-line.js';
import { decodeUtf8 } from '../../shared/text-key.js';
import { MISSING_REASONS, type MissingReason } from '../../shared/verdicts.js';
import { Growing } from '../collections/growing.js';
import { directoryOf } from './directory-of.js';

/** What a file that was renamed still has. */
export interface FileMeasures {
  /** Bytes and seconds; 0 unknown. */
  readonly size: number;
  readonly duration: number;
}

/** Why one of them is missing. */
export interface Finding {
  readonly reason: MissingReason;
  /** The part it may have become; NONE where none is suggested. */
  readonly part: number;
}

const u8 = () => new Growing((length) => new Uint8Array(length));
const u32 = () => new Growing((length) => new Uint32Array(length));
const f64 = () => new Growing((length) => new Float64Array(length));

/** Collects them; of a scene that is judged again the last counts. */
export class MissingScenes {
  readonly #scene = u32();
  readonly #firstFile = u32();
  readonly #reason = u8();
  readonly #part = u32();
  readonly #pathEnd = f64();
  readonly #size = f64();
  readonly #duration = f64();
  readonly #heap = u8();
  readonly #removed = new Map<number, number>();

  /** Adds a scene whose files are still to come. */
  add(sceneId: number): void {
    this.#scene.push(sceneId);
    this.#firstFile.push(this.#size.length);
    this.#reason.push(0);
    this.#part.push(NONE);
  }

  /** Adds a file of the scene added last; its path in UTF-8. */
  addFile(path: Uint8Array, size: number, duration: number): void {
    this.#heap.append(path);
    this.#pathEnd.push(this.#heap.length);
    this.#size.push(size);
    this.#duration.push(duration);
  }

  /** Takes back a scene. */
  remove(sceneId: number): void {
    this.#removed.set(sceneId, this.#scene.length);
  }

  /** The numbers of all of them. */
  *numbers(): Generator<number> {
    for (let number = 0; number < this.#scene.length; number++) if (this.#isKept(number)) yield number;
  }

  /** The sizes of all files. */
  sizes(): Float64Array {
    return this.#size.view();
  }

  /** The directory of the primary file of one, as Stash spells it. */
  directory(number: number): string {
    return directoryOf(this.#path(this.#firstFile.data[number] ?? 0));
  }

  /** Sizes and lengths of the files of one. */
  *measures(number: number): Generator<FileMeasures> {
    for (let file = this.#firstFile.data[number] ?? 0; file < this.#endOf(number); file++) {
      yield { size: this.#size.data[file] ?? 0, duration: this.#duration.data[file] ?? 0 };
    }
  }

  /** The paths of the files of one, the primary first, as Stash spells them. */
  *paths(number: number): Generator<string> {
    for (let file = this.#firstFile.data[number] ?? 0; file < this.#endOf(number); file++) yield this.#path(file);
  }

  /** Notes what was found of one. */
  note(number: number, { reason, part }: Finding): void {
    this.#reason.data[number] = MISSING_REASONS.indexOf(reason);
    this.#part.data[number] = part;
  }

  /** What was found, in the order of scene ids. */
  *findings(index: PlexIndex): Generator<{ readonly sceneId: number; readonly missing: MissingScene }> {
    const sceneOf = (number: number) => this.#scene.data[number] ?? 0;
    const inOrder = Uint32Array.from(this.#scene.view().keys()).filter((number) => this.#isKept(number));
    for (const number of inOrder.sort((a, b) => sceneOf(a) - sceneOf(b))) {
      yield { sceneId: sceneOf(number), missing: this.#describe(number, index) };
    }
  }

  #describe(number: number, index: PlexIndex): MissingScene {
    const part = this.#part.data[number] ?? NONE;
    return {
      reason: MISSING_REASONS[this.#reason.data[number] ?? 0] ?? 'unmappable',
      directory: this.directory(number),
      suggestion: part === NONE ? null : { ratingKey: index.ratingKey(index.itemOf(part)), path: index.partPath(part) },
    };
  }

  #isKept(number: number): boolean {
    return this.#removed.size === 0 || number >= (this.#removed.get(this.#scene.data[number] ?? 0) ?? 0);
  }

  #endOf(number: number): number {
    return number + 1 < this.#scene.length ? (this.#firstFile.data[number + 1] ?? 0) : this.#size.length;
  }

  #path(file: number): string {
    const start = file === 0 ? 0 : (this.#pathEnd.data[file - 1] ?? 0);
    return decodeUtf8(this.#heap.data.subarray(start, this.#pathEnd.data[file] ?? 0));
  }
}

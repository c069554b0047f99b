/** The missing scenes of a run with their files, and once it is known, why each is missing. Columns: they may be very many. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { MissingScene } from '../../shared/report-line.js';
import { decodeUtf8 } from '../../shared/text-key.js';
import { MISSING_REASONS, type MissingReason } from '../../shared/verdicts.js';
import { Growing } from '../collections/growing.js';
import { orderById } from '../collections/order.js';
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

/** Parallel columns: which scenes are missing, and what was found of each. */
export interface MissingColumns {
  readonly scenes: Uint32Array;
  /** Numbers of {@link MISSING_REASONS}. */
  readonly reasons: Uint8Array;
  /** The part each may have become; NONE where none is suggested. */
  readonly parts: Uint32Array;
}

/** What was found of a scene; undefined where it is not among them. */
export function findingIn({ scenes, reasons, parts }: MissingColumns, sceneId: number): Finding | undefined {
  const at = scenes.indexOf(sceneId);
  return at < 0 ? undefined : findingOf(reasons[at], parts[at]);
}

function findingOf(reason = 0, part: number = NONE): Finding {
  return { reason: MISSING_REASONS[reason] ?? 'unmappable', part };
}

/** A finding as reports tell it. */
export function describeFinding(index: PlexIndex, { reason, part }: Finding, directory: string): MissingScene {
  const suggestion =
    part === NONE ? null : { ratingKey: index.ratingKey(index.itemOf(part)), path: index.partPath(part) };
  return { reason, directory, suggestion };
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

  /** What was found, in the order of scene ids; described when it is asked for, since not every scene has a line. */
  *findings(index: PlexIndex): Generator<{ readonly sceneId: number; readonly describe: () => MissingScene }> {
    for (const number of this.#inOrder()) {
      const describe = () => describeFinding(index, this.#findingOf(number), this.directory(number));
      yield { sceneId: this.#sceneOf(number), describe };
    }
  }

  /** The same in short, to be kept. */
  columns(): MissingColumns {
    const numbers = this.#inOrder();
    return {
      scenes: numbers.map((number) => this.#sceneOf(number)),
      reasons: Uint8Array.from(numbers, (number) => this.#reason.data[number] ?? 0),
      parts: numbers.map((number) => this.#part.data[number] ?? NONE),
    };
  }

  #findingOf(number: number): Finding {
    return findingOf(this.#reason.data[number], this.#part.data[number]);
  }

  #sceneOf(number: number): number {
    return this.#scene.data[number] ?? 0;
  }

  #inOrder(): Uint32Array {
    return orderById(this.#scene.view()).filter((number) => this.#isKept(number));
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

/** A scene as the engine has read it: a view of its record, whose texts lie where the page or the engine put them. */
import { FileWord, SLOT_WORDS, SceneWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { sceneSlot, type SceneFieldName } from '../../shared/fields.js';

/** One file of a scene, as Stash gives it. */
export interface SceneFile {
  /** Address of its record. */
  readonly at: number;
  readonly path: string;
  /** Bytes; 0 when unknown. */
  readonly size: number;
  /** Seconds; 0 when unknown. */
  readonly duration: number;
}

const SLOT = {
  title: sceneSlot('title'),
  date: sceneSlot('date'),
  updatedAt: sceneSlot('updated_at'),
} as const satisfies Record<string, number>;

/** A scene in the engine's memory; its texts are decoded when they are asked for. */
export class SceneRecord {
  readonly #memory: EngineMemory;
  readonly #all: Uint32Array;
  /** Place of its record among all words. */
  readonly #at: number;

  /** @param all the whole memory: a view of each piece would cost more than the text it leads to */
  constructor(memory: EngineMemory, at: number, all: Uint32Array = memory.allWords()) {
    this.#memory = memory;
    this.#all = all;
    this.#at = at / 4;
  }

  get title(): string {
    return this.#text(SLOT.title);
  }

  get date(): string {
    return this.#text(SLOT.date);
  }

  /** As Stash wrote it. */
  get updatedAtText(): string {
    return this.#text(SLOT.updatedAt);
  }

  /** A text field by its name. */
  text(name: SceneFieldName): string {
    return this.#text(sceneSlot(name));
  }

  /** The names of a field that lists some. */
  names(name: SceneFieldName): string[] {
    const slot = this.#at + SceneWord.Words + sceneSlot(name) * SLOT_WORDS;
    const [list, count] = [this.#word(slot) / 4, this.#word(slot + 1)];
    return Array.from({ length: count }, (_, i) => this.#textIn(list + i * SLOT_WORDS));
  }

  get fileCount(): number {
    return this.#word(this.#at + SceneWord.FileCount);
  }

  /** Address of the record of a file; the primary is 0. */
  fileAt(number: number): number {
    return this.#word(this.#at + SceneWord.Files) + number * FileWord.Words * 4;
  }

  /** The path of one of its files; the primary is 0. */
  path(number: number): string {
    return this.#textIn(this.fileAt(number) / 4 + FileWord.Path);
  }

  /** One of its files; the primary is 0. */
  file(number: number): SceneFile {
    const at = this.fileAt(number);
    const doubles = this.#memory.doubles(at, FileWord.Words / 2);
    return {
      at,
      path: this.path(number),
      size: doubles[FileWord.Size / 2] ?? 0,
      duration: doubles[FileWord.Duration / 2] ?? 0,
    };
  }

  /** The hash the index has the name of a file under. */
  nameHashOf(number: number): number {
    return this.#word(this.fileAt(number) / 4 + FileWord.NameHash);
  }

  #text(slot: number): string {
    return this.#textIn(this.#at + SceneWord.Words + slot * SLOT_WORDS);
  }

  /** The text whose address and length stand at a place. */
  #textIn(place: number): string {
    return this.#memory.text(this.#word(place), this.#word(place + 1));
  }

  #word(place: number): number {
    return this.#all[place] ?? 0;
  }
}

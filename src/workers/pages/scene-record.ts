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
  readonly #at: number;

  constructor(memory: EngineMemory, at: number) {
    this.#memory = memory;
    this.#at = at;
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
    const [list = 0, count = 0] = this.#slot(sceneSlot(name));
    const words = this.#memory.words(list, count * SLOT_WORDS);
    return Array.from({ length: count }, (_, i) => this.#memory.text(words[i * 2] ?? 0, words[i * 2 + 1] ?? 0));
  }

  get fileCount(): number {
    return this.#memory.words(this.#at, SceneWord.Words)[SceneWord.FileCount] ?? 0;
  }

  /** Address of the record of a file; the primary is 0. */
  fileAt(number: number): number {
    return (this.#memory.words(this.#at, SceneWord.Words)[SceneWord.Files] ?? 0) + number * FileWord.Words * 4;
  }

  /** One of its files; the primary is 0. */
  file(number: number): SceneFile {
    const at = this.fileAt(number);
    const words = this.#memory.words(at, FileWord.Words);
    const doubles = this.#memory.doubles(at, FileWord.Words / 2);
    return {
      at,
      path: this.#memory.text(words[FileWord.Path] ?? 0, words[FileWord.PathLength] ?? 0),
      size: doubles[FileWord.Size / 2] ?? 0,
      duration: doubles[FileWord.Duration / 2] ?? 0,
    };
  }

  /** The hash the index has the name of a file under. */
  nameHashOf(number: number): number {
    return this.#memory.words(this.fileAt(number), FileWord.Words)[FileWord.NameHash] ?? 0;
  }

  #slot(slot: number): Uint32Array {
    return this.#memory.words(this.#at + (SceneWord.Words + slot * SLOT_WORDS) * 4, SLOT_WORDS);
  }

  #text(slot: number): string {
    const [at = 0, length = 0] = this.#slot(slot);
    return this.#memory.text(at, length);
  }
}

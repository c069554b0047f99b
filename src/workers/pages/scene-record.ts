/** A scene as the engine has read it: a view of its record, whose texts lie where the page or the engine put them. */
import {
  FILE_DURATION_DOUBLE,
  FILE_SIZE_DOUBLE,
  FILE_WORDS,
  SCENE_DATE,
  SCENE_DETAILS,
  SCENE_FILES,
  SCENE_ID,
  SCENE_NEXT,
  SCENE_PERFORMERS,
  SCENE_STUDIO,
  SCENE_TAGS,
  SCENE_TITLE,
  SCENE_UPDATED_DOUBLE,
  SCENE_UPDATED_TEXT,
  SCENE_WORDS,
} from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { SceneFile } from '../../shared/matcher/scene-file.js';
import { Utf8Text } from '../../shared/utf8-text.js';

/** One scene with everything its verdict and its job need. */
export interface Scene {
  readonly id: number;
  readonly title: Utf8Text;
  readonly details: Utf8Text;
  readonly date: Utf8Text;
  readonly studio: Utf8Text;
  /** Never blank. */
  readonly performers: readonly Utf8Text[];
  readonly tags: readonly Utf8Text[];
  /** As Stash wrote it. */
  readonly updatedAtText: Utf8Text;
  /** Epoch seconds; NaN when it cannot be read. */
  readonly updatedAt: number;
  /** Every file Plex could see, the primary first. */
  readonly files: readonly SceneFile[];
}

/** A scene in the engine's memory. */
export class SceneRecord implements Scene {
  /** Address of the record. */
  readonly at: number;
  readonly #memory: EngineMemory;
  readonly #words: Uint32Array;
  #files: readonly SceneFile[] | undefined;

  constructor(memory: EngineMemory, at: number) {
    this.at = at;
    this.#memory = memory;
    this.#words = memory.words(at, SCENE_WORDS);
  }

  /** Address of the next scene's record. */
  get next(): number {
    return this.#word(SCENE_NEXT);
  }

  get id(): number {
    return this.#word(SCENE_ID);
  }

  get title(): Utf8Text {
    return this.#text(SCENE_TITLE);
  }

  get details(): Utf8Text {
    return this.#text(SCENE_DETAILS);
  }

  get date(): Utf8Text {
    return this.#text(SCENE_DATE);
  }

  get studio(): Utf8Text {
    return this.#text(SCENE_STUDIO);
  }

  get updatedAtText(): Utf8Text {
    return this.#text(SCENE_UPDATED_TEXT);
  }

  get updatedAt(): number {
    return this.#memory.doubles(this.at, SCENE_WORDS / 2)[SCENE_UPDATED_DOUBLE] ?? NaN;
  }

  get performers(): readonly Utf8Text[] {
    return this.#names(SCENE_PERFORMERS);
  }

  get tags(): readonly Utf8Text[] {
    return this.#names(SCENE_TAGS);
  }

  get files(): readonly SceneFile[] {
    this.#files ??= this.#readFiles();
    return this.#files;
  }

  #readFiles(): SceneFile[] {
    const count = this.#word(SCENE_FILES + 1);
    const words = this.#memory.words(this.#word(SCENE_FILES), count * FILE_WORDS);
    const doubles = this.#memory.doubles(this.#word(SCENE_FILES), (count * FILE_WORDS) / 2);
    return Array.from({ length: count }, (_, i) => ({
      path: this.#span(words[i * FILE_WORDS] ?? 0, words[i * FILE_WORDS + 1] ?? 0),
      size: doubles[(i * FILE_WORDS) / 2 + FILE_SIZE_DOUBLE] ?? 0,
      duration: doubles[(i * FILE_WORDS) / 2 + FILE_DURATION_DOUBLE] ?? 0,
    }));
  }

  #word(word: number): number {
    return this.#words[word] ?? 0;
  }

  #text(word: number): Utf8Text {
    return this.#span(this.#word(word), this.#word(word + 1));
  }

  #names(word: number): Utf8Text[] {
    const count = this.#word(word + 1);
    const words = this.#memory.words(this.#word(word), count * 2);
    return Array.from({ length: count }, (_, i) => this.#span(words[i * 2] ?? 0, words[i * 2 + 1] ?? 0));
  }

  #span(at: number, length: number): Utf8Text {
    return new Utf8Text(this.#memory.allBytes(at + length), at, at + length);
  }
}

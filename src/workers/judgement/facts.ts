/** What the engine found of the scenes of a page, as the judgement reads it. */
import { Agreement, CandidateWord, FactWord, FileWord, NOTHING, SceneWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { strengthOf } from '../../shared/strength.js';
import { SceneRecord } from '../pages/scene-record.js';

/** A part that has the name of one of the scene's files. */
export interface Candidate {
  /** NOTHING: more parts than are listed agree so. */
  readonly part: number;
  /** Of a file whose name a crowd has: others may agree less than those that are listed. */
  readonly isRest: boolean;
  /** Number of the scene's file; the primary is 0. */
  readonly file: number;
  readonly strength: number;
  /** Candidates of the page with the same number lie in the same two directories as one another; 0 where it was not noted. */
  readonly places: number;
  /** Another video under the same name, unless the whole path says otherwise. */
  readonly isContradicted: boolean;
}

/** A part that agrees so with a file. A file replaced in place has another size, but its path says that it is the one. */
export function candidateOf(part: number, file: number, agreement: number, places = 0): Candidate {
  const isContradicted = (agreement & Agreement.Contradicted) !== 0 && (agreement & Agreement.Exact) === 0;
  const isRest = (agreement & Agreement.Rest) !== 0;
  return { part, isRest, file, strength: strengthOf(agreement, file), places, isContradicted };
}

/** The facts of a page, one scene after the other: {@link moveTo} says which. */
export class PageFacts {
  readonly #memory: EngineMemory;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  readonly #all: Uint32Array;
  #at = 0;

  constructor(memory: EngineMemory, at: number, count: number) {
    this.#memory = memory;
    this.#words = memory.words(at, count * FactWord.Words);
    this.#doubles = memory.doubles(at, (count * FactWord.Words) / 2);
    this.#all = memory.allWords();
  }

  /** Goes to a scene by its number on the page. */
  moveTo(scene: number): void {
    this.#at = scene * FactWord.Words;
  }

  get id(): number {
    return this.#words[this.#at + FactWord.Id] ?? 0;
  }

  /** Which fields of the quality gate are filled; bits of Presence. */
  get presence(): number {
    return this.#words[this.#at + FactWord.Presence] ?? 0;
  }

  get fileCount(): number {
    return this.#words[this.#at + FactWord.FileCount] ?? 0;
  }

  /** Epoch seconds; NaN where it cannot be read. */
  get updatedAt(): number {
    return this.#doubles[(this.#at + FactWord.UpdatedAt) / 2] ?? NaN;
  }

  /** Epoch seconds; NaN where it cannot be read or was not asked for. */
  get createdAt(): number {
    return this.#doubles[(this.#at + FactWord.CreatedAt) / 2] ?? NaN;
  }

  /** Epoch seconds of the last sync; NaN when the scene was never synced. */
  get syncedAt(): number {
    return this.#doubles[(this.#at + FactWord.SyncedAt) / 2] ?? NaN;
  }

  get candidateCount(): number {
    return this.#words[this.#at + FactWord.CandidateCount] ?? 0;
  }

  candidate(number: number): Candidate {
    // Addressed in the whole memory: a view of each candidate costs as much as judging its scene.
    const at = (this.#words[this.#at + FactWord.Candidates] ?? 0) / 4 + number * CandidateWord.Words;
    const all = this.#all;
    const part = all[at + CandidateWord.Part] ?? NOTHING;
    const agreement = all[at + CandidateWord.Agreement] ?? 0;
    return candidateOf(part, all[at + CandidateWord.File] ?? 0, agreement, all[at + CandidateWord.Places]);
  }

  candidates(): Candidate[] {
    return Array.from({ length: this.candidateCount }, (_, number) => this.candidate(number));
  }

  /** Address of the scene's record. */
  get sceneAt(): number {
    return this.#words[this.#at + FactWord.Scene] ?? 0;
  }

  /** Address of the record of one of its files. */
  fileAt(number: number): number {
    return (this.#all[this.sceneAt / 4 + SceneWord.Files] ?? 0) + number * FileWord.Words * 4;
  }

  /** Address of the path of one of its files, in UTF-8. */
  pathAt(number: number): number {
    return this.#all[this.fileAt(number) / 4 + FileWord.Path] ?? 0;
  }

  /** The scene's texts and files. */
  get scene(): SceneRecord {
    return new SceneRecord(this.#memory, this.sceneAt, this.#all);
  }
}

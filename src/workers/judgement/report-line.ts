/**
 * A scene's report line, read off its judgement: which members its head has, and what each says. The engine writes it, since
 * texts that become strings on the way cost four times as much, and in one call, since a call for every member took longer
 * than what it wrote; its end is added when the run knows it.
 */
import { LineWord, NOTHING, Step, StepWord } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { sceneSlot, type SceneFieldName } from '../../shared/fields.js';
import type { LineHead, ReportItem, ReportLinks } from '../../shared/report-line.js';
import { describeStrength } from '../../shared/strength.js';
import type { ReasonCode, Verdict } from '../../shared/verdicts.js';
import type { PageEngine, Room } from '../pages/page-engine.js';
import type { PageFacts } from './facts.js';
import type { Judgement } from './judge.js';
import { MAX_LISTED } from './match-result.js';
import { describeReason, isCommon } from './reasons.js';

/** What writes a value: JSON as it is, and steps of the engine. */
interface Piece<T> {
  readonly parts: readonly (string | StepToWrite)[];
  /** Never set: what the value is, for the compiler. */
  readonly value?: T;
}

interface StepToWrite {
  readonly step: Step;
  /** A slot of the scene, or a word of the values. */
  readonly of?: number;
}

/** What each member says, in the order in which they stand. */
type Members<T> = { readonly [K in keyof T]-?: Piece<T[K]> };

const headOf = (links: ReportLinks): Members<LineHead> => ({
  sceneId: engineWrites(Step.SceneId),
  verdict: engineWrites<Verdict>(Step.Value, LineWord.Verdict),
  code: engineWrites<ReasonCode>(Step.Value, LineWord.Code),
  reason: engineWrites(Step.Value, LineWord.Reason),
  title: engineWrites(Step.SceneText, sceneSlot('title')),
  url: link(links.scene, Step.SceneId),
  path: engineWrites(Step.ScenePathOrNull),
  updatedAt: sceneTextOrNull('updated_at'),
  studio: sceneTextOrNull('studio'),
  date: sceneTextOrNull('date'),
  item: engineWrites<ReportItem | null>(Step.Item, LineWord.Part),
  evidence: engineWrites<string | null>(Step.Value, LineWord.Evidence),
  candidates: engineWrites(Step.Items, LineWord.Candidates),
});

const itemOf = (links: ReportLinks): Members<ReportItem> => ({
  ratingKey: engineWrites(Step.ItemKey),
  title: engineWrites(Step.ItemTitle),
  section: engineWrites(Step.ItemSection),
  path: engineWrites(Step.PartPath),
  url: links.item === null ? NULL : link(links.item, Step.ItemKeyInUrl),
});

const NULL: Piece<null> = { parts: ['null'] };

function engineWrites<T>(step: Step, of = 0): Piece<T> {
  return { parts: [{ step, of }] };
}

const sceneTextOrNull = (field: SceneFieldName): Piece<string | null> =>
  engineWrites(Step.SceneTextOrNull, sceneSlot(field));

/** A link: what it begins with, and what of the scene or the item follows. */
function link(base: string, rest: Step): Piece<string> {
  return { parts: [JSON.stringify(base).slice(0, -1), { step: rest }, '"'] };
}

/** Steps in the memory. */
interface WrittenSteps {
  readonly at: number;
  readonly count: number;
}

/** Writes down what lines say of scenes, and what of items, for the engines of all threads. */
export function writeLineSteps(
  memory: EngineMemory,
  links: ReportLinks,
): { readonly head: WrittenSteps; readonly item: WrittenSteps } {
  // The object is left open: the end of the line follows.
  return {
    head: writeSteps(memory, partsOf(headOf(links))),
    item: writeSteps(memory, [...partsOf(itemOf(links)), '}']),
  };
}

function partsOf(members: Readonly<Record<string, Piece<unknown>>>): Piece<unknown>['parts'] {
  return Object.entries(members).flatMap(([name, { parts }], i) => [
    `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`,
    ...parts,
  ]);
}

function writeSteps(memory: EngineMemory, parts: Piece<unknown>['parts']): WrittenSteps {
  const steps = parts.map((part) => {
    if (typeof part !== 'string') return [part.step, part.of ?? 0, 0];
    const bytes = Buffer.from(part);
    const at = memory.allocate(bytes.length);
    memory.bytes(at, bytes.length).set(bytes);
    return [Step.Bytes, at, bytes.length];
  });
  const at = memory.allocate(steps.length * StepWord.Words * 4);
  memory.words(at, steps.length * StepWord.Words).set(steps.flat());
  return { at, count: steps.length };
}

/** What a sentence mostly takes at most, in bytes. */
const REASON_BYTES = 1024;

/** Writes the heads of a page's lines. */
export class HeadWriter {
  readonly #engine: PageEngine;
  readonly #valuesAt: number;
  readonly #values: Uint32Array;
  #reasonRoom: Room;

  /** Takes memory of the page. */
  constructor(engine: PageEngine) {
    const words = LineWord.Words + MAX_LISTED;
    this.#engine = engine;
    this.#valuesAt = engine.takeRecords(words * 4);
    this.#values = engine.memory.words(this.#valuesAt, words);
    this.#reasonRoom = { at: engine.takeRecords(REASON_BYTES), bytes: REASON_BYTES };
  }

  /** Writes the head of the line of the scene the facts are at, an object that is left open; returns how many bytes it has. */
  write(facts: PageFacts, judgement: Judgement): number {
    const engine = this.#engine;
    const { match } = judgement;
    const isMatched = match.kind === 'matched';
    this.#put(LineWord.Verdict, engine.knownJson(judgement.verdict));
    this.#put(LineWord.Code, engine.knownJson(judgement.code));
    this.#put(LineWord.Reason, this.#reason(facts, judgement));
    this.#put(LineWord.Evidence, engine.knownJson(isMatched ? describeStrength(match.strength) : null));
    this.#values[LineWord.Part] = isMatched ? match.part : NOTHING;
    this.#putCandidates(match.kind === 'ambiguous' ? match.parts : judgement.couldHit);
    return engine.writeLine(facts.sceneAt, this.#valuesAt);
  }

  #put(word: LineWord, { at, bytes }: Room): void {
    this.#values[word] = at;
    this.#values[word + 1] = bytes;
  }

  #putCandidates(parts: readonly number[]): void {
    this.#values[LineWord.Candidates] = parts.length;
    this.#values.set(parts, LineWord.Candidates + 1);
  }

  #reason(facts: PageFacts, judgement: Judgement): Room {
    const reason = describeReason(facts.scene, judgement);
    if (isCommon(reason)) return this.#engine.knownJson(reason);
    const json = JSON.stringify(reason);
    // In UTF-8 a UTF-16 unit takes three bytes at most; counting them beforehand costs as much as writing.
    const most = Math.ceil((json.length * 3) / 8) * 8;
    if (most > this.#reasonRoom.bytes) this.#reasonRoom = { at: this.#engine.takeRecords(most), bytes: most };
    const { at } = this.#reasonRoom;
    return { at, bytes: this.#engine.memory.allBytes(at + most).write(json, at) };
  }
}

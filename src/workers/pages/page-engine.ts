/**
 * The engine: reads pages, looks files up, writes jobs and report lines, but judges nothing. A hot-path exception: written in
 * AssemblyScript (src/workers/engine) and compiled to WebAssembly once for all threads, it takes a quarter of the time of
 * the same code in JavaScript, which every thread had to warm up for itself (see perf/README.md). Rows that are odd come back
 * to JavaScript one by one.
 */
import type { instantiate } from '../../../dist/engine/engine.js';
import { NOTHING, Result } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import { ITEM_FIELDS, SCENE_FIELDS } from '../../shared/fields.js';
import { foldKey, hashText } from '../../shared/text-key.js';
import { writeFieldTable } from './field-table.js';

/** Memory for what is made of a page. */
export interface Room {
  readonly at: number;
  readonly bytes: number;
}

/** Makes a row one the engine can read, as JSON; undefined when it cannot be what it should be. */
export type CleanRow = (row: unknown) => string | undefined;

/** Nearly every name is one item's only. */
const NOBODY: readonly number[] = [];

/** The engine's functions, as its compiler describes them; addresses and lengths in bytes. */
type EngineExports = Awaited<ReturnType<typeof instantiate>>;

/** Zeros behind every text the engine reads: its loops end there, and it reads 16 bytes at a time. */
export const TEXT_PADDING = 32;

/** The engine of one thread. */
export class PageEngine {
  readonly memory: EngineMemory;
  readonly #engine: EngineExports;
  /** What calls leave behind; memory that grows leaves views of it as they are. */
  readonly #results: Uint32Array;
  #cleanRow: CleanRow = () => undefined;
  /** Where JSON lies that is needed again and again. */
  readonly #knownJson = new Map<string | null, Room>();
  /** The folded names of the page by address: a name is hashed first, and compared if another has its hash. */
  readonly #foldedNames = new Map<number, string>();

  constructor(module: WebAssembly.Module, memory: EngineMemory) {
    this.memory = memory;
    const host = {
      foldedHash: (at: number, length: number) => hashText(this.#fold(address(at), length)),
      sameWhenFolded: (a: number, aLength: number, b: number, bLength: number) =>
        this.#folded(address(a), aLength) === this.#folded(address(b), bLength),
      cleanRow: (at: number, end: number) => this.#writeClean(address(at), address(end)),
    };
    const env = { memory: memory.memory, abort: () => undefined };
    this.#engine = new WebAssembly.Instance(module, { env, host }).exports as EngineExports;
    const at = memory.allocate(this.#engine.threadBytes());
    this.#engine.useThreadMemory(at);
    this.#results = memory.words(at, Result.Words);
    this.#engine.useFields(writeFieldTable(memory, SCENE_FIELDS), writeFieldTable(memory, ITEM_FIELDS));
  }

  /** Works in a page's room; where that turns out too small, again in a larger one. Returns the room that was used. */
  inRoom<T>(room: Room, work: () => T): { readonly room: Room; readonly value: T } {
    let enough = room;
    for (;;) {
      try {
        this.#engine.useRoom(enough.at, enough.bytes);
        this.#foldedNames.clear();
        return { room: enough, value: work() };
      } catch (error: unknown) {
        if (!(error instanceof WebAssembly.RuntimeError) || !this.#engine.isRoomShort()) throw error;
        const bytes = enough.bytes * 2;
        enough = { at: this.memory.allocate(bytes), bytes };
      }
    }
  }

  /**
   * Reads a Plex page; false when it is not a listing as Plex writes it. See {@link result}.
   * @param filter address of an item filter, 0 for every item
   */
  readItems(at: number, end: number, filter: number, cleanRow: CleanRow): boolean {
    this.#cleanRow = cleanRow;
    return this.#engine.readItems(at, end, filter);
  }

  /** Adds the file names of scenes that have been read to an item filter. */
  collectNames(first: number, count: number, filter: number): void {
    this.#engine.collectNames(first, count, filter);
  }

  /** Reads a Stash page; false when it is not a list of scenes and nothing else. */
  readScenes(at: number, end: number, cleanRow: CleanRow): boolean {
    this.#cleanRow = cleanRow;
    return this.#engine.readScenes(at, end);
  }

  /** From now on, works for the scan described at this address. */
  useContext(at: number): void {
    this.#engine.useContext(at);
  }

  /** Finds what can be said of scenes that have been read; returns the address of their facts. */
  findFacts(first: number, count: number): number {
    return address(this.#engine.findFacts(first, count));
  }

  /** Bits of Agreement between a scene's file and any part; undefined where they have not even the name in common. */
  compare(file: number, part: number): number | undefined {
    const agreement = this.#engine.compare(file, part);
    return agreement < 0 ? undefined : agreement;
  }

  /** All parts with the name of a scene's file but those of the item `own`; NOTHING leaves none out. */
  namesakes(file: number, own: number): Iterable<number> {
    const first = this.#engine.nextNamesake(file, NOTHING, own);
    return first === NOTHING ? NOBODY : this.#namesakesFrom(file, first, own);
  }

  *#namesakesFrom(file: number, first: number, own: number): Generator<number> {
    for (let part = first; part !== NOTHING; part = this.#engine.nextNamesake(file, part, own)) yield part;
  }

  /** The number of the mapping that applies to a scene's file; NOTHING for none. */
  mappingOf(file: number): number {
    return this.#engine.mappingOf(file);
  }

  /** Finds where the paths of a scene's file and of a part go apart. See {@link result}. */
  findParting(file: number, part: number): void {
    this.#engine.findParting(file, part);
  }

  /** Writes the job of a scene; its path is a file's, the name spelled as a part's, or as it is (NOTHING). */
  writeFileJob(scene: number, file: number, part: number, askedAt: number): Room {
    const at = address(this.#engine.writeFileJob(scene, file, part, askedAt));
    return { at, bytes: this.result(Result.JobBytes) };
  }

  /** Writes the job of a scene with this path. */
  writePathJob(scene: number, path: string, askedAt: number): Room {
    const bytes = Buffer.from(path);
    const at = address(this.#engine.writePathJob(scene, this.putText(bytes), bytes.length, askedAt));
    return { at, bytes: this.result(Result.JobBytes) };
  }

  /** Copies a text into the room, with zeros behind it; returns its address. It lasts as long as the page. */
  putText(text: Uint8Array): number {
    const at = address(this.#engine.takeScratch(text.length + TEXT_PADDING));
    const bytes = this.memory.bytes(at, text.length + TEXT_PADDING);
    bytes.set(text);
    bytes.fill(0, text.length);
    return at;
  }

  /** Where the next report line will stand; they last as long as the page, one behind the other if nothing is put in between. */
  lineTop(): number {
    return address(this.#engine.takeScratch(0));
  }

  /** Writes the head of a scene's report line from its values, records of LineWord; returns how many bytes it has. */
  writeLine(scene: number, values: number): number {
    return this.#engine.writeLine(scene, values);
  }

  /** A text, or null, as JSON that is needed again and again: it is kept for as long as the engine. */
  knownJson(value: string | null): Room {
    const known = this.#knownJson.get(value);
    if (known !== undefined) return known;
    const json = Buffer.from(JSON.stringify(value));
    const room = { at: this.memory.allocate(json.length), bytes: json.length };
    this.memory.bytes(room.at, room.bytes).set(json);
    this.#knownJson.set(value, room);
    return room;
  }

  /** Takes memory for records in the room, a multiple of 8 bytes; it lasts as long as the page. */
  takeRecords(bytes: number): number {
    return address(this.#engine.takeRecord(bytes));
  }

  /** Epoch seconds of an RFC 3339 time, NaN when it is none. */
  readTime(at: number, end: number): number {
    return this.#engine.readTime(at, end);
  }

  /** Reads `sync_timestamps.json` into pairs of doubles; false when it is not just plain numbers. See {@link result}. */
  readTimestamps(at: number, end: number): boolean {
    return this.#engine.readTimestamps(at, end);
  }

  /** A number the last call left behind. */
  result(word: Result): number {
    return this.#results[word] ?? 0;
  }

  /** Folds a name of the page, and remembers it. */
  #fold(at: number, length: number): string {
    const name = foldKey(this.memory.text(at, length));
    this.#foldedNames.set(at, name);
    return name;
  }

  #folded(at: number, length: number): string {
    return this.#foldedNames.get(at) ?? foldKey(this.memory.text(at, length));
  }

  #writeClean(at: number, end: number): number {
    const clean = this.#cleanRow(parse(this.memory.text(at, end - at)));
    return clean === undefined ? 0 : this.putText(Buffer.from(clean));
  }
}

/** WebAssembly hands over addresses from 2 GiB on as negative numbers. */
const address = (value: number): number => value >>> 0;

/** Not JSON after all: parsing the whole page will say where. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

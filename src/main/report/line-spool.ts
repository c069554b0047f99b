/**
 * Report lines on their way to the reports: complete texts in a temporary file without a name, page by page as they come,
 * and read again in the order of scene ids once it is known what became of every gap.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { PageLines } from '../../shared/messages.js';
import type { ReportLine } from '../../shared/report-line.js';
import { Growing } from '../collections/growing.js';
import type { LineChange } from './line-changes.js';
import { makeTempDirectory } from '../temp-directory.js';
import { spoolFailure } from './errors.js';

/** Pages whose lines are held while they are read: those of neighbouring scenes mostly lie in one. */
const PAGES_HELD = 32;

const u32 = () => new Growing((length) => new Uint32Array(length));

/** Lines of a run. Every method throws ConfigError when the temporary file cannot be used. */
export class LineSpool {
  #file: number | undefined;
  #bytes = 0;
  /** Where each page's lines begin, and how long they are together. */
  readonly #pageAt = new Growing((length) => new Float64Array(length));
  readonly #pageBytes = u32();
  /** Of each line: its scene, its page, and where in the page. */
  readonly #scene = u32();
  readonly #page = u32();
  readonly #at = u32();
  readonly #length = u32();
  /** Lines of a scene before this one no longer count. */
  readonly #validFrom = new Map<number, number>();

  /** Takes the lines of a page, which lie in shared memory. */
  add(memory: EngineMemory, { at, bytes, sceneIds, lengths }: PageLines): void {
    this.#write(memory.bytes(at, bytes));
    let start = 0;
    for (const [i, sceneId] of sceneIds.entries()) {
      const length = lengths[i] ?? 0;
      this.#note(sceneId, start, length);
      start += length;
    }
  }

  /** Takes a single line. */
  addOne(line: ReportLine): void {
    const text = Buffer.from(`${JSON.stringify(line)}\n`);
    this.#write(text);
    this.#note(line.sceneId, 0, text.length);
  }

  /** Takes back the lines of a scene that is about to be judged again. */
  remove(sceneId: number): void {
    this.#validFrom.set(sceneId, this.#scene.length);
  }

  /**
   * All lines in the order of scene ids, without the line break.
   * @param changed what became of gaps beside what their line says, in the order of scene ids
   */
  *texts(changed: Iterable<LineChange>): Generator<string> {
    const changes = changed[Symbol.iterator]();
    try {
      let next = changes.next();
      for (const line of this.#inOrder()) {
        const sceneId = this.#scene.data[line] ?? 0;
        while (next.done !== true && next.value.sceneId < sceneId) next = changes.next();
        const text = this.#text(line);
        yield next.done !== true && next.value.sceneId === sceneId ? withChange(text, next.value) : text;
      }
    } finally {
      // A query that is left half-read would keep its database open.
      changes.return?.();
    }
  }

  /** Drops everything. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #write(bytes: Uint8Array): void {
    this.#pageAt.push(this.#bytes);
    this.#pageBytes.push(bytes.length);
    try {
      this.#file ??= openNameless();
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#bytes + done);
      }
    } catch (cause: unknown) {
      throw spoolFailure(cause);
    }
    this.#bytes += bytes.length;
  }

  #note(sceneId: number, at: number, length: number): void {
    this.#scene.push(sceneId);
    this.#page.push(this.#pageAt.length - 1);
    this.#at.push(at);
    this.#length.push(length);
  }

  /** Of lines of one scene the last: pages that were held are judged again as a whole. */
  #inOrder(): Uint32Array {
    const sceneOf = (line: number) => this.#scene.data[line] ?? 0;
    const lines = Uint32Array.from(this.#scene.view().keys())
      .filter((line) => line >= (this.#validFrom.get(sceneOf(line)) ?? 0))
      .sort((a, b) => sceneOf(a) - sceneOf(b) || a - b);
    return lines.filter((line, i) => i + 1 === lines.length || sceneOf(line) !== sceneOf(lines[i + 1] ?? 0));
  }

  readonly #pages = new LRUCache<number, Buffer>({ max: PAGES_HELD });

  #text(line: number): string {
    const page = this.#page.data[line] ?? 0;
    const held = this.#pages.get(page) ?? this.#read(page);
    const at = this.#at.data[line] ?? 0;
    return held.toString('utf8', at, at + (this.#length.data[line] ?? 0) - 1);
  }

  #read(page: number): Buffer {
    const bytes = Buffer.allocUnsafe(this.#pageBytes.data[page] ?? 0);
    try {
      if (this.#file !== undefined) readSync(this.#file, bytes, 0, bytes.length, this.#pageAt.data[page] ?? 0);
    } catch (cause: unknown) {
      throw spoolFailure(cause);
    }
    this.#pages.set(page, bytes);
    return bytes;
  }
}

/** A file nobody else can open, gone with its descriptor. */
function openNameless(): number {
  const directory = makeTempDirectory();
  try {
    return openSync(join(directory, 'lines'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function withChange(text: string, { action, missing }: LineChange): string {
  const line = JSON.parse(text) as ReportLine;
  return JSON.stringify({
    ...line,
    action: action ?? line.action,
    missing: missing ?? line.missing,
  } satisfies ReportLine);
}

/** Reads all scenes: light pages first where that pays, then the full rows that are needed. */
import pMap from 'p-map';
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { SinceFilter } from '../scan-types.js';
import type { LocalEngine } from '../local-engine.js';
import type { TaskRunner } from '../worker-pool.js';
import type { ClassifyResult, ScanContext, SettledMatch, TriageResult } from '../../shared/messages.js';
import { STASH_PAGES_IN_FLIGHT } from './connection.js';
import { readPage, type PageRead } from './page-reader.js';
import { FULL_PAGE_ROWS, idsQuery, pageLimit, rangeQuery } from './queries.js';
import { halve, planRanges, type PlannedRange } from './ranges.js';
import type { SceneExtent } from './questions.js';

/** What the merge is told, page by page, in any order. What lies in a page's memory is there only during the call. */
export interface SceneSink {
  classified(result: ClassifyResult): void;
  /** Scenes a light page found in sync. */
  inSync(ids: Uint32Array): void;
  /** A scene that was asked for by its id and does not exist (any more). */
  gone(sceneId: number): void;
  /** A scene the server cannot deliver, with what it said. */
  unreadable(sceneId: number, message: string): void;
  /** Rows received. */
  progress(rows: number): void;
}

/** Collaborators of the reader. */
export interface SceneReaderSetup {
  readonly stash: ServerConnection;
  readonly runner: TaskRunner;
  readonly local: LocalEngine;
  readonly context: ScanContext;
  readonly since: SinceFilter | undefined;
  readonly sink: SceneSink;
}

/** More than this many scenes the server cannot deliver is an ill server, not a few bad rows. */
const MAX_UNREADABLE = 500;

/** Reads scenes by range or by id and feeds the sink. */
export class SceneReader {
  readonly #setup: SceneReaderSetup;
  readonly #pagesInFlight: number;
  #unreadable = 0;

  constructor(setup: SceneReaderSetup) {
    this.#setup = setup;
    // Every connection stays busy while each worker has one page to work on and one waiting; memory is bounded by that.
    this.#pagesInFlight = STASH_PAGES_IN_FLIGHT + setup.runner.threads * 2;
  }

  /** Reads the whole library. @throws ServerError */
  async readAll(extent: SceneExtent): Promise<void> {
    const { context } = this.#setup;
    const fullOnly = context.lines === 'all';
    const ranges = planRanges({ extent, syncTimestamps: context.syncTimestamps, fullOnly });
    const needed: number[] = [];
    await pMap(ranges, (range) => this.#readRange(range, needed), { concurrency: this.#pagesInFlight });
    await this.readIds(needed, []);
  }

  /** Reads the full rows of some scenes. @throws ServerError */
  async readIds(ids: readonly number[], settled: readonly SettledMatch[]): Promise<void> {
    const pages: (readonly number[])[] = [];
    for (let start = 0; start < ids.length; start += FULL_PAGE_ROWS)
      pages.push(ids.slice(start, start + FULL_PAGE_ROWS));
    await pMap(pages, (page) => this.#readIdsPage(page, settled), { concurrency: this.#pagesInFlight });
  }

  async #readRange(range: PlannedRange, needed: number[], bisecting = false): Promise<void> {
    const { from, to, kind } = range;
    const body = rangeQuery(kind, range, this.#setup.since);
    const read =
      kind === 'light' ? await this.#triage(body, needed, bisecting) : await this.#classify(body, [], bisecting);
    if (read.kind !== 'read') {
      if (from === to) this.#report(from, read);
      else for (const half of halve(range)) await this.#readRange(half, needed, true);
      return;
    }
    // Ids cluster: a range planned for one page can hold more rows than a page may have.
    const { rows, lastId } = read.value;
    if (rows >= pageLimit(kind) && lastId < to) await this.#readRange({ ...range, from: lastId + 1 }, needed);
  }

  async #readIdsPage(ids: readonly number[], settled: readonly SettledMatch[], bisecting = false): Promise<void> {
    if (ids.length === 0) return;
    const read = await this.#classify(idsQuery(ids, this.#setup.since), settled, bisecting);
    if (read.kind === 'gone') {
      // Deleted since we heard of it: no longer a scene.
      const rest = ids.filter((id) => id !== read.sceneId);
      if (rest.length < ids.length) {
        this.#setup.sink.gone(read.sceneId);
        return this.#readIdsPage(rest, settled, bisecting);
      }
      throw this.#setup.stash.badAnswer('/graphql', `it says scene ${read.sceneId} is gone, which was not asked for`);
    }
    if (read.kind === 'read') return;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      this.#report(only, read);
      return;
    }
    const middle = Math.floor(ids.length / 2);
    await this.#readIdsPage(ids.slice(0, middle), settled, true);
    await this.#readIdsPage(ids.slice(middle), settled, true);
  }

  async #triage(body: string, needed: number[], bisecting: boolean): Promise<PageRead<TriageResult>> {
    const { stash, runner, local, context, sink } = this.#setup;
    const take = (found: TriageResult) => {
      needed.push(...local.memory.words(found.neededAt, found.needed));
      sink.inSync(local.memory.words(found.inSyncAt, found.inSync));
      sink.progress(found.inSync);
      return found;
    };
    const run = (page: Uint8Array) => runner.run({ kind: 'triage', context }, page, take);
    return readPage(stash, body, { pages: local.pages, run }, bisecting);
  }

  async #classify(
    body: string,
    settled: readonly SettledMatch[],
    bisecting: boolean,
  ): Promise<PageRead<ClassifyResult>> {
    const { stash, runner, local, context, sink } = this.#setup;
    const take = (found: ClassifyResult) => {
      sink.classified(found);
      sink.progress(found.rows);
      return found;
    };
    const run = (page: Uint8Array, asOf: number) =>
      runner.run({ kind: 'classify', context, asOf, settled }, page, take);
    return readPage(stash, body, { pages: local.pages, run }, bisecting);
  }

  #report(sceneId: number, read: PageRead<never> & { kind: 'bad_scene' | 'gone' }): void {
    if (read.kind === 'gone') return;
    this.#unreadable++;
    if (this.#unreadable > MAX_UNREADABLE) throw this.#tooManyUnreadable(read.message);
    this.#setup.sink.unreadable(sceneId, read.message);
  }

  #tooManyUnreadable(message: string): ServerError {
    return new ServerError(
      `Stash at ${this.#setup.stash.origin} cannot deliver more than ${MAX_UNREADABLE} scenes; the last error was "${message}"`,
      { code: 'stash_bad_answer', hint: "Look at Stash's log; its database may need attention." },
    );
  }
}

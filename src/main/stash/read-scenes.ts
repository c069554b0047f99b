/** Reads all scenes: light pages first where that pays, then the full rows that are needed. */
import pMap from 'p-map';
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { SinceFilter } from '../scan-types.js';
import type { IdTable } from '../engine/id-table.js';
import type { LocalEngine } from '../engine/local-engine.js';
import type { TaskRunner } from '../engine/worker-pool.js';
import type { ItemFilter } from '../plex-index/item-filter.js';
import type {
  JudgeResult,
  PageOutcome,
  ScanBasis,
  ScanContext,
  SettledMatch,
  TriageResult,
} from '../../shared/messages.js';
import { STASH_PAGES_IN_FLIGHT } from './connection.js';
import { readPage, type PageRead } from './page-reader.js';
import { FULL_PAGE_ROWS, idsQuery, pageLimit, rangeQuery } from './queries.js';
import { halve, planRanges, type PlannedRange } from './ranges.js';
import type { SceneExtent } from './questions.js';

/** What the merge is told, page by page, in any order. What lies in a page's memory is there only during the call. */
export interface SceneSink {
  judged(result: JudgeResult): void;
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
  readonly basis: ScanBasis;
  readonly syncTimestamps: IdTable;
  readonly since: SinceFilter | undefined;
  readonly sink: SceneSink;
}

/** A full page that was read before Plex was: in memory of its own, to be classified later. */
export interface HeldPage {
  readonly bytes: Uint8Array;
  /** Epoch seconds at which it was asked for. */
  readonly asOf: number;
}

/** What is done with a full page. */
type PageUse = (page: Uint8Array, asOf: number) => Promise<PageOutcome<{ readonly rows: number }>>;

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
  async readAll(extent: SceneExtent, context: ScanContext): Promise<void> {
    const needed: number[] = [];
    const ranges = this.#plan(extent);
    await pMap(ranges, (range) => this.#readRange(range, needed, context), { concurrency: this.#pagesInFlight });
    await this.readIds(needed, context);
  }

  /** Reads the full rows of some scenes. @throws ServerError */
  async readIds(ids: readonly number[], context: ScanContext, settled: readonly SettledMatch[] = []): Promise<void> {
    await this.#readIdPages(ids, (page, asOf) => this.#classify(page, asOf, context, settled));
  }

  /** Reads a library of light pages, see {@link isLightPlan}: which scenes need their full row? @throws ServerError */
  async readLight(extent: SceneExtent): Promise<number[]> {
    const needed: number[] = [];
    await pMap(this.#plan(extent), (range) => this.#readRange(range, needed, undefined), {
      concurrency: this.#pagesInFlight,
    });
    return needed;
  }

  /** Reads the full rows of some scenes to classify them later, and adds their file names to the filter. @throws ServerError */
  async hold(ids: readonly number[], filter: ItemFilter): Promise<HeldPage[]> {
    const held: HeldPage[] = [];
    const { runner } = this.#setup;
    await this.#readIdPages(ids, (page, asOf) =>
      runner.run({ kind: 'names', filterAt: filter.at }, page, (found) => {
        held.push({ bytes: page.slice(), asOf });
        return found;
      }),
    );
    return held;
  }

  /** Classifies pages that were held. */
  async classifyHeld(
    pages: readonly HeldPage[],
    context: ScanContext,
    settled: readonly SettledMatch[] = [],
  ): Promise<void> {
    const classify = async ({ bytes, asOf }: HeldPage) => {
      const outcome = await this.#classify(bytes, asOf, context, settled);
      if (!outcome.ok) throw new Error('Internal error: a page that could be read no longer can');
    };
    await pMap(pages, classify, { concurrency: this.#pagesInFlight });
  }

  #plan(extent: SceneExtent): PlannedRange[] {
    const { syncTimestamps, basis } = this.#setup;
    return planRanges({ extent, syncTimestamps, fullOnly: basis.lines === 'all' });
  }

  /** Without a context, ranges may only be light. */
  async #readRange(
    range: PlannedRange,
    needed: number[],
    context: ScanContext | undefined,
    bisecting = false,
  ): Promise<void> {
    const { from, to, kind } = range;
    const read = await this.#readRangePage(range, needed, context, bisecting);
    if (read.kind !== 'read') {
      if (from === to) this.#report(from, read);
      else for (const half of halve(range)) await this.#readRange(half, needed, context, true);
      return;
    }
    // Ids cluster: a range planned for one page can hold more rows than a page may have.
    const { rows, lastId } = read.value;
    if (rows >= pageLimit(kind) && lastId < to) await this.#readRange({ ...range, from: lastId + 1 }, needed, context);
  }

  #readRangePage(
    range: PlannedRange,
    needed: number[],
    context: ScanContext | undefined,
    bisecting: boolean,
  ): Promise<PageRead<TriageResult | JudgeResult>> {
    const { stash, local, since } = this.#setup;
    const run = (page: Uint8Array, asOf: number): Promise<PageOutcome<TriageResult | JudgeResult>> =>
      context === undefined || range.kind === 'light'
        ? this.#triage(page, needed)
        : this.#classify(page, asOf, context, []);
    return readPage(stash, rangeQuery(range.kind, range, since), { pages: local.pages, run }, bisecting);
  }

  async #readIdPages(ids: readonly number[], use: PageUse): Promise<void> {
    const pages: (readonly number[])[] = [];
    for (let start = 0; start < ids.length; start += FULL_PAGE_ROWS)
      pages.push(ids.slice(start, start + FULL_PAGE_ROWS));
    await pMap(pages, (page) => this.#readIdsPage(page, use), { concurrency: this.#pagesInFlight });
  }

  async #readIdsPage(ids: readonly number[], use: PageUse, bisecting = false): Promise<void> {
    if (ids.length === 0) return;
    const { stash, local, since, sink } = this.#setup;
    const read = await readPage(stash, idsQuery(ids, since), { pages: local.pages, run: use }, bisecting);
    if (read.kind === 'gone') {
      // Deleted since we heard of it: no longer a scene.
      const rest = ids.filter((id) => id !== read.sceneId);
      if (rest.length < ids.length) {
        sink.gone(read.sceneId);
        return this.#readIdsPage(rest, use, bisecting);
      }
      throw stash.badAnswer('/graphql', `it says scene ${read.sceneId} is gone, which was not asked for`);
    }
    if (read.kind === 'read') return;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      this.#report(only, read);
      return;
    }
    const middle = Math.floor(ids.length / 2);
    await this.#readIdsPage(ids.slice(0, middle), use, true);
    await this.#readIdsPage(ids.slice(middle), use, true);
  }

  #triage(page: Uint8Array, needed: number[]): Promise<PageOutcome<TriageResult>> {
    const { runner, local, basis, sink } = this.#setup;
    return runner.run({ kind: 'triage', basis }, page, (found) => {
      needed.push(...local.memory.words(found.neededAt, found.needed));
      sink.inSync(local.memory.words(found.inSyncAt, found.inSync));
      sink.progress(found.inSync);
      return found;
    });
  }

  #classify(
    page: Uint8Array,
    asOf: number,
    context: ScanContext,
    settled: readonly SettledMatch[],
  ): Promise<PageOutcome<JudgeResult>> {
    const { runner, sink } = this.#setup;
    return runner.run({ kind: 'judge', context, asOf, settled }, page, (found) => {
      sink.judged(found);
      // Scenes that are judged again have been counted.
      if (settled.length === 0) sink.progress(found.rows);
      return found;
    });
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

/** Reads all scenes: light pages first where that pays, then the full rows that are needed. */
import pMap from 'p-map';
import type { ServerConnection } from '../http/server-connection.js';
import type { SinceFilter } from '../scan-types.js';
import type { IdTable } from '../engine/id-table.js';
import type { LocalEngine } from '../engine/local-engine.js';
import type { TaskRunner } from '../engine/worker-pool.js';
import type { ItemFilter } from '../plex-index/item-filter.js';
import type {
  JudgeResult,
  PageAnswer,
  ScanBasis,
  ScanContext,
  SettledMatch,
  TriageResult,
} from '../../shared/messages.js';
import { unreachable } from '../../shared/unreachable.js';
import { STASH_PAGES_IN_FLIGHT } from './connection.js';
import { absentIds } from './absent-ids.js';
import type { PageStore } from './page-store.js';
import { readPage, type PageRead, type PageSize } from './page-reader.js';
import { FULL_PAGE_ROWS, idsQuery, pageLimit, rangeQuery } from './queries.js';
import { UnreadableScenes } from './unreadable-scenes.js';
import { halve, planRanges, type PlannedRange } from './ranges.js';
import type { SceneExtent } from './questions.js';

/** What the merge is told, page by page, in any order. What lies in a page's memory is there only during the call. */
export interface SceneSink {
  /** The verdicts whose scenes are to be told of by a line, see JudgeTask. */
  readonly keptVerdicts: number;
  judged(result: JudgeResult): void;
  /** Scenes a light page found in sync, and when any scene of the page was updated last (epoch seconds). */
  inSync(ids: Uint32Array, newestUpdate: number): void;
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

/** A full page that was read before Plex was: in memory of its own, to be judged later. */
export interface HeldPage {
  readonly bytes: Uint8Array;
  /** Epoch seconds at which it was asked for. */
  readonly asOf: number;
}

/** What the judging of pages waits for. */
export interface Judging {
  /** Undefined until Plex has been read. */
  readonly context: ScanContext | undefined;
  /** Takes the pages that come before. */
  readonly store: PageStore;
}

/** What a page of a range came to. */
type RangeRead = Pick<JudgeResult, 'rows' | 'lastId'>;

/** What is done with a full page; `onRows` is told how many rows it has while it is still in memory. */
type PageUse = (
  page: Uint8Array,
  asOf: number,
  onRows: (rows: number) => void,
) => Promise<PageAnswer<{ readonly rows: number }>>;

/** How often an answer may leave out a scene that was asked for, without a word about it. */
const MAX_SILENT = 2;

/** Reads scenes by range or by id and feeds the sink. */
export class SceneReader {
  readonly #setup: SceneReaderSetup;
  readonly #pagesInFlight: number;
  readonly #unreadable: UnreadableScenes;

  constructor(setup: SceneReaderSetup) {
    this.#setup = setup;
    this.#unreadable = new UnreadableScenes(setup.stash, setup.sink);
    // Every connection stays busy while each worker has one page to work on and one waiting; memory is bounded by that.
    this.#pagesInFlight = STASH_PAGES_IN_FLIGHT + setup.runner.threads * 2;
  }

  /** Reads the whole library. @throws ServerError */
  async readAll(extent: SceneExtent, judging: Judging): Promise<void> {
    const needed: number[] = [];
    const ranges = this.#plan(extent);
    await pMap(ranges, (range) => this.#readRange(range, needed, judging), { concurrency: this.#pagesInFlight });
    this.#unreadable.assertSomeWereRead();
    await this.#readIdPages([...new Set(needed)], (page, asOf, onRows) =>
      this.#judgeOrHold(page, asOf, judging, onRows),
    );
  }

  /** Reads the full rows of some scenes. @throws ServerError */
  async readIds(ids: readonly number[], context: ScanContext, settled: readonly SettledMatch[] = []): Promise<void> {
    await this.#readIdPages(ids, (page, asOf, onRows) => this.#judge(page, asOf, context, settled, onRows));
  }

  /** Reads a library of light pages, see {@link isLightPlan}: which scenes need their full row? @throws ServerError */
  async readLight(extent: SceneExtent): Promise<number[]> {
    const needed: number[] = [];
    await pMap(this.#plan(extent), (range) => this.#readRange(range, needed, undefined), {
      concurrency: this.#pagesInFlight,
    });
    this.#unreadable.assertSomeWereRead();
    // A listing may repeat a scene.
    return [...new Set(needed)];
  }

  /** Reads the full rows of some scenes to judge them later, and adds their file names to the filter. @throws ServerError */
  async hold(ids: readonly number[], filter: ItemFilter): Promise<HeldPage[]> {
    const held: HeldPage[] = [];
    const { runner } = this.#setup;
    await this.#readIdPages(ids, (page, asOf, onRows) =>
      runner.run({ kind: 'names', filterAt: filter.at }, page, (found) => {
        onRows(found.rows);
        held.push({ bytes: page.slice(), asOf });
        return found;
      }),
    );
    return held;
  }

  /** How many scenes of pages that were held are not in sync. */
  async countOpen(pages: readonly HeldPage[]): Promise<number> {
    const { runner, basis } = this.#setup;
    let open = 0;
    for (const { bytes } of pages) {
      await runner.run({ kind: 'triage', basis }, bytes, ({ needed }) => {
        open += needed;
      });
    }
    return open;
  }

  /** Judges pages that came before the index stood; they have been counted. */
  async judgeStored(store: PageStore, context: ScanContext): Promise<void> {
    const judge = async ({ bytes, asOf }: HeldPage) => {
      assertReadable(await this.#judgeUncounted(bytes, asOf, context, []));
    };
    await pMap(store.pages(), judge, { concurrency: this.#setup.runner.threads + 1 });
  }

  /** Judges pages that were held. */
  async judgeHeld(
    pages: readonly HeldPage[],
    context: ScanContext,
    settled: readonly SettledMatch[] = [],
  ): Promise<void> {
    const judge = async ({ bytes, asOf }: HeldPage) => {
      assertReadable(await this.#judge(bytes, asOf, context, settled));
    };
    await pMap(pages, judge, { concurrency: this.#pagesInFlight });
  }

  #plan(extent: SceneExtent): PlannedRange[] {
    const { syncTimestamps, basis } = this.#setup;
    return planRanges({ extent, syncTimestamps, fullOnly: basis.lines === 'all' || basis.audit !== undefined });
  }

  /** Without a context, ranges may only be light. */
  async #readRange(
    range: PlannedRange,
    needed: number[],
    judging: Judging | undefined,
    size: PageSize = 'planned',
  ): Promise<void> {
    const { from, to, kind } = range;
    const read = await this.#readRangePage(range, needed, judging, size);
    if (read.kind !== 'read') {
      if (from < to) {
        for (const half of halve(range)) {
          await this.#readRange(half, needed, judging, half.from === half.to ? 'single' : 'part');
        }
      } else if (read.kind === 'failed') this.#unreadable.add(from, kind, read);
      return;
    }
    this.#setup.stash.rows += read.value.rows;
    this.#unreadable.read(kind, read.value.rows);
    // Ids cluster: a range planned for one page can hold more rows than a page may have.
    const { rows, lastId } = read.value;
    if (rows >= pageLimit(kind) && lastId < to) await this.#readRange({ ...range, from: lastId + 1 }, needed, judging);
  }

  #readRangePage(
    range: PlannedRange,
    needed: number[],
    judging: Judging | undefined,
    size: PageSize,
  ): Promise<PageRead<RangeRead>> {
    const { stash, local, since } = this.#setup;
    const run = (page: Uint8Array, asOf: number): Promise<PageAnswer<RangeRead>> =>
      judging === undefined || range.kind === 'light'
        ? this.#triage(page, needed)
        : this.#judgeOrHold(page, asOf, judging);
    return readPage(stash, rangeQuery(range.kind, range, since), { pages: local.pages, run }, size);
  }

  async #readIdPages(ids: readonly number[], use: PageUse): Promise<void> {
    const pages: (readonly number[])[] = [];
    for (let start = 0; start < ids.length; start += FULL_PAGE_ROWS)
      pages.push(ids.slice(start, start + FULL_PAGE_ROWS));
    await pMap(pages, (page) => this.#readIdsPage(page, use), { concurrency: this.#pagesInFlight });
    this.#unreadable.assertSomeWereRead();
  }

  async #readIdsPage(ids: readonly number[], use: PageUse, size: PageSize = 'planned', silences = 0): Promise<void> {
    if (ids.length === 0) return;
    const { stash, local, since } = this.#setup;
    let absent: readonly number[] = [];
    const run = (page: Uint8Array, asOf: number) =>
      use(page, asOf, (rows) => {
        absent = rows < ids.length ? absentIds(page, ids) : [];
      });
    const read = await readPage(stash, idsQuery(ids, since), { pages: local.pages, run }, size);
    switch (read.kind) {
      case 'gone':
        return this.#readIdsPage(this.#without(read.sceneId, ids), use, size, silences);
      case 'failed':
        return this.#bisectIds(ids, use, read);
      case 'read':
        stash.rows += read.value.rows;
        this.#unreadable.read('full', read.value.rows);
        return this.#readAbsent(absent, use, silences + 1);
      default:
        return unreachable(read);
    }
  }

  /** Deleted since we heard of it: no longer a scene. */
  #without(sceneId: number, ids: readonly number[]): number[] {
    const rest = ids.filter((id) => id !== sceneId);
    if (rest.length === ids.length) {
      throw this.#setup.stash.badAnswer('/graphql', `it says scene ${sceneId} is gone, which was not asked for`);
    }
    this.#setup.sink.gone(sceneId);
    return rest;
  }

  async #bisectIds(ids: readonly number[], use: PageUse, failed: PageRead<never> & { kind: 'failed' }): Promise<void> {
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) {
      this.#unreadable.add(only, 'full', failed);
      return;
    }
    const middle = Math.floor(ids.length / 2);
    for (const half of [ids.slice(0, middle), ids.slice(middle)]) {
      await this.#readIdsPage(half, use, half.length === 1 ? 'single' : 'part');
    }
  }

  /** Scenes an answer left out without a word are asked for again: they must not vanish from the counts. */
  async #readAbsent(ids: readonly number[], use: PageUse, silences: number): Promise<void> {
    if (silences < MAX_SILENT) return this.#readIdsPage(ids, use, 'planned', silences);
    for (const id of ids) this.#unreadable.addSilent(id);
  }

  #triage(page: Uint8Array, needed: number[]): Promise<PageAnswer<TriageResult>> {
    const { runner, local, basis, sink } = this.#setup;
    return runner.run({ kind: 'triage', basis }, page, (found) => {
      needed.push(...local.memory.words(found.neededAt, found.needed));
      sink.inSync(local.memory.words(found.inSyncAt, found.inSync), found.newestUpdate);
      sink.progress(found.inSync);
      return found;
    });
  }

  /** Before the index stands, a page is read, so that what is wrong with it is known, and held. */
  #judgeOrHold(
    page: Uint8Array,
    asOf: number,
    { context, store }: Judging,
    onRows: (rows: number) => void = () => undefined,
  ): Promise<PageAnswer<RangeRead>> {
    if (context !== undefined) return this.#judge(page, asOf, context, [], onRows);
    const { runner, sink } = this.#setup;
    return runner.run({ kind: 'names', filterAt: 0 }, page, (found) => {
      onRows(found.rows);
      store.add({ bytes: page, asOf });
      sink.progress(found.rows);
      return found;
    });
  }

  #judge(
    page: Uint8Array,
    asOf: number,
    context: ScanContext,
    settled: readonly SettledMatch[],
    onRows: (rows: number) => void = () => undefined,
  ): Promise<PageAnswer<JudgeResult>> {
    return this.#judgeUncounted(page, asOf, context, settled, (rows) => {
      onRows(rows);
      // Scenes that are judged again have been counted.
      if (settled.length === 0) this.#setup.sink.progress(rows);
    });
  }

  #judgeUncounted(
    page: Uint8Array,
    asOf: number,
    context: ScanContext,
    settled: readonly SettledMatch[],
    onRows: (rows: number) => void = () => undefined,
  ): Promise<PageAnswer<JudgeResult>> {
    const { runner, sink } = this.#setup;
    const { keptVerdicts } = sink;
    return runner.run({ kind: 'judge', context, asOf, keptVerdicts, settled }, page, (found) => {
      onRows(found.rows);
      sink.judged(found);
      return found;
    });
  }
}

/** Of a page that was looked at when it came. */
function assertReadable({ ok }: PageAnswer<unknown>): void {
  if (!ok) throw new Error('Internal error: a page that could be read no longer can');
}

/** Reads all scenes: by those rows first that cost least in the end, then what is needed beyond them. */
import pMap from 'p-map';
import type { ServerConnection } from '../http/server-connection.js';
import type { SinceFilter } from '../scan-types.js';
import type { IdTable } from '../engine/id-table.js';
import type { LocalEngine } from '../engine/local-engine.js';
import type { TaskRunner } from '../engine/worker-pool.js';
import type { ItemFilter } from '../plex-index/item-filter.js';
import type {
  JudgedRows,
  JudgeResult,
  PageAnswer,
  ScanBasis,
  ScanContext,
  SettledMatch,
  TriageResult,
} from '../../shared/messages.js';
import { STASH_PAGES_IN_FLIGHT } from './connection.js';
import type { MetadataOutlook } from './metadata-outlook.js';
import { OpenScenes } from './open-scenes.js';
import type { PageStore } from './page-store.js';
import { readPage, type PageRead, type PageSize } from './page-reader.js';
import { FULL_PAGE_ROWS, pageLimit, rangeQuery, type RowWishes } from './queries.js';
import { UnreadableScenes } from './unreadable-scenes.js';
import { halve, pagesOf, planStretches, type PlannedRange, type Stretch } from './ranges.js';
import { chooseRows, isWholeRangeCheaper } from './row-cost.js';
import type { SceneExtent } from './questions.js';
import { ScenesByIds } from './scenes-by-ids.js';

/** What the merge is told, page by page, in any order. What lies in a page's memory is there only during the call. */
export interface SceneSink {
  /** The verdicts whose scenes are to be told of by a line, see JudgeTask. */
  readonly keptVerdicts: number;
  judged(result: JudgeResult): void;
  /** What a light page has shown. */
  triaged(result: TriageResult): void;
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
  readonly outlook: MetadataOutlook;
  readonly sink: SceneSink;
}

/** Rows that a scene can be judged by first. */
type FirstJudged = Exclude<JudgedRows, { readonly kind: 'metadata' }>;

/** A page that was read before Plex was: in memory of its own, to be judged later. */
export interface HeldPage {
  readonly bytes: Uint8Array;
  /** Epoch seconds at which it was asked for. */
  readonly asOf: number;
  readonly rows: FirstJudged;
}

/** What the judging of pages waits for. */
export interface Judging {
  /** Undefined until Plex has been read. */
  readonly context: ScanContext | undefined;
  /** Takes the pages that come before. */
  readonly store: PageStore;
}

/** The scenes whose full row is needed. */
export interface NeededRows {
  readonly ids: Set<number>;
  /** Where nearly all are: in full, these cost less than some of them by ids. */
  readonly ranges: Stretch[];
}

/** What a page of a range came to. */
type RangeRead = Pick<JudgeResult, 'rows' | 'lastId'>;

/** How the scenes of a page are judged. */
interface JudgeUse {
  readonly rows: JudgedRows;
  readonly asOf: number;
  readonly settled?: readonly SettledMatch[];
  /** They have been counted before. Default false. */
  readonly isCounted?: boolean;
  readonly onRows?: (rows: number) => void;
}

const FULL: FirstJudged = { kind: 'full' };
const noneNeeded = (): NeededRows => ({ ids: new Set(), ranges: [] });

/** Of fewer scenes full rows keep Stash busy for half a second: not worth two questions about a scene. */
const LEAST_MATCHED = 1000;

/** Reads scenes by range or by id and feeds the sink. */
export class SceneReader {
  readonly #setup: SceneReaderSetup;
  readonly #wishes: RowWishes;
  readonly #pagesInFlight: number;
  readonly #unreadable: UnreadableScenes;
  readonly #byIds: ScenesByIds;
  readonly #open = new OpenScenes();

  constructor(setup: SceneReaderSetup) {
    this.#setup = setup;
    this.#wishes = { since: setup.since, titles: setup.basis.lines === 'all' };
    this.#unreadable = new UnreadableScenes(setup.stash, setup.sink);
    // Every connection stays busy while each worker has one page to work on and one waiting; memory is bounded by that.
    this.#pagesInFlight = STASH_PAGES_IN_FLIGHT + setup.runner.threads * 2;
    const { stash, local, sink } = setup;
    const [wishes, unreadable, pagesInFlight] = [this.#wishes, this.#unreadable, this.#pagesInFlight];
    this.#byIds = new ScenesByIds({ stash, local, sink, wishes, unreadable, pagesInFlight });
  }

  /** Reads the whole library. What is left open by pages that are held is read by {@link judgeStored}. @throws ServerError */
  async readAll(extent: SceneExtent, judging: Judging): Promise<void> {
    const needed = noneNeeded();
    await this.#inParallel(this.#cheapestPages(extent), (range) => this.#readRange(range, needed, judging));
    this.#unreadable.assertSomeWereRead();
    await this.readNeeded(needed, judging);
    if (judging.context !== undefined) await this.#completeAll(judging.context);
  }

  /** Reads the full rows that a light reading found to be needed. @throws ServerError */
  async readNeeded({ ids, ranges }: NeededRows, judging: Judging): Promise<void> {
    const pages = ranges.flatMap((range) => pagesOf(range, 'full'));
    await this.#inParallel(pages, (range) => this.#readRange(range, noneNeeded(), judging));
    await this.#byIds.readPages([...ids], {
      kind: 'full',
      run: (page, asOf, onRows) => this.#judgeOrHold(page, judging, { rows: FULL, asOf, onRows }),
    });
  }

  /** Reads the full rows of scenes that were read before, and judges them again. @throws ServerError */
  async readAgain(ids: readonly number[], context: ScanContext, settled: readonly SettledMatch[] = []): Promise<void> {
    await this.#byIds.readPages(ids, {
      kind: 'full',
      run: (page, asOf, onRows) => this.#judge(page, context, { rows: FULL, asOf, settled, isCounted: true, onRows }),
    });
  }

  /** Reads a library of light pages, see {@link isLightPlan}: which scenes need their full row? @throws ServerError */
  async readLight(extent: SceneExtent): Promise<NeededRows> {
    const needed = noneNeeded();
    const pages = this.#stretches(extent).flatMap((stretch) => pagesOf(stretch, 'light'));
    await this.#inParallel(pages, (range) => this.#readRange(range, needed, undefined));
    this.#unreadable.assertSomeWereRead();
    return needed;
  }

  /** Reads the full rows of some scenes to judge them later, and adds their file names to the filter. @throws ServerError */
  async hold(ids: readonly number[], filter: ItemFilter): Promise<HeldPage[]> {
    const held: HeldPage[] = [];
    const { runner } = this.#setup;
    await this.#byIds.readPages(ids, {
      kind: 'full',
      run: (page, asOf, onRows) =>
        runner.run({ kind: 'names', filterAt: filter.at }, page, (found) => {
          onRows(found.rows);
          held.push({ bytes: page.slice(), asOf, rows: FULL });
          return found;
        }),
    });
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

  /** Judges pages that came before the index stood, and reads what they leave open. @throws ServerError */
  async judgeStored(store: PageStore, context: ScanContext): Promise<void> {
    await this.#inParallel(store.pages(), async (page) => {
      await this.#judgeHeldPage(page, context, { isCounted: true });
      await this.#completeOpen(context, FULL_PAGE_ROWS);
    });
    await this.#completeAll(context);
  }

  /** Judges pages that were held. */
  async judgeHeld(
    pages: readonly HeldPage[],
    context: ScanContext,
    settled: readonly SettledMatch[] = [],
  ): Promise<void> {
    const isCounted = settled.length > 0;
    await this.#inParallel(pages, (page) => this.#judgeHeldPage(page, context, { settled, isCounted }));
  }

  async #judgeHeldPage(
    { bytes, ...page }: HeldPage,
    context: ScanContext,
    use: Pick<JudgeUse, 'settled' | 'isCounted'>,
  ): Promise<void> {
    assertReadable(await this.#judge(bytes, context, { ...page, ...use }));
  }

  async #inParallel<T>(work: Iterable<T>, each: (one: T) => Promise<void>): Promise<void> {
    await pMap(work, each, { concurrency: this.#pagesInFlight });
  }

  #stretches(extent: SceneExtent) {
    return planStretches({ extent, syncTimestamps: this.#setup.syncTimestamps });
  }

  /** The pages of a whole library; by which rows a stretch is asked for is decided when its turn comes, by what is known then. */
  *#cheapestPages(extent: SceneExtent): Generator<PlannedRange> {
    const { basis, outlook } = this.#setup;
    const mayMatch = extent.count >= LEAST_MATCHED && basis.ignore.tags.length === 0;
    for (const stretch of this.#stretches(extent)) {
      const { synced } = stretch;
      // An audit looks at the metadata of every scene.
      const rows = basis.audit ? 'full' : chooseRows({ synced, needsMetadata: outlook.share }, mayMatch);
      yield* pagesOf(stretch, rows);
    }
  }

  /** Without judging, ranges may only be light. */
  async #readRange(
    range: PlannedRange,
    needed: NeededRows,
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
    if (judging?.context !== undefined) await this.#completeOpen(judging.context, FULL_PAGE_ROWS);
    // Ids cluster: a range planned for one page can hold more rows than a page may have.
    const { rows, lastId } = read.value;
    if (rows >= pageLimit(kind) && lastId < to) await this.#readRange({ ...range, from: lastId + 1 }, needed, judging);
  }

  #readRangePage(
    range: PlannedRange,
    needed: NeededRows,
    judging: Judging | undefined,
    size: PageSize,
  ): Promise<PageRead<RangeRead>> {
    const { stash, local } = this.#setup;
    const { kind } = range;
    const run = (page: Uint8Array, asOf: number): Promise<PageAnswer<RangeRead>> =>
      judging === undefined || kind === 'light'
        ? this.#triage(page, range, needed)
        : this.#judgeOrHold(page, judging, { rows: { kind }, asOf });
    return readPage(stash, rangeQuery(kind, range, this.#wishes), { pages: local.pages, run }, size);
  }

  /** Asks for the metadata of scenes that were left open, as long as there are `least` of them. */
  async #completeOpen(context: ScanContext, least: number): Promise<void> {
    for (;;) {
      const open = this.#open.take(FULL_PAGE_ROWS, least);
      if (open === undefined) return;
      const rows: JudgedRows = { kind: 'metadata', match: open.rows };
      await this.#byIds.readPage(open.ids, {
        kind: 'metadata',
        run: (page, _, onRows) => this.#judge(page, context, { rows, asOf: open.asOf, isCounted: true, onRows }),
      });
    }
  }

  /** Leaves no scene open. */
  async #completeAll(context: ScanContext): Promise<void> {
    await this.#completeOpen(context, 1);
    await this.readAgain(this.#open.changed.splice(0), context);
  }

  #triage(page: Uint8Array, { from, to, width }: Stretch, needed: NeededRows): Promise<PageAnswer<TriageResult>> {
    const { runner, local, basis, sink } = this.#setup;
    return runner.run({ kind: 'triage', basis }, page, (found) => {
      sink.triaged(found);
      if (isWholeRangeCheaper(found.needed, found.rows)) {
        const isCut = found.rows >= pageLimit('light') && found.lastId < to;
        needed.ranges.push({ from, to: isCut ? found.lastId : to, width });
        return found;
      }
      for (const id of local.memory.words(found.neededAt, found.needed)) needed.ids.add(id);
      sink.progress(found.inSync);
      return found;
    });
  }

  /** Before the index stands, a page is read, so that what is wrong with it is known, and held. */
  #judgeOrHold(
    page: Uint8Array,
    { context, store }: Judging,
    use: JudgeUse & { readonly rows: FirstJudged },
  ): Promise<PageAnswer<RangeRead>> {
    if (context !== undefined) return this.#judge(page, context, use);
    const { runner, sink } = this.#setup;
    return runner.run({ kind: 'names', filterAt: 0 }, page, (found) => {
      use.onRows?.(found.rows);
      store.add({ bytes: page, asOf: use.asOf, rows: use.rows });
      sink.progress(found.rows);
      return found;
    });
  }

  #judge(
    page: Uint8Array,
    context: ScanContext,
    { rows, asOf, settled = [], isCounted = false, onRows }: JudgeUse,
  ): Promise<PageAnswer<JudgeResult>> {
    const { runner, sink, outlook } = this.#setup;
    const { keptVerdicts } = sink;
    return runner.run({ kind: 'judge', rows, context, asOf, keptVerdicts, settled }, page, (found) => {
      onRows?.(found.rows);
      sink.judged(found);
      this.#open.add(found.open, asOf);
      if (rows.kind === 'match') outlook.note(found.rows, found.open.length);
      if (!isCounted) sink.progress(found.rows);
      return found;
    });
  }
}

/** Of a page that was looked at when it came. */
function assertReadable({ ok }: PageAnswer<unknown>): void {
  if (!ok) throw new Error('Internal error: a page that could be read no longer can');
}

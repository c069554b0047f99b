/** The second step: both libraries are read, and every scene gets its verdict. Nothing is settled or written yet. */
import { randomUUID } from 'node:crypto';
import { openIndex, type PlexIndex } from '../../shared/index/reader.js';
import type { LibraryLocation, ScanBasis, ScanContext } from '../../shared/messages.js';
import { foldMappings, foldedComponents } from '../../shared/path.js';
import { foldKey } from '../../shared/text-key.js';
import { DEFAULT_GAPS } from '../../shared/verdicts.js';
import { writeBasis, writeIndex } from '../engine/context.js';
import { Merge } from '../merge/merge.js';
import { IndexBuilder } from '../plex-index/builder.js';
import { checkSections, emptySectionWarnings } from '../plausibility/check-sections.js';
import { SectionKeeper } from '../plex/keep-sections.js';
import { readPlex, type PlexLibrary } from '../plex/read-plex.js';
import { GapStage } from '../queue/stage.js';
import { LineSpool } from '../report/line-spool.js';
import { lookAhead, type Ahead } from '../stash/look-ahead.js';
import { EarlyReading } from '../stash/early-reading.js';
import { MetadataOutlook, type ExpectedItems } from '../stash/metadata-outlook.js';
import { PageStore } from '../stash/page-store.js';
import { SceneReader } from '../stash/read-scenes.js';
import { KEPT_OF_EACH } from '../state/findings.js';
import { askSizes, linesOf, totalOf, type Connected, type SectionSizes } from './connect.js';

/** Every scene with its verdict. */
export interface Judged {
  readonly library: PlexLibrary;
  readonly index: PlexIndex;
  readonly context: ScanContext;
  readonly merge: Merge;
  readonly stage: GapStage;
  readonly spool: LineSpool;
  readonly reader: SceneReader;
  readonly ahead: Ahead | undefined;
}

/** Reads both libraries; workers judge the scenes, the merge counts and stages. @throws GapscanError */
export async function judgeLibrary(connected: Connected): Promise<Judged> {
  const { run, options, local, inputs, stash, runner, extent } = connected;
  const ids = options.ids && [...new Set(options.ids)];
  const basis = describeScan(connected);
  const onProgress = (done: number) => {
    run.emit({ type: 'progress', phase: 'stash', done, total: ids?.length ?? extent.count });
  };
  const stage = run.own(new GapStage());
  const spool = run.own(new LineSpool());
  const { lines } = basis;
  const merge = new Merge({
    memory: local.memory,
    stage,
    spool,
    links: basis.links,
    lines,
    keptOfEach: options.dryRun === true ? 0 : KEPT_OF_EACH,
    startedAt: run.now,
    onProgress,
  });
  const { syncTimestamps } = inputs;
  const { since } = options;
  const outlook = new MetadataOutlook(extent.count);
  const reader = new SceneReader({ stash, runner, local, basis, syncTimestamps, since, outlook, sink: merge });
  const ahead = await readAhead(connected, reader, ids);
  const early = ahead?.held ? undefined : readBeside(connected, reader, ahead);
  const reading = readNeededItems(connected, basis, reader, { ahead, early, outlook });
  const library = await (early ? Promise.race([reading, early.failure]) : reading);
  run.begin('index');
  const { index, context } = buildIndex(connected, basis, library.builder);
  run.begin('stash');
  if (early) await early.finish(context);
  else if (ahead?.held) await reader.judgeHeld(ahead.held.pages, context);
  return { library, index, context, merge, stage, spool, reader, ahead };
}

/** So few are kept whole: only then can a missing scene be held against all names of its directory. */
const FEW_ITEMS = 50_000;

async function readAhead(
  { run, extent, local, isLight, sizes }: Connected,
  reader: SceneReader,
  ids: readonly number[] | undefined,
): Promise<Ahead | undefined> {
  if (!isLight) return undefined;
  run.begin('stash');
  const ahead = await lookAhead({ reader, extent, ids, memory: local.memory, items: sizes && totalOf(sizes) });
  run.begin('plex');
  return ahead;
}

/** What of Stash may be read while Plex is: everything, or what a light reading has left. */
function readBeside(connected: Connected, reader: SceneReader, ahead: Ahead | undefined): EarlyReading {
  const { run, extent, options, paths } = connected;
  // The state directory lies on a disk, which the one for temporary files need not; but a dry run writes nothing to it.
  const store = run.own(new PageStore({ directory: options.dryRun === true ? undefined : paths.stateDir }));
  return new EarlyReading(reader, store, (judging) =>
    ahead ? reader.readNeeded(ahead.needed, judging) : reader.readAll(extent, judging),
  );
}

/** What is known of a scan before Plex is read. */
export function describeScan({
  run,
  options,
  inputs,
  local,
  pictures,
  allSections,
  sections,
  links,
}: Connected): ScanBasis {
  const locations = allSections.flatMap(({ title, key, locations: directories }) =>
    directories.map((directory): LibraryLocation => {
      const isSelected = sections.some((section) => section.key === key);
      return { directory: foldedComponents(directory), section: title, isSelected };
    }),
  );
  const { syncTimestamps } = inputs;
  return writeBasis(
    local.memory,
    { syncTimestamps, pictures },
    {
      id: randomUUID(),
      now: run.now,
      mappings: foldMappings(options.pathMappings ?? []),
      since: options.since,
      gaps: options.gaps ?? DEFAULT_GAPS,
      allowUnsafeNames: options.allowUnsafeNames === true,
      plexDate: options.plexDate ?? 'auto',
      locations,
      ignore: {
        paths: (options.ignore?.paths ?? []).map(foldedComponents),
        tags: (options.ignore?.tags ?? []).map((tag) => foldKey(tag.trim())),
        studios: (options.ignore?.studios ?? []).map((studio) => foldKey(studio.trim())),
      },
      audit: options.audit === true ? { wantsThumb: pictures !== undefined } : undefined,
      lines: linesOf(options),
      links,
    },
  );
}

/** What of Stash is read before or beside Plex. */
interface Beside {
  readonly ahead: Ahead | undefined;
  readonly early: EarlyReading | undefined;
  /** Is told what Plex holds. */
  readonly outlook: MetadataOutlook;
}

/** Reads Plex, unless it is known that no scene has to be looked for there. */
async function readNeededItems(
  connected: Connected,
  basis: ScanBasis,
  reader: SceneReader,
  beside: Beside,
): Promise<PlexLibrary> {
  const { plex, sections, run, options } = connected;
  const { ahead } = beside;
  if (connected.sizes !== undefined) return readItems(connected, connected.sizes, beside);
  if (ahead?.held) {
    // They are looked at as they would be with an index, of which nothing is needed to tell who is in sync.
    buildIndex(connected, basis, new IndexBuilder());
    const open = await reader.countOpen(ahead.held.pages);
    if (open === 0) return unreadLibrary();
  }
  const sizes = await askSizes(plex, sections);
  const items = totalOf(sizes);
  const scenes = options.ids === undefined ? connected.extent.count : new Set(options.ids).size;
  run.emit({ type: 'reading', sections: sections.length, items, scenes });
  return readItems(connected, sizes, beside);
}

/** Nothing was read, since nothing was needed. */
function unreadLibrary(): PlexLibrary {
  return { builder: new IndexBuilder(), sections: [], found: [], items: 0, files: 0, keep: () => undefined };
}

/** Reads all of Plex; of its items only those of the filter, if there is one, are kept. */
async function readItems(
  connected: Connected,
  sizes: SectionSizes,
  { ahead, early, outlook }: Beside,
): Promise<PlexLibrary> {
  const { run, options, local, plex, allSections, sections, runner, last, plausibility } = connected;
  const items = totalOf(sizes);
  const expected = expectedByAgent(connected, sizes);
  const keeper = startKeeping(connected);
  const filter = items > FEW_ITEMS ? ahead?.held?.filter : undefined;
  const builder = new IndexBuilder(filter === undefined ? items : 0);
  const reading = {
    plex,
    runner,
    local,
    builder,
    filter,
    keeper,
    onProgress: (done: number) => {
      run.emit({ type: 'progress', phase: 'plex', done, total: items });
      outlook.see(builder.byAgent, expected);
      early?.watch(done, items);
    },
    onWarning: run.warn,
  };
  const library = await readPlex(
    reading,
    sections.map((section, i) => ({ section, size: sizes[i] })),
  );
  const listed = options.libraries?.length ? undefined : allSections.map(({ key }) => key);
  const toCheck = { found: library.found, listed, last };
  emptySectionWarnings(toCheck).forEach(run.warn);
  plausibility.judge(checkSections(toCheck));
  return library;
}

function expectedByAgent({ sections }: Connected, sizes: SectionSizes): ExpectedItems {
  const sizeOf = (agentIsNone: boolean) => totalOf(sizes.filter((_, i) => sections[i]?.agentIsNone === agentIsNone));
  return { none: sizeOf(true), finding: sizeOf(false) };
}

/** A week: what nobody noticed for so long is worth a look. */
const PLEX_MAX_AGE_SECONDS = 604_800;

/** Undefined where it is not known which server this is: then nothing can be told to be the same. */
function startKeeping({ run, options, paths, servers }: Connected): SectionKeeper | undefined {
  const { fresh, dryRun, plexDate = 'auto', plexMaxAgeSeconds = PLEX_MAX_AGE_SECONDS } = options;
  if (servers === undefined || plexMaxAgeSeconds === 0) return undefined;
  return run.own(
    new SectionKeeper({
      directory: paths.plexSections,
      servers,
      plexDate,
      now: run.now,
      maxAgeSeconds: plexMaxAgeSeconds,
      mayUse: fresh !== true,
      mayKeep: dryRun !== true,
    }),
  );
}

/** Seals the index and tells the engine where it is. */
export function buildIndex(
  { local: { memory } }: Connected,
  basis: ScanBasis,
  builder: IndexBuilder,
): { index: PlexIndex; context: ScanContext } {
  const bytes = builder.finish(memory);
  const opened = openIndex(bytes);
  if (!opened.ok) throw new Error(`Internal error: the index just built cannot be opened: ${opened.reason}`);
  return { index: opened.index, context: writeIndex(memory, basis, bytes, opened.index) };
}

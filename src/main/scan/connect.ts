/** The first step of everything that looks at both servers: who they are, how much they hold, and who works on it. */
import type { PictureSettings } from '../engine/context.js';
import { loadEngine, type LocalEngine } from '../engine/local-engine.js';
import { chooseThreads, startRunner, type TaskRunner } from '../engine/worker-pool.js';
import type { ServerConnection } from '../http/server-connection.js';
import { waitForServer } from '../http/wait-for-server.js';
import { connectPlex } from '../plex/connection.js';
import { askMachineIdentifier } from '../plex/identity.js';
import { askSectionSize } from '../plex/read-plex.js';
import { listSections, selectSections, type PlexSection } from '../plex/sections.js';
import { linksOf } from '../report/links.js';
import type { ScanOptions } from '../scan-types.js';
import { connectStash } from '../stash/connection.js';
import { changesScenes, type StashJob } from '../stash/jobs.js';
import { askExtent, assertStashReady, type SceneExtent } from '../stash/questions.js';
import { isLightPlan } from '../stash/ranges.js';
import type { ReportLinks } from '../../shared/report-line.js';
import type { Plausibility } from '../plausibility/plausibility.js';
import type { DataPaths } from '../state/data-dir.js';
import { lastRunOf, scopeOf, type LastRun } from '../state/last-run.js';
import { readInputs, type ScanInputs } from './memory.js';
import type { ScanRun } from './run.js';

/** What a run is begun with. */
export interface ScanSetup {
  readonly run: ScanRun;
  readonly options: ScanOptions;
  readonly paths: DataPaths;
  readonly plausibility: Plausibility;
  /** It may turn out that nothing of Plex is needed: how much there is is asked when it is. Default false. */
  readonly isPlexDeferred?: boolean;
  /** Every item of Plex is needed, however few scenes have to be judged. Default false. */
  readonly isPlexWhole?: boolean;
}

/** Both servers, and all that is known before either is read. */
export interface Connected extends ScanSetup {
  readonly local: LocalEngine;
  readonly inputs: ScanInputs;
  readonly stash: ServerConnection;
  readonly plex: ServerConnection;
  /** Which Stash and which Plex: scene ids and rating keys mean something for one pair only. Undefined while Plex does not say. */
  readonly servers: string | undefined;
  /** What links in reports begin with. */
  readonly links: ReportLinks;
  /** What is compared between runs: these servers, and the libraries that were named. */
  readonly scope: string;
  /** The last good run of this scope. */
  readonly last: LastRun | undefined;
  /** Every library that holds videos, and those that are read. */
  readonly allSections: readonly PlexSection[];
  readonly sections: readonly PlexSection[];
  /** Items in each of these sections, as Plex counts them; undefined where it may turn out that none is needed. */
  readonly sizes: SectionSizes | undefined;
  readonly extent: SceneExtent;
  /** Few scenes will have to be judged, or it pays to find out first how many. */
  readonly isLight: boolean;
  readonly pictures: PictureSettings | undefined;
  readonly runner: TaskRunner;
}

/** Reads the files and asks both servers how much there is. @throws GapscanError */
export async function connect(setup: ScanSetup): Promise<Connected> {
  const { run, options, paths } = setup;
  const local = await loadEngine();
  const inputs = readInputs(run, paths, local);
  const { stash, plex } = connectServers(setup);
  run.begin('plex');
  const patience = { waitSeconds: options.waitSeconds, signal: run.signal, onEvent: run.emit };
  const jobs = await waitForServer(patience, () => assertStashReady(stash));
  // Run by Stash itself, the scan is the job that is running.
  if (options.stash.cookie === undefined) warnIfBusy(run, jobs);
  const machine = await waitForServer(patience, () => askMachineIdentifier(plex));
  if (machine === undefined && linesOf(options) !== 'none') run.warn(LINKS_UNKNOWN);
  const allSections = await listSections(plex);
  const sections = selectSections(allSections, options.libraries);
  const scope = scopeOfRun(options, machine, sections);
  const [extent, sizes] = await Promise.all([
    askExtent(stash, options.since),
    options.ids === undefined && setup.isPlexDeferred !== true ? askSizes(plex, sections) : undefined,
  ]);
  const pictures = choosePictures(run, extent, options);
  const isLight = setup.isPlexWhole !== true && isLightRun(options, extent, inputs);
  const threads =
    options.threads ??
    chooseThreads({ items: totalOf(sizes ?? []), scenes: options.ids?.length ?? extent.count, isLight });
  run.traffic = { stash, plex, threads };
  return {
    ...setup,
    local,
    inputs,
    stash,
    plex,
    servers: machine === undefined ? undefined : `${options.stash.url} ${machine}`,
    links: linksOf(options.stash.url, options.plex.url, machine),
    scope,
    last: lastRunOf(inputs.lastRuns, scope),
    allSections,
    sections,
    sizes,
    extent,
    isLight,
    pictures,
    runner: run.own(startRunner(threads, local)),
  };
}

const LINKS_UNKNOWN = {
  code: 'links_unknown',
  message: 'Plex does not say which server it is, so items in reports have no links',
};

/** Opens both connections. @throws ConfigError */
function connectServers({ run, options }: ScanSetup): Pick<Connected, 'stash' | 'plex'> {
  const pagesAtOnce = options.gentle === true ? 1 : undefined;
  return {
    stash: run.own(connectStash(options.stash, run.signal, run.emit, pagesAtOnce)),
    plex: run.own(connectPlex(options.plex, run.signal, run.emit, pagesAtOnce)),
  };
}

/** How many items each of some sections has, as Plex counts them; undefined where it does not say. */
export type SectionSizes = readonly (number | undefined)[];

/** Asks for the sizes of sections. @throws ServerError */
export function askSizes(plex: ServerConnection, sections: readonly PlexSection[]): Promise<SectionSizes> {
  return Promise.all(sections.map((section) => askSectionSize(plex, section)));
}

/** All of them together. */
export function totalOf(sizes: SectionSizes): number {
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

function isLightRun(options: ScanOptions, extent: SceneExtent, { syncTimestamps }: ScanInputs): boolean {
  if (options.ids !== undefined) return true;
  return options.audit !== true && isLightPlan({ extent, syncTimestamps });
}

function scopeOfRun(
  { stash, plex, libraries }: ScanOptions,
  machineIdentifier: string | undefined,
  sections: readonly PlexSection[],
): Connected['scope'] {
  return scopeOf({
    stashUrl: stash.url,
    machineIdentifier,
    plexUrl: plex.url,
    sections: libraries?.length ? sections.map(({ key }) => key) : undefined,
  });
}

function warnIfBusy(run: ScanRun, jobs: readonly StashJob[]): void {
  const job = jobs.find(changesScenes);
  if (job === undefined) return;
  const message = `Stash is busy ("${job.description}"): the numbers may be of the moment`;
  run.warn({ code: 'stash_busy', message });
}

/** Which scenes get a report line. */
export function linesOf({ reports, include }: ScanOptions): 'none' | 'gaps' | 'all' {
  return reports?.length ? (include ?? 'gaps') : 'none';
}

/** How jobs name pictures: the worker fetches them from where it reaches Stash. */
function choosePictures(run: ScanRun, extent: SceneExtent, options: ScanOptions): PictureSettings | undefined {
  const wanted = options.pictures ?? 'poster';
  if (wanted === 'none' || extent.count === 0) return undefined;
  const base = options.stashUrlForWorker?.replace(/\/+$/, '') ?? extent.pictureBase;
  if (base !== undefined) return { base, hasBackground: wanted === 'all' };
  run.warn({
    code: 'pictures_unknown',
    message:
      'Stash does not say where its pictures are, so jobs carry none; set stashUrlForWorker, or pictures to none',
  });
  return undefined;
}

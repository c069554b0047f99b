/** Reads every chosen Plex section into one index. Whatever cannot be read whole stops the scan. */
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { ScanWarning, SectionSummary } from '../scan-types.js';
import { KeptSectionLost } from '../state/kept-section.js';
import { unreachable } from '../../shared/unreachable.js';
import type { LocalEngine } from '../engine/local-engine.js';
import type { TaskRunner } from '../engine/worker-pool.js';
import type { ItemFilter } from '../plex-index/item-filter.js';
import type { IndexBuilder } from '../plex-index/builder.js';
import type { SectionKeeper } from './keep-sections.js';
import { readSectionOnce } from './read-section.js';
import { readTotalHeader, sectionPageRequest } from './section-page.js';
import { completeness, type SectionTally } from './section-tally.js';
import { listSections, type PlexSection } from './sections.js';

/** Collaborators of the reader. */
export interface PlexReading {
  readonly plex: ServerConnection;
  readonly runner: TaskRunner;
  readonly local: LocalEngine;
  /** Takes the items. */
  readonly builder: IndexBuilder;
  /** Which items the scenes could be; undefined: any. */
  readonly filter: ItemFilter | undefined;
  /** Undefined where nothing is kept: it is not known which server this is. */
  readonly keeper: SectionKeeper | undefined;
  readonly onProgress: (items: number) => void;
  readonly onWarning: (warning: ScanWarning) => void;
}

/** One section as it was read. */
export interface SectionFound extends SectionSummary {
  /** Rows it lists, each counted once. */
  readonly rows: number;
  /** Items that have a file. */
  readonly withFile: number;
  /** Rows it counts beyond those it lists, however often it is read; 0 mostly. */
  readonly unlisted: number;
}

/** A section to be read. */
export interface SectionToRead {
  readonly section: PlexSection;
  /** Items in it, as Plex counts them; undefined where it does not say. */
  readonly size: number | undefined;
}

/** All sections, read whole. */
export interface PlexLibrary {
  readonly builder: IndexBuilder;
  readonly sections: readonly SectionSummary[];
  /** The same, with what shows whether they are plausible. */
  readonly found: readonly SectionFound[];
  /** All of them, also those the filter left out. */
  readonly items: number;
  readonly files: number;
  /** Keeps for the next run what was read, of which these sections are all there are. */
  readonly keep: (all: readonly PlexSection[]) => void;
}

/** How often a section that changes under the reading is read. */
const READINGS = 3;

/** How many rows a section has, by its own count; undefined when the server does not say. */
export async function askSectionSize(plex: ServerConnection, section: PlexSection): Promise<number | undefined> {
  const { headers, body } = await plex.read(sectionPageRequest(section, 0, 0));
  const match = /"totalSize"\s*:\s*"?(\d+)/.exec(Buffer.from(body).toString('latin1'));
  return match ? Number(match[1]) : readTotalHeader(headers);
}

/** Reads the sections one after the other: two listings at once only make a weak host slower. @throws ServerError */
export async function readPlex(reading: PlexReading, sections: readonly SectionToRead[]): Promise<PlexLibrary> {
  const { builder } = reading;
  const found: SectionFound[] = [];
  for (const { section, size } of sections) {
    const before = builder.items;
    const { key, title, agentIsNone } = section;
    const number = builder.addSection({ key, title, agentIsNone });
    const facts = takeKept(reading, { section, size }, number) ?? (await readSection(reading, section, number));
    found.push({ key, title, items: builder.items - before, ...facts });
  }
  const summaries = found.map(({ key, title, items, kept }) => ({ key, title, items, kept }));
  const keep = (all: readonly PlexSection[]) => reading.keeper?.publish(all);
  return { builder, sections: summaries, found, items: builder.items, files: builder.files, keep };
}

type SectionFacts = Omit<SectionFound, 'key' | 'title' | 'items'>;

/** A section as an earlier run has kept it; undefined where it has to be read. */
function takeKept(
  { keeper, local, builder, onProgress }: PlexReading,
  { section, size }: SectionToRead,
  number: number,
): SectionFacts | undefined {
  const kept = keeper?.recall(section, size);
  if (kept === undefined) return undefined;
  const mark = builder.mark();
  try {
    for (const page of kept.pages(local.memory)) builder.addPage(local.memory, page, number);
  } catch (error: unknown) {
    if (!(error instanceof KeptSectionLost)) throw error;
    builder.rollback(mark);
    return undefined;
  } finally {
    kept.close();
  }
  onProgress(builder.items);
  const { rows, withFile } = kept.facts;
  return { rows, withFile, unlisted: 0, kept: true };
}

async function readSection(reading: PlexReading, listed: PlexSection, number: number): Promise<SectionFacts> {
  const { keeper, filter, builder } = reading;
  // Only what is read whole can be kept; a section that was kept before is worth it.
  const isWhole = filter === undefined || keeper?.hasKept(listed) === true;
  const mark = builder.mark();
  let section = listed;
  let earlier: SectionTally | undefined;
  for (let attempt = 1; attempt <= READINGS; attempt++) {
    builder.rollback(mark);
    const keeping = isWhole ? keeper?.begin(section) : undefined;
    const tally = await readSectionOnce({
      plex: reading.plex,
      runner: reading.runner,
      local: reading.local,
      section,
      filterAt: isWhole ? 0 : filter.at,
      onPage: (page) => {
        keeping?.add(reading.local.memory, page);
        const added = builder.addPage(reading.local.memory, page, number);
        reading.onProgress(builder.items);
        return added;
      },
    });
    const now = await sectionNow(reading.plex, section);
    if (keeping) keeper?.finish(section, now, tally);
    const unlisted = unlistedRows(reading, section, tally, earlier, now);
    if (unlisted !== undefined) return { rows: tally.distinct, withFile: tally.withFile, unlisted, kept: false };
    earlier = tally;
    section = now ?? section;
  }
  throw changing(reading.plex, listed, earlier);
}

async function sectionNow(plex: ServerConnection, { key }: PlexSection): Promise<PlexSection | undefined> {
  return (await listSections(plex)).find((section) => section.key === key);
}

/** How many rows the section counts but does not list, once that is settled; undefined when it has to be read again. */
function unlistedRows(
  { onWarning }: PlexReading,
  section: PlexSection,
  tally: SectionTally,
  earlier: SectionTally | undefined,
  now: PlexSection | undefined,
): number | undefined {
  const found = completeness(tally, earlier, now === undefined || now.contentChangedAt !== section.contentChangedAt);
  switch (found.kind) {
    case 'whole':
      return 0;
    case 'whole_but_miscounted':
      onWarning({
        code: 'plex_count_too_small',
        message: `Plex counts ${found.total} items in "${section.title}" but lists ${tally.distinct}; all that it lists were read`,
      });
      return 0;
    case 'short':
      return found.total - tally.distinct;
    case 'unsettled':
      return undefined;
    default:
      return unreachable(found);
  }
}

function changing(plex: ServerConnection, { title }: PlexSection, tally: SectionTally | undefined): ServerError {
  const totals = [...(tally?.totals ?? [])].join(', then ');
  return new ServerError(
    `Plex at ${plex.urlOf('')} could not be read whole: library "${title}" counted ${totals || 'no'} rows, but listed ${tally?.distinct ?? 0} (read ${READINGS} times)`,
    { code: 'plex_changing', hint: 'A Plex scan may be running; run again when it has finished.' },
  );
}

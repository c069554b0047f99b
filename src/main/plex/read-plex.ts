/** Reads every chosen Plex section into one index. Whatever cannot be read whole stops the scan. */
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import type { ScanWarning, SectionSummary } from '../scan-types.js';
import type { LocalEngine } from '../engine/local-engine.js';
import type { TaskRunner } from '../engine/worker-pool.js';
import type { ItemFilter } from '../plex-index/item-filter.js';
import { IndexBuilder } from '../plex-index/builder.js';
import { readSectionOnce, type SectionTally } from './read-section.js';
import { sectionPageRequest } from './section-page.js';
import { listSections, type PlexSection } from './sections.js';

/** Collaborators of the reader. */
export interface PlexReading {
  readonly plex: ServerConnection;
  readonly runner: TaskRunner;
  readonly local: LocalEngine;
  /** How many items Plex counts. */
  readonly expectedItems: number;
  /** Which items the scenes could be; undefined: any. */
  readonly filter: ItemFilter | undefined;
  readonly onProgress: (items: number) => void;
  readonly onWarning: (warning: ScanWarning) => void;
}

/** All sections, read whole. */
export interface PlexLibrary {
  readonly builder: IndexBuilder;
  readonly sections: readonly SectionSummary[];
  /** All of them, also those the filter left out. */
  readonly items: number;
  readonly files: number;
}

/** How often a section that changes under the reading is read. */
const READINGS = 3;

/** How many rows a section has, by its own count; undefined when the server does not say. */
export async function askSectionSize(plex: ServerConnection, section: PlexSection): Promise<number | undefined> {
  const { body } = await plex.read(sectionPageRequest(section, 0, 0));
  const match = /"totalSize"\s*:\s*"?(\d+)/.exec(Buffer.from(body).toString('latin1'));
  return match ? Number(match[1]) : undefined;
}

/** Reads the sections one after the other: two listings at once only make a weak host slower. @throws ServerError */
export async function readPlex(reading: PlexReading, sections: readonly PlexSection[]): Promise<PlexLibrary> {
  const builder = new IndexBuilder(reading.filter === undefined ? reading.expectedItems : 0);
  const summaries: SectionSummary[] = [];
  for (const section of sections) {
    const before = builder.items;
    await readSection(reading, builder, section);
    summaries.push({ key: section.key, title: section.title, items: builder.items - before });
  }
  return { builder, sections: summaries, items: builder.items, files: builder.files };
}

async function readSection(reading: PlexReading, builder: IndexBuilder, listed: PlexSection): Promise<void> {
  const number = builder.addSection({ key: listed.key, title: listed.title, agentIsNone: listed.agentIsNone });
  const mark = builder.mark();
  let section = listed;
  let earlier: SectionTally | undefined;
  for (let attempt = 1; attempt <= READINGS; attempt++) {
    builder.rollback(mark);
    const tally = await readSectionOnce({
      plex: reading.plex,
      runner: reading.runner,
      pages: reading.local.pages,
      section,
      filterAt: reading.filter?.at ?? 0,
      onPage: (page) => {
        const added = builder.addPage(reading.local.memory, page, number);
        reading.onProgress(builder.items);
        return added;
      },
    });
    const now = await sectionNow(reading.plex, section);
    const complete = now?.contentChangedAt === section.contentChangedAt && isComplete(tally, earlier, reading, section);
    if (complete) return;
    earlier = tally;
    section = now ?? section;
  }
  throw changing(reading.plex, listed, earlier);
}

async function sectionNow(plex: ServerConnection, { key }: PlexSection): Promise<PlexSection | undefined> {
  return (await listSections(plex)).find((section) => section.key === key);
}

/** Whether a reading can be trusted to hold every row; the reading before it may settle a count that is wrong. */
function isComplete(
  tally: SectionTally,
  earlier: SectionTally | undefined,
  { onWarning }: PlexReading,
  { title }: PlexSection,
): boolean {
  const distinct = tally.rows - tally.repeated;
  const [total] = tally.totals;
  if (tally.totals.size > 1) return false;
  if (total === undefined) return tally.repeated === 0;
  if (distinct === total) return true;
  // More rows than counted, twice the same, up to an empty page: the count is wrong, the listing is whole.
  const again = earlier !== undefined && earlier.rows - earlier.repeated === distinct && earlier.rows === tally.rows;
  if (distinct < total || !again) return false;
  onWarning({
    code: 'plex_count_too_small',
    message: `Plex counts ${total} items in "${title}" but lists ${distinct}; all that it lists were read`,
  });
  return true;
}

function changing(plex: ServerConnection, { title }: PlexSection, tally: SectionTally | undefined): ServerError {
  const totals = [...(tally?.totals ?? [])].join(', then ');
  const distinct = (tally?.rows ?? 0) - (tally?.repeated ?? 0);
  return new ServerError(
    `Plex at ${plex.origin} could not be read whole: library "${title}" counted ${totals || 'no'} rows, but listed ${distinct} (read ${READINGS} times)`,
    { code: 'plex_changing', hint: 'A Plex scan may be running; run again when it has finished.' },
  );
}

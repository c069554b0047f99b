/** Which waiting rows can never succeed, by what a scan of everything would say now. Reads both servers, writes nothing. */
import type { ReportLine } from '../../shared/report-line.js';
import type { QueueRow } from '../queue/inspect.js';
import type { ScanOptions } from '../scan-types.js';
import { connect } from './connect.js';
import { judgeLibrary } from './judge-library.js';
import { nameOfPath, ownersOfNames } from './name-owners.js';
import { readOnly } from './read-only.js';
import { settle, type Settled } from './settle.js';

/** Why the worker cannot do what a row asks for: Plex has no such name, or it would hit another item. */
export type NameFault = 'missing' | 'unsafe_name';

/** Judges rows; those with nothing wrong are left out. @throws GapscanError: a failed question is not a "no" */
export async function judgeRows(
  options: ScanOptions,
  rows: readonly QueueRow[],
): Promise<ReadonlyMap<number, NameFault>> {
  const named = rows.filter(({ path }) => path !== null);
  if (named.length === 0) return new Map();
  // Every scene gets a line, of which none is written.
  const reports = [{ path: 'unwritten', format: 'ndjson' }] as const;
  return readOnly({ ...options, audit: false, reports, include: 'all' }, async (setup) => {
    const connected = await connect({ ...setup, isPlexWhole: true });
    return faultsOf(named, await settle(connected, await judgeLibrary(connected)));
  });
}

function faultsOf(rows: readonly QueueRow[], { index, spool }: Settled): Map<number, NameFault> {
  const names = new Map(rows.map(({ id, path }) => [id, nameOfPath(path ?? '')]));
  const owners = ownersOfNames(index, new Set(names.values()));
  const matches = matchesOf(new Set(rows.map(({ sceneId }) => sceneId ?? 0)), spool.texts([]));
  const faults = new Map<number, NameFault>();
  for (const { id, sceneId } of rows) {
    const items = owners.get(names.get(id) ?? '');
    if (items === undefined) faults.set(id, 'missing');
    else if (items.size > 1) faults.set(id, 'unsafe_name');
    else {
      const [item = 0] = items;
      const own = matches.get(sceneId ?? 0) ?? NO_MATCH;
      if (own.isJudged && own.ratingKey !== index.ratingKey(item)) faults.set(id, 'unsafe_name');
    }
  }
  return faults;
}

/** Which item a scene is; nobody has asked that of a scene in sync, or of one that cannot be read. */
interface OwnMatch {
  readonly isJudged: boolean;
  readonly ratingKey: string | undefined;
}

/** Also of a scene that Stash no longer has. */
const NO_MATCH: OwnMatch = { isJudged: true, ratingKey: undefined };

function matchesOf(sceneIds: ReadonlySet<number>, lines: Iterable<string>): Map<number, OwnMatch> {
  const matches = new Map<number, OwnMatch>();
  for (const text of lines) {
    // A library has many more lines than the queue has scenes; the id stands in front.
    const id = /^\{"sceneId":(\d+)/.exec(text)?.[1];
    if (id !== undefined && !sceneIds.has(Number(id))) continue;
    const { sceneId, verdict, item } = JSON.parse(text) as ReportLine;
    const isJudged = verdict !== 'in_sync' && verdict !== 'unreadable';
    matches.set(sceneId, { isJudged, ratingKey: item?.ratingKey });
  }
  return matches;
}

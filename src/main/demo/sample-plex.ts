/** A sample Plex Media Server: its JSON, its paging, its way of leaving things out. */
import { crc32 } from 'node:zlib';
import { plexPace } from './costs.js';
import { startSampleServer, type SampleAnswer, type SampleRequest, type SampleServer } from './sample-server.js';
import type { SampleItem, SampleSection, SampleWorld } from './world.js';

/** How to start one. */
export interface SamplePlexSetup {
  readonly world: SampleWorld;
  /** When set, requests without it are refused. */
  readonly token?: string;
  /** The most rows the server puts on a page, whatever is asked. Default: as asked. */
  readonly maxPageSize?: number;
  /** Answers take what they take a real server. Default: they are sent at once. */
  readonly isCosted?: boolean;
}

/** A running sample Plex. */
export interface SamplePlex extends SampleServer {
  /** Its world, exchangeable while it runs. */
  readonly state: { world: SampleWorld; machineIdentifier: string };
}

/** Rows list at most this many of each; the complete lists are in an item's details. */
const LISTED = { Genre: 2, Role: 3 } as const;

const ROW_TYPES: Readonly<Record<string, string>> = { '1': 'movie', '4': 'episode' };

/** Starts a sample Plex on loopback. */
export async function startSamplePlex(setup: SamplePlexSetup): Promise<SamplePlex> {
  const state = { world: setup.world, machineIdentifier: 'sample' };
  const pace = setup.isCosted === true ? plexPace() : undefined;
  const server = await startSampleServer((request) => answer(request, setup, state), pace);
  return Object.assign(server, { state });
}

function answer(
  request: SampleRequest,
  { token, maxPageSize }: SamplePlexSetup,
  { world, machineIdentifier }: SamplePlex['state'],
): SampleAnswer {
  const url = new URL(request.path, 'http://plex');
  const parameter = (name: string) => url.searchParams.get(name) ?? request.headers[name.toLowerCase()]?.toString();
  if (url.pathname === '/identity') return container({ claimed: true, machineIdentifier, version: '1.41.9.9961' });
  if (token !== undefined && parameter('X-Plex-Token') !== token) return html(401, 'Unauthorized');
  if (!request.headers['accept']?.includes('json')) {
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: '<?xml version="1.0"?><MediaContainer size="0"/>',
    };
  }
  // Plex scans in its own time, and answers before.
  if (/^\/library\/sections\/[^/]+\/refresh$/.test(url.pathname)) return { status: 200, body: '' };
  if (/^\/library\/sections(\/all)?\/?$/.test(url.pathname)) return sectionList(world);
  const key = /^\/library\/sections\/([^/]+)\/all$/.exec(url.pathname)?.[1];
  const section = world.sections.find((each) => each.key === key);
  return section ? listing(section, parameter, maxPageSize) : html(404, 'Not Found');
}

function sectionList({ sections }: SampleWorld): SampleAnswer {
  const directories = sections.map(({ key, type, title, agent, contentChangedAt, locations, items, uuid }) => ({
    key,
    ...(uuid !== undefined && { uuid }),
    type,
    title,
    agent,
    scanner: 'Plex Video Files',
    refreshing: false,
    hidden: 0,
    contentChangedAt: contentChangedAt + contentOf(items),
    Location: (locations ?? [`/media/${title.toLowerCase()}`]).map((path, i) => ({ id: i + 1, path })),
  }));
  return container({ size: directories.length, ...(directories.length > 0 && { Directory: directories }) });
}

const contents = new WeakMap<SampleWorld['sections'][number]['items'], number>();

/** Moves with whatever a library holds, as the counter of Plex does. */
function contentOf(items: SampleWorld['sections'][number]['items']): number {
  const known = contents.get(items) ?? crc32(JSON.stringify(items));
  contents.set(items, known);
  return known;
}

function listing(
  section: SampleSection,
  parameter: (name: string) => string | undefined,
  maxPageSize = Infinity,
): SampleAnswer {
  const type = ROW_TYPES[parameter('type') ?? ''] ?? section.type;
  const withCollections = parameter('includeCollections') !== '0';
  const rows = section.items.filter((item) => {
    const own = item.type ?? (section.type === 'show' ? 'episode' : 'movie');
    return own === type || (own === 'collection' && withCollections);
  });
  const asked = parameter('X-Plex-Container-Size');
  const start = Number(parameter('X-Plex-Container-Start') ?? 0);
  const size = asked === undefined ? rows.length : Math.min(Number(asked), maxPageSize);
  const excluded = new Set((parameter('excludeElements') ?? '').split(','));
  const page = rows.slice(start, start + size).map((item) => row(item, type, excluded));
  const answered = container(
    {
      size: page.length,
      ...(asked !== undefined && { totalSize: rows.length }),
      offset: start,
      librarySectionID: Number(section.key),
      librarySectionTitle: section.title,
      ...(page.length > 0 && { Metadata: page }),
    },
    { 'x-plex-container-start': String(start), 'x-plex-container-total-size': String(rows.length) },
  );
  return { ...answered, rows: page.length };
}

function row(item: SampleItem, type: string, excluded: ReadonlySet<string>): object {
  const tags = (name: keyof typeof LISTED, list: readonly string[] = []) =>
    list.length > 0 && !excluded.has(name) ? { [name]: list.slice(0, LISTED[name]).map((tag) => ({ tag })) } : {};
  const { ratingKey, title, studio, year, originallyAvailableAt } = item;
  return {
    ratingKey,
    key: `/library/metadata/${ratingKey}`,
    guid: item.guid ?? `tv.plex.agents.none://${ratingKey}?lang=xn`,
    type: item.type ?? type,
    title,
    // Unlike other absent fields, Plex often sends this one blank.
    summary: item.summary ?? '',
    ...(studio !== undefined && { studio }),
    ...(year !== undefined && { year }),
    ...(originallyAvailableAt !== undefined && { originallyAvailableAt }),
    ...(item.thumb !== null && { thumb: item.thumb ?? `/library/metadata/${ratingKey}/thumb/1714700000` }),
    addedAt: 1714600000,
    updatedAt: 1714700000,
    ...tags('Genre', item.genres),
    ...tags('Role', item.roles),
    ...(item.media.length > 0 && { Media: item.media.map(media) }),
  };
}

function media({ proxyType, parts }: SampleItem['media'][number], i: number): object {
  return {
    id: i + 1,
    ...(parts[0]?.duration !== undefined && { duration: parts[0].duration }),
    ...(proxyType !== undefined && { proxyType }),
    Part: parts.map((part, n) => ({ id: n + 1, key: `/library/parts/${n + 1}/file.mp4`, container: 'mp4', ...part })),
  };
}

function container(content: object, headers: Readonly<Record<string, string>> = {}): SampleAnswer {
  const body = JSON.stringify({ MediaContainer: content });
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body };
}

function html(status: number, text: string): SampleAnswer {
  const body = `<html><head><title>${text}</title></head><body><h1>${status} ${text}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html' }, body };
}

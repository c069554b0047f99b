/** Every GraphQL document gapscan sends to Stash. All fields exist since Stash 0.25. */
import { Kind } from '../../shared/engine/layout.js';
import { SCENE_FIELDS, type Need, type SceneKind } from '../../shared/fields.js';
import { unreachable } from '../../shared/unreachable.js';
import type { SinceFilter } from '../scan-types.js';

/** Which scenes, by id: both ends included. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}

/**
 * How much of each scene. `light` decides who is in sync; `match` is all that a match and a report line need, `metadata` what
 * beyond that only a job needs; `full` is both.
 */
export type RowKind = 'light' | 'match' | 'metadata' | 'full';

/** What the rows of a whole scan have in common. */
export interface RowWishes {
  readonly since: SinceFilter | undefined;
  /** Light rows have a title: a report is to list the scenes in sync too. */
  readonly titles: boolean;
}

/**
 * Rows planned for a full page. Measured against the sample servers, larger pages gain nothing, and Stash re-orders a page in
 * quadratic time.
 */
export const FULL_PAGE_ROWS = 500;
/** Rows planned for a light page: each is a tenth of a full row; beyond 1000 Stash slows down. */
export const LIGHT_PAGE_ROWS = 1000;

/** Which fields each kind of row has. */
const NEEDS: Readonly<Record<RowKind, readonly Need[]>> = {
  light: ['sync'],
  match: ['sync', 'title', 'match'],
  metadata: ['sync', 'job'],
  full: ['sync', 'title', 'match', 'job'],
};

function fieldsOf(rows: RowKind, { since, titles }: RowWishes): string {
  const needs: readonly Need[] = titles && rows === 'light' ? ['sync', 'title'] : NEEDS[rows];
  return SCENE_FIELDS.filter(
    ({ kind, need }) => needs.includes(need) && (kind !== Kind.Created || since?.field === 'created_at'),
  )
    .map(({ name, kind }) => name + subfieldsOf(kind))
    .join(' ');
}

function subfieldsOf(kind: SceneKind): string {
  switch (kind) {
    case Kind.Named:
    case Kind.Names:
      return '{name}';
    case Kind.Files:
      return '{path size duration}';
    case Kind.Id:
    case Kind.Text:
    case Kind.Date:
    case Kind.Whole:
    case Kind.Updated:
    case Kind.Created:
      return '';
    default:
      return unreachable(kind);
  }
}

/**
 * The most rows a page may have. Ranges are planned by the average density; this leaves room for denser stretches, which
 * would otherwise cost a second request each for the last few rows.
 */
export const pageLimit = (kind: RowKind): number => (kind === 'light' ? LIGHT_PAGE_ROWS : FULL_PAGE_ROWS) * 1.2;

/** JSON body of a page by id range. */
export function rangeQuery(kind: RowKind, { from, to }: IdRange, wishes: RowWishes): string {
  const { since } = wishes;
  const filter = `id:{value:$from,value2:$to,modifier:BETWEEN}${since ? `,${sinceCriterion(since)}` : ''}`;
  const variables = `$from:Int!,$to:Int!,$rows:Int!${since ? ',$since:String!' : ''}`;
  const query =
    `query ScenePage(${variables}){findScenes(filter:{per_page:$rows,sort:"id",direction:ASC},` +
    `scene_filter:{${filter}}){scenes{${fieldsOf(kind, wishes)}}}}`;
  const bound = since && { since: sinceBound(since) };
  return JSON.stringify({
    query,
    variables: { from, to, rows: pageLimit(kind), ...bound },
    operationName: 'ScenePage',
  });
}

/** JSON body of a page of named scenes. Never with an empty list: Stash would take that for "all". */
export function idsQuery(kind: RowKind, ids: readonly number[], wishes: RowWishes): string {
  const query = `query ScenesById($ids:[ID!]!){findScenes(ids:$ids){scenes{${fieldsOf(kind, wishes)}}}}`;
  return JSON.stringify({ query, variables: { ids: ids.map(String) }, operationName: 'ScenesById' });
}

/** How many scenes there are, and some fields of the one with the largest id. */
export function newestSceneQuery(
  since: SinceFilter | undefined,
  fields: string,
): { document: string; variables: { since?: string } } {
  const filter = since ? `,scene_filter:{${sinceCriterion(since)}}` : '';
  const document =
    `query NewestScene${since ? '($since:String!)' : ''}{findScenes(filter:{per_page:1,sort:"id",direction:DESC}${filter})` +
    `{count scenes{${fields}}}}`;
  return { document, variables: since ? { since: sinceBound(since) } : {} };
}

function sinceCriterion({ field }: SinceFilter): string {
  return `${field}:{value:$since,modifier:GREATER_THAN}`;
}

/** Stash compares times as text written with the server's offset of the day; 26 hours cover every offset and its changes. */
const SINCE_MARGIN_SECONDS = 26 * 3600;

/** The naive local form Stash's own client uses. */
function sinceBound({ epochSeconds }: SinceFilter): string {
  return new Date((epochSeconds - SINCE_MARGIN_SECONDS) * 1000).toISOString().slice(0, 16);
}

const JOBS = 'jobQueue{id status description}';

/** Whether Stash can answer anything at all (it may wait for a person to set it up or to migrate its database), and what it does. */
export const STATUS_AND_JOBS_QUERY = `query StatusAndJobs{systemStatus{status} ${JOBS}}`;

/** The same without its job queue. */
export const STATUS_QUERY = `query Status{systemStatus{status}}`;

/** What runs and waits in Stash's job queue. */
export const JOBS_QUERY = `query Jobs{${JOBS}}`;

/** What Stash2Plex stores in Stash, and where Stash keeps its plugins. */
export const SETTINGS_QUERY = `query Settings{configuration{general{pluginsPath} plugins(include:["Stash2Plex"])}}`;

/** Starts the plugin's task that drains the queue. */
export const PROCESS_QUEUE_MUTATION =
  `mutation ProcessQueue{runPluginTask(plugin_id:"Stash2Plex",task_name:"Process Queue",` +
  `args_map:{mode:"process_queue"})}`;

/** What Stash is and does, for a person who looks for what is wrong. */
export const DOCTOR_QUERY = `query Doctor{version{version} systemStatus{status} ${JOBS}}`;

/** The plugins, and what Stash2Plex has stored. */
export const DOCTOR_PLUGIN_QUERY = `query DoctorPlugin{plugins{id version enabled} configuration{plugins(include:["Stash2Plex"])}}`;

/** The oldest scenes' files, to be compared with the oldest items'. */
export const SAMPLE_FILES_QUERY = `query SampleFiles{findScenes(filter:{per_page:200,sort:"id",direction:ASC}){scenes{files{path size}}}}`;

/** Scenes that have a file of this path; Stash takes `_` and `%` in it for wildcards. */
export const SCENES_BY_PATH_QUERY =
  `query ScenesByPath($path:String!){findScenes(filter:{per_page:100,sort:"id",direction:ASC},` +
  `scene_filter:{path:{value:$path,modifier:EQUALS}}){scenes{id files{path}}}}`;

/** When a scene was updated last. */
export const NEWEST_UPDATE_QUERY = `query NewestUpdate{findScenes(filter:{per_page:1,sort:"updated_at",direction:DESC}){scenes{id updated_at}}}`;

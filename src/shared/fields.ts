/**
 * Every field of a scene and of an item that gapscan reads. The lists drive the GraphQL query, the cleaning of odd rows,
 * the engine's records and the keys of a job: a new field is a new line here, and the job writer in engine/job.ts learns
 * its kind where that is new.
 */
import { Kind, Presence } from './engine/layout.js';

/** The kinds a scene's field can have. */
export type SceneKind =
  Kind.Id | Kind.Text | Kind.Named | Kind.Names | Kind.Whole | Kind.Date | Kind.Updated | Kind.Created | Kind.Files;

/** The kinds an item's field can have. */
export type ItemKind =
  | Kind.Key
  | Kind.Type
  | Kind.Title
  | Kind.PresentText
  | Kind.PresentTags
  | Kind.PlexDate
  | Kind.Year
  | Kind.Guid
  | Kind.Media;

/** One member of a row. */
export interface Field<K> {
  /** As the server calls it. */
  readonly name: string;
  readonly kind: K;
  /** What its presence stands for. */
  readonly presence?: Presence;
  /** Its key in a job; jobs have their keys in this order. */
  readonly job?: string;
}

/**
 * What a scene's field is needed for first. `sync`: to tell whether it is in sync. `title`: for the report line of a scene that
 * is. `match`: to tell which item it is, and for any other report line. `job`: only for a job, and to tell whether there is
 * anything to push.
 */
export type Need = 'sync' | 'title' | 'match' | 'job';

/** A field of a scene. */
export interface SceneField extends Field<SceneKind> {
  readonly need: Need;
}

/** Fields of a scene, in the order they are asked for. All exist since Stash 0.25. */
export const SCENE_FIELDS = [
  { name: 'id', kind: Kind.Id, need: 'sync' },
  { name: 'title', kind: Kind.Text, need: 'title', job: 'title' },
  { name: 'details', kind: Kind.Text, need: 'job', presence: Presence.Details, job: 'details' },
  { name: 'date', kind: Kind.Date, need: 'match', presence: Presence.Date, job: 'date' },
  { name: 'rating100', kind: Kind.Whole, need: 'job', job: 'rating100' },
  { name: 'updated_at', kind: Kind.Updated, need: 'sync' },
  { name: 'created_at', kind: Kind.Created, need: 'sync' },
  { name: 'studio', kind: Kind.Named, need: 'match', presence: Presence.Studio, job: 'studio' },
  { name: 'performers', kind: Kind.Names, need: 'job', presence: Presence.Performers, job: 'performers' },
  { name: 'tags', kind: Kind.Names, need: 'job', presence: Presence.Tags, job: 'tags' },
  { name: 'files', kind: Kind.Files, need: 'match' },
] as const satisfies readonly SceneField[];

/** Fields of an item; Plex cannot be asked for fields, but sends these. */
export const ITEM_FIELDS = [
  { name: 'ratingKey', kind: Kind.Key },
  { name: 'guid', kind: Kind.Guid, presence: Presence.Unidentified },
  { name: 'type', kind: Kind.Type },
  { name: 'title', kind: Kind.Title },
  { name: 'studio', kind: Kind.PresentText, presence: Presence.Studio },
  { name: 'summary', kind: Kind.PresentText, presence: Presence.Details },
  { name: 'year', kind: Kind.Year, presence: Presence.Date },
  { name: 'thumb', kind: Kind.PresentText, presence: Presence.Thumb },
  { name: 'originallyAvailableAt', kind: Kind.PlexDate, presence: Presence.Date },
  { name: 'Genre', kind: Kind.PresentTags, presence: Presence.Tags },
  { name: 'Role', kind: Kind.PresentTags, presence: Presence.Performers },
  { name: 'Media', kind: Kind.Media },
] as const satisfies readonly Field<ItemKind>[];

/** The name of a scene's field. */
export type SceneFieldName = (typeof SCENE_FIELDS)[number]['name'];

/** Where a field stands in its list, and so its slot in the engine's record. */
export const sceneSlot = (name: SceneFieldName): number => SCENE_FIELDS.findIndex((field) => field.name === name);

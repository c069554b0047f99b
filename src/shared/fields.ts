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

/** Fields of a scene, in the order they are asked for. All exist since Stash 0.25. */
export const SCENE_FIELDS = [
  { name: 'id', kind: Kind.Id },
  { name: 'title', kind: Kind.Text, job: 'title' },
  { name: 'details', kind: Kind.Text, presence: Presence.Details, job: 'details' },
  { name: 'date', kind: Kind.Date, presence: Presence.Date, job: 'date' },
  { name: 'rating100', kind: Kind.Whole, job: 'rating100' },
  { name: 'updated_at', kind: Kind.Updated },
  { name: 'created_at', kind: Kind.Created },
  { name: 'studio', kind: Kind.Named, presence: Presence.Studio, job: 'studio' },
  { name: 'performers', kind: Kind.Names, presence: Presence.Performers, job: 'performers' },
  { name: 'tags', kind: Kind.Names, presence: Presence.Tags, job: 'tags' },
  { name: 'files', kind: Kind.Files },
] as const satisfies readonly Field<SceneKind>[];

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

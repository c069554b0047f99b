/**
 * Looks at Stash before Plex is read. Where only few scenes have to be judged, as in a nightly run, they are read first:
 * then the index need hold only items those scenes could be, which is a small part of the work and of the memory.
 */
import type { EngineMemory } from '../../shared/engine/memory.js';
import { ItemFilter } from '../plex-index/item-filter.js';
import type { SceneExtent } from './questions.js';
import type { HeldPage, SceneReader } from './read-scenes.js';

/** What is known of the scenes before Plex is read. */
export interface Ahead {
  /** The scenes whose full row is needed. */
  readonly needed: readonly number[];
  /** Their pages, and which items they could be; undefined where they are too many. */
  readonly held: { readonly pages: readonly HeldPage[]; readonly filter: ItemFilter } | undefined;
}

/** More scenes than this are too many to be held, and to be told apart by the filter's bits. */
const MOST_HELD = 25_000;

/** Where to look. */
export interface LookAhead {
  readonly reader: SceneReader;
  readonly extent: SceneExtent;
  /** Only these scenes are to be judged. */
  readonly ids: readonly number[] | undefined;
  readonly memory: EngineMemory;
}

/** Looks ahead at the scenes of a library that is mostly in sync, or at those named. @throws ServerError */
export async function lookAhead({ reader, extent, ids, memory }: LookAhead): Promise<Ahead> {
  const needed = ids ?? (await reader.readLight(extent));
  if (needed.length > MOST_HELD) return { needed, held: undefined };
  const filter = new ItemFilter(memory);
  return { needed, held: { pages: await reader.hold(needed, filter), filter } };
}

/**
 * Looks at Stash before Plex is read. Where only few scenes have to be judged, as in a nightly run, they are read first:
 * then the index need hold only items those scenes could be, which is a small part of the work and of the memory.
 */
import type { EngineMemory } from '../../shared/engine/memory.js';
import { PLEX_ITEMS_PER_SECOND } from '../plex/connection.js';
import { ItemFilter } from '../plex-index/item-filter.js';
import type { SceneExtent } from './questions.js';
import type { HeldPage, NeededRows, SceneReader } from './read-scenes.js';
import { secondsByIds } from './row-cost.js';

/** What is known of the scenes before Plex is read. */
export interface Ahead {
  /** The scenes whose full row is needed. */
  readonly needed: NeededRows;
  /** Their pages, and which items they could be; undefined where they are too many: they are read while Plex is. */
  readonly held: { readonly pages: readonly HeldPage[]; readonly filter: ItemFilter } | undefined;
}

/** More scenes than this are too many to be held, and to be told apart by the filter's bits. */
const MOST_HELD = 25_000;
/** While they are read first, Plex has to wait: a second, or this share of the time it will take itself. */
const LEAST_WAIT_SECONDS = 1;
const MOST_OF_PLEX = 0.05;

/** Where to look. */
export interface LookAhead {
  readonly reader: SceneReader;
  readonly extent: SceneExtent;
  /** Only these scenes are to be judged. */
  readonly ids: readonly number[] | undefined;
  readonly memory: EngineMemory;
  /** Items in Plex; undefined where that has not been asked, since none may be needed. */
  readonly items: number | undefined;
}

/** Looks ahead at the scenes of a library that is mostly in sync, or at those named. @throws ServerError */
export async function lookAhead({ reader, extent, ids, memory, items }: LookAhead): Promise<Ahead> {
  const needed = ids ? { ids: new Set(ids), ranges: [] } : await reader.readLight(extent);
  if (!isWorthHolding(needed, items)) return { needed, held: undefined };
  const filter = new ItemFilter(memory);
  return { needed, held: { pages: await reader.hold([...needed.ids], filter), filter } };
}

/** Told by numbers alone, not by how fast anybody was: what is known of a missing scene must not depend on that. */
function isWorthHolding({ ids, ranges }: NeededRows, items: number | undefined): boolean {
  if (ranges.length > 0 || ids.size > MOST_HELD) return false;
  if (items === undefined) return true;
  const patience = Math.max(LEAST_WAIT_SECONDS, (items / PLEX_ITEMS_PER_SECOND) * MOST_OF_PLEX);
  return secondsByIds(ids.size) <= patience;
}

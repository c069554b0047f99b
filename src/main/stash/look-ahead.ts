/**
 * Looks at Stash before Plex is read. Where only few scenes have to be judged, as in a nightly run, they are read first:
 * then the index need hold only items those scenes could be, which is a small part of the work and of the memory.
 */
import type { EngineMemory } from '../../shared/engine/memory.js';
import { ItemFilter } from '../plex-index/item-filter.js';
import type { KnownMatches } from '../state/known-matches.js';
import type { SceneExtent } from './questions.js';
import type { HeldPage, SceneReader } from './read-scenes.js';

/** What is known of the scenes before Plex is read. */
export interface Ahead {
  /** The scenes whose full row is needed. */
  readonly needed: readonly number[];
  /** Set when they are few: their pages, and which items they could be. */
  readonly few: { readonly pages: readonly HeldPage[]; readonly filter: ItemFilter } | undefined;
}

/** More scenes than this are too many to be held, and to be told apart by the filter's bits. */
const MAX_FEW = 25_000;

/** Where to look. */
export interface LookAhead {
  readonly reader: SceneReader;
  readonly extent: SceneExtent;
  /** Only these scenes are to be judged. */
  readonly ids: readonly number[] | undefined;
  readonly knownMatches: KnownMatches | undefined;
  readonly memory: EngineMemory;
  /** Called before anything is read. */
  readonly onLook: () => void;
}

/** Looks ahead at the scenes of a light library, or at those named. @throws ServerError */
export async function lookAhead(looking: LookAhead): Promise<Ahead> {
  const { reader, extent, ids, knownMatches, memory, onLook } = looking;
  onLook();
  const needed = ids ?? (await reader.readLight(extent));
  if (needed.length > MAX_FEW) return { needed, few: undefined };
  const filter = new ItemFilter(memory);
  addKnownItems(filter, needed, knownMatches);
  return { needed, few: { pages: await reader.hold(needed, filter), filter } };
}

/** Items of earlier runs are asked for by their rating key, whatever their files are called now. */
function addKnownItems(filter: ItemFilter, needed: readonly number[], known: KnownMatches | undefined): void {
  if (known === undefined) return;
  const scenes = new Set(needed);
  for (let i = 0; i < known.scenes.length; i++) {
    if (scenes.has(known.scenes[i] ?? 0)) filter.addKey(String(known.ratingKeys[i]));
  }
}

/**
 * Which Plex items the scenes of a scan could be: a set of hashes of file names, and of sizes in case a file was renamed, as
 * bits in shared memory. It may hold more than was put in (hashes clash), never less. An index of only these items answers
 * every question by one of these names or sizes just as the whole index would.
 */
import { FILTER_BYTES } from '../../shared/engine/layout.js';
import type { EngineMemory } from '../../shared/engine/memory.js';

/** An empty set, to which workers add names; see workers/engine/filter.ts. */
export class ItemFilter {
  /** Address of the bits. */
  readonly at: number;

  constructor(memory: EngineMemory) {
    this.at = memory.allocate(FILTER_BYTES);
  }
}

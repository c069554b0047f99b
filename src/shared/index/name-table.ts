/** The table by file name: equal hashes are chained, chains too long to walk are flagged as crowds. */
import { CROWD, CROWD_FLAG, NONE } from './format.js';
import { slotCount } from './growing.js';

/** The finished table and the parts that the narrow table has to answer for. */
export interface NameTable {
  readonly nameSlots: Uint32Array;
  readonly partNext: Uint32Array;
  /** First part of every crowded chain. */
  readonly crowded: CrowdedChains;
}

/** Walks all members of all crowds. */
export interface CrowdedChains {
  readonly heads: readonly number[];
  readonly next: Uint32Array;
}

/** Builds the table over all parts; chains keep the parts in the order Plex listed them. */
export function buildNameTable(partNameHash: Uint32Array): NameTable {
  const nameSlots = new Uint32Array(slotCount(partNameHash.length));
  const partNext = new Uint32Array(partNameHash.length).fill(NONE);
  const mask = nameSlots.length - 1;
  // Backwards, since each part goes in front of its chain.
  for (let part = partNameHash.length - 1; part >= 0; part--) {
    const hash = partNameHash[part] ?? 0;
    let slot = hash & mask;
    for (let taken = nameSlots[slot] ?? 0; taken !== 0; taken = nameSlots[slot] ?? 0) {
      if (partNameHash[taken - 1] === hash) {
        partNext[part] = taken - 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    nameSlots[slot] = part + 1;
  }
  return { nameSlots, partNext, crowded: { heads: flagCrowds(nameSlots, partNext), next: partNext } };
}

function flagCrowds(nameSlots: Uint32Array, partNext: Uint32Array): number[] {
  const heads: number[] = [];
  for (let slot = 0; slot < nameSlots.length; slot++) {
    const head = (nameSlots[slot] ?? 0) - 1;
    if (head < 0 || !isCrowd(head, partNext)) continue;
    heads.push(head);
    nameSlots[slot] = (head + 1) | CROWD_FLAG;
  }
  return heads;
}

function isCrowd(head: number, partNext: Uint32Array): boolean {
  let part = head;
  for (let length = 0; length < CROWD; length++) {
    part = partNext[part] ?? NONE;
    if (part === NONE) return false;
  }
  return true;
}

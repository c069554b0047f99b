/** The table by file name: equal hashes are chained, chains too long to walk are flagged as crowds. */
import { CROWD, CROWD_FLAG, NONE, PART } from '../../shared/index/format.js';
import { slotCount } from '../collections/growing.js';

/** The finished table and the chains that the narrow table has to answer for. */
export interface NameTable {
  readonly nameSlots: Uint32Array;
  /** First part of every crowded chain. */
  readonly crowds: readonly number[];
}

/** Builds the table over all part records and chains them; chains keep the parts in the order Plex listed them. */
export function buildNameTable(parts: Uint32Array): NameTable {
  const count = parts.length / PART.words;
  const nameSlots = new Uint32Array(slotCount(count));
  const mask = nameSlots.length - 1;
  // Backwards, since each part goes in front of its chain.
  for (let part = count - 1; part >= 0; part--) {
    const hash = parts[part * PART.words + PART.nameHash] ?? 0;
    let next = NONE;
    let slot = hash & mask;
    for (let taken = nameSlots[slot] ?? 0; taken !== 0; taken = nameSlots[slot] ?? 0) {
      if (parts[(taken - 1) * PART.words + PART.nameHash] === hash) {
        next = taken - 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    parts[part * PART.words + PART.next] = next;
    nameSlots[slot] = part + 1;
  }
  return { nameSlots, crowds: flagCrowds(nameSlots, parts) };
}

function flagCrowds(nameSlots: Uint32Array, parts: Uint32Array): number[] {
  const heads: number[] = [];
  for (let slot = 0; slot < nameSlots.length; slot++) {
    const head = (nameSlots[slot] ?? 0) - 1;
    if (head < 0 || !isCrowd(head, parts)) continue;
    heads.push(head);
    nameSlots[slot] = (head + 1) | CROWD_FLAG;
  }
  return heads;
}

function isCrowd(head: number, parts: Uint32Array): boolean {
  let part = head;
  for (let length = 0; length < CROWD; length++) {
    part = parts[part * PART.words + PART.next] ?? NONE;
    if (part === NONE) return false;
  }
  return true;
}

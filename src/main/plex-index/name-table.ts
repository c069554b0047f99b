/** The table by file name: equal hashes are chained, chains too long to walk are flagged as crowds. */
import { CROWD, CROWD_FLAG, IndexPartWord } from '../../shared/engine/layout.js';
import { NONE } from '../../shared/index/format.js';
import { slotCount } from '../collections/growing.js';

/** The finished table and the chains that the narrow table has to answer for. */
export interface NameTable {
  readonly nameSlots: Uint32Array;
  /** First part of every crowded chain. */
  readonly crowds: readonly number[];
}

/**
 * Builds the table over all part records and chains them.
 * @param compare orders items by what they are, not by when their page came: of a crowd only the first few are ever named
 */
export function buildNameTable(parts: Uint32Array, compare: (itemA: number, itemB: number) => number): NameTable {
  const count = parts.length / IndexPartWord.Words;
  const nameSlots = new Uint32Array(slotCount(count));
  const mask = nameSlots.length - 1;
  // Backwards, since each part goes in front of its chain.
  for (let part = count - 1; part >= 0; part--) {
    const hash = parts[part * IndexPartWord.Words + IndexPartWord.NameHash] ?? 0;
    let next = NONE;
    let slot = hash & mask;
    for (let taken = nameSlots[slot] ?? 0; taken !== 0; taken = nameSlots[slot] ?? 0) {
      if (parts[(taken - 1) * IndexPartWord.Words + IndexPartWord.NameHash] === hash) {
        next = taken - 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    parts[part * IndexPartWord.Words + IndexPartWord.Next] = next;
    nameSlots[slot] = part + 1;
  }
  return { nameSlots, crowds: flagCrowds(nameSlots, parts, compare) };
}

function flagCrowds(nameSlots: Uint32Array, parts: Uint32Array, compare: (a: number, b: number) => number): number[] {
  const heads: number[] = [];
  const itemOf = (part: number) => parts[part * IndexPartWord.Words + IndexPartWord.Item] ?? NONE;
  for (let slot = 0; slot < nameSlots.length; slot++) {
    const head = (nameSlots[slot] ?? 0) - 1;
    if (head < 0 || !isCrowd(head, parts)) continue;
    const members = chainFrom(head, parts).sort((a, b) => compare(itemOf(a), itemOf(b)) || a - b);
    for (const [i, part] of members.entries()) {
      parts[part * IndexPartWord.Words + IndexPartWord.Next] = members[i + 1] ?? NONE;
    }
    const [first = head] = members;
    heads.push(first);
    nameSlots[slot] = (first + 1) | CROWD_FLAG;
  }
  return heads;
}

function chainFrom(head: number, parts: Uint32Array): number[] {
  const members: number[] = [];
  for (let part = head; part !== NONE; part = parts[part * IndexPartWord.Words + IndexPartWord.Next] ?? NONE) {
    members.push(part);
  }
  return members;
}

function isCrowd(head: number, parts: Uint32Array): boolean {
  let part = head;
  for (let length = 0; length < CROWD; length++) {
    part = parts[part * IndexPartWord.Words + IndexPartWord.Next] ?? NONE;
    if (part === NONE) return false;
  }
  return true;
}

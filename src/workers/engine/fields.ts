/** The field tables of shared/fields.ts: which member of a row is which field. What it means is left to who reads it. */
import { keyLength, keyStart } from './json';
import { Field } from './records';
import { sameBytes } from './text';

/** A table and where in it the next member is expected: servers write members in one order. */
@unmanaged
export class FieldTable {
  first: usize;
  count: u32;
  expected: u32;

  line(number: u32): Field {
    return changetype<Field>(this.first + (number as usize) * offsetof<Field>());
  }

  /** The line of the member whose key was read last, or -1. */
  find(): i32 {
    for (let i: u32 = 0, line = this.expected; i < this.count; i++, line++) {
      if (line >= this.count) line = 0;
      const field = this.line(line);
      if (field.nameLength != keyLength() || !sameBytes(field.nameAt, keyStart(), field.nameLength)) continue;
      this.expected = line + 1;
      return line;
    }
    return -1;
  }
}

let scenes: usize = 0;
let items: usize = 0;

/** From now on, these tables; each an address and a number of lines. */
export function useFields(sceneTable: usize, itemTable: usize): void {
  scenes = sceneTable;
  items = itemTable;
}

export function sceneFields(): FieldTable {
  return changetype<FieldTable>(scenes);
}

export function itemFields(): FieldTable {
  return changetype<FieldTable>(items);
}

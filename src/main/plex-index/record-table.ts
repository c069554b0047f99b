/** A growing open-addressing set of record numbers, found by hash. */
import { slotCount } from '../collections/growing.js';

/** Slots hold record + 1 and its hash side by side: a slot that is not the one costs no look at its record. */
const SLOT_WORDS = 2;

/** Where the search for a hash begins. */
const startOf = (hash: number, mask: number): number => (hash << 1) & mask;

/** Records by hash; what they are and when two are equal is the caller's to say. */
export class RecordTable {
  #slots: Uint32Array;
  #count = 0;

  /** @param expected how many records will come, as far as that is known */
  constructor(expected: number) {
    this.#slots = new Uint32Array(Math.max(slotCount(expected), 1024) * SLOT_WORDS);
  }

  /** The record with this hash that `equals` accepts, or -1. */
  find(hash: number, equals: (record: number) => boolean): number {
    const slots = this.#slots;
    const mask = slots.length - SLOT_WORDS;
    for (let at = startOf(hash, mask); ; at = (at + SLOT_WORDS) & mask) {
      const record = (slots[at] ?? 0) - 1;
      if (record < 0) return -1;
      if (slots[at + 1] === hash && equals(record)) return record;
    }
  }

  /** Adds a record that {@link find} did not find. */
  insert(hash: number, record: number): void {
    if ((this.#count + 1) * 3 * SLOT_WORDS > this.#slots.length * 2) this.#grow();
    insertSlot(this.#slots, hash, record + 1);
    this.#count++;
  }

  /** Forgets every record from `first` on. */
  truncate(first: number): void {
    this.#rebuild(this.#slots.length, first);
  }

  /** The finished table without its hashes; the set is spent afterwards. */
  take(): Uint32Array {
    const slots = this.#slots;
    this.#slots = new Uint32Array(SLOT_WORDS);
    const records = new Uint32Array(slots.length / SLOT_WORDS);
    for (let slot = 0; slot < records.length; slot++) records[slot] = slots[slot * SLOT_WORDS] ?? 0;
    return records;
  }

  #grow(): void {
    this.#rebuild(this.#slots.length * 2, Infinity);
  }

  #rebuild(length: number, end: number): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(length);
    this.#count = 0;
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      const taken = old[at] ?? 0;
      if (taken === 0 || taken - 1 >= end) continue;
      insertSlot(this.#slots, old[at + 1] ?? 0, taken);
      this.#count++;
    }
  }
}

function insertSlot(slots: Uint32Array, hash: number, taken: number): void {
  const mask = slots.length - SLOT_WORDS;
  let at = startOf(hash, mask);
  while (slots[at] !== 0) at = (at + SLOT_WORDS) & mask;
  slots[at] = taken;
  slots[at + 1] = hash;
}

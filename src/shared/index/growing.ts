/** Typed arrays that grow while the index is built. */

type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A growing typed array; `data` is only valid up to `length`. */
export class Growing<T extends Column> {
  data: T;
  length = 0;
  readonly #make: (length: number) => T;

  /** @param expected how long it will become, as far as that is known */
  constructor(make: (length: number) => T, expected = 0) {
    this.#make = make;
    this.data = make(Math.max(expected, 1024));
  }

  /** Makes room for `extra` more elements and returns the array to write them to, from `length` on. */
  reserve(extra: number): T {
    const needed = this.length + extra;
    if (needed > this.data.length) {
      // Half as much again: doubling would hold up to three times the final size at the moment of growth.
      const bigger = this.#make(Math.max(needed, Math.ceil(this.data.length * 1.5)));
      bigger.set(this.data.subarray(0, this.length));
      this.data = bigger;
    }
    return this.data;
  }

  /** Appends one value. */
  push(value: number): void {
    this.reserve(1)[this.length++] = value;
  }

  /** Appends all values of another array. */
  append(values: ArrayLike<number>): void {
    this.reserve(values.length).set(values, this.length);
    this.length += values.length;
  }

  /** The values so far, which are forgotten here. */
  take(): T {
    const values = this.view();
    this.data = this.#make(0);
    this.length = 0;
    return values;
  }

  /** The values so far, without copying. */
  view(): T {
    return this.data.subarray(0, this.length) as T;
  }
}

/** The number of slots for a table of `count` keys: a power of two, at most two thirds full. */
export function slotCount(count: number): number {
  let slots = 8;
  while (slots * 2 < count * 3) slots *= 2;
  return slots;
}

/** A growing open-addressing set of record numbers, found by hash and an equality test of the caller's. */
export class RecordTable {
  #slots: Uint32Array;
  #count = 0;
  readonly #hashOf: (record: number) => number;

  /** @param expected how many records will come, as far as that is known */
  constructor(hashOf: (record: number) => number, expected: number) {
    this.#hashOf = hashOf;
    this.#slots = new Uint32Array(Math.max(slotCount(expected), 1024));
  }

  /** The record with this hash that `equals` accepts, or -1. */
  find(hash: number, equals: (record: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const record = (this.#slots[slot] ?? 0) - 1;
      if (record < 0) return -1;
      if (this.#hashOf(record) === hash && equals(record)) return record;
    }
  }

  /** Adds a record that {@link find} did not find. */
  insert(record: number): void {
    if ((this.#count + 1) * 3 > this.#slots.length * 2) this.#grow();
    insertSlot(this.#slots, this.#hashOf(record), record);
    this.#count++;
  }

  /** Forgets every record from `first` on. */
  truncate(first: number): void {
    const kept = this.#slots.filter((slot) => slot !== 0 && slot - 1 < first);
    this.#slots.fill(0);
    this.#count = kept.length;
    for (const slot of kept) insertSlot(this.#slots, this.#hashOf(slot - 1), slot - 1);
  }

  /** The finished table. */
  slots(): Uint32Array {
    return this.#slots;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const slot of old) if (slot !== 0) insertSlot(this.#slots, this.#hashOf(slot - 1), slot - 1);
  }
}

function insertSlot(slots: Uint32Array, hash: number, record: number): void {
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = record + 1;
}

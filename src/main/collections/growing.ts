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
      bigger.set(this.data);
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

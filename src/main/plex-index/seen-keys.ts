/** The rating keys of a section of which only some items are kept: the listing may repeat a row, kept or not. */

/** Whole numbers from 1 to 2^32 - 1. */
export class SeenKeys {
  #count = 0;
  #slots = new Uint32Array(1024);

  /** Adds a key; false when it was there before. */
  add(key: number): boolean {
    if ((this.#count + 1) * 3 > this.#slots.length * 2) this.#grow();
    if (!insert(this.#slots, key)) return false;
    this.#count++;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const key of old) if (key !== 0) insert(this.#slots, key);
  }
}

/** Whether the key was not there yet. */
function insert(slots: Uint32Array, key: number): boolean {
  const mask = slots.length - 1;
  let slot = Math.imul(key, 0x9e3779b1) & mask;
  for (let taken = slots[slot] ?? 0; taken !== 0; taken = slots[slot] ?? 0) {
    if (taken === key) return false;
    slot = (slot + 1) & mask;
  }
  slots[slot] = key;
  return true;
}

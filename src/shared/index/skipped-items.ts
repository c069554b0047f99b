/** The items of a section that were counted but not kept: each rating key once, as the listing may repeat a row. */

/** Rating keys of one section; all are whole numbers from 1 to 2^32 - 1. */
export class SkippedItems {
  /** Items counted, and the files they have. */
  items = 0;
  files = 0;
  #slots = new Uint32Array(1024);

  /** Counts an item; false when it has been counted before. */
  add(ratingKey: number, files: number): boolean {
    if ((this.items + 1) * 3 > this.#slots.length * 2) this.#grow();
    if (!insert(this.#slots, ratingKey)) return false;
    this.items++;
    this.files += files;
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

/** A growing set of small non-negative integers, one bit each. */
export class BitSet {
  #words = new Uint32Array(1024);

  /** Adds a number; returns whether it was new. */
  add(value: number): boolean {
    const word = value >>> 5;
    if (word >= this.#words.length) this.#grow(word);
    const bit = 1 << (value & 31);
    const before = this.#words[word] ?? 0;
    this.#words[word] = before | bit;
    return (before & bit) === 0;
  }

  /** Removes a number. */
  delete(value: number): void {
    const word = value >>> 5;
    if (word < this.#words.length) this.#words[word] = (this.#words[word] ?? 0) & ~(1 << (value & 31));
  }

  /** Whether a number is in the set. */
  has(value: number): boolean {
    return ((this.#words[value >>> 5] ?? 0) & (1 << (value & 31))) !== 0;
  }

  #grow(word: number): void {
    const bigger = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
    bigger.set(this.#words);
    this.#words = bigger;
  }
}

/**
 * The memory pages are read into. It goes to a worker with the page and comes back with the answer, so a scan allocates as
 * many pages as it ever has in flight: a library of any size needs no more, and leaves nothing to collect.
 */

/** Pages are a little longer or shorter than each other; with room to spare the next one fits too. */
const SPARE = 1.25;

/** Memory handed out for pages and taken back. */
export class PageMemory {
  readonly #free: ArrayBuffer[] = [];

  /** Memory for a page of this many bytes; what it holds is undefined. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const free = this.#free.pop();
    const memory = free !== undefined && free.byteLength >= length ? free : new ArrayBuffer(Math.ceil(length * SPARE));
    return new Uint8Array(memory, 0, length);
  }

  /** Takes back the memory of a page that nobody reads any more. */
  give(memory: ArrayBuffer): void {
    this.#free.push(memory);
  }
}

/**
 * The memory pages are read into: slots of the memory all threads share, each with room beside it for what a worker makes
 * of the page. A scan has as many slots as it ever has pages in flight: a library of any size needs no more.
 */
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { PagePlace } from '../../shared/messages.js';
import { TEXT_PADDING } from '../../workers/pages/page-engine.js';

/** Pages are a little longer or shorter than each other; with room to spare the next one fits too. */
const SPARE = 1.25;

/** What is made of a page is mostly smaller than the page; a worker that needs more takes more. */
const ROOM_PER_BYTE = 3;
const LEAST_ROOM = 65_536;

interface Slot {
  readonly at: number;
  readonly bytes: number;
  roomAt: number;
  roomBytes: number;
}

/** Memory handed out for pages and taken back. */
export class PageMemory {
  readonly #memory: EngineMemory;
  readonly #free: Slot[] = [];
  readonly #used = new Map<number, Slot>();

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  /** Memory for a page of this many bytes; what it holds is undefined. Give it back with {@link give}. */
  take(length: number): Uint8Array {
    // The one given back last is the likeliest to be in the processor's cache; too small ones are left for smaller pages.
    const at = this.#free.findLastIndex(({ bytes }) => bytes >= length + TEXT_PADDING);
    const [slot = this.#newSlot(length)] = at < 0 ? [] : this.#free.splice(at, 1);
    this.#used.set(slot.at, slot);
    return this.#memory.bytes(slot.at, length);
  }

  /** Takes back the memory of a page that nobody reads any more. */
  give({ byteOffset }: Uint8Array): void {
    const slot = this.#used.get(byteOffset);
    if (slot === undefined) return;
    this.#used.delete(byteOffset);
    this.#free.push(slot);
  }

  /** A page in shared memory, where it is already or where it is copied to, made ready to be read. */
  place(page: Uint8Array): { readonly page: Uint8Array; readonly place: PagePlace } {
    const shared =
      this.#used.has(page.byteOffset) && page.buffer instanceof SharedArrayBuffer ? page : this.#copy(page);
    const slot = this.#used.get(shared.byteOffset);
    if (slot === undefined) throw new Error('Internal error: a page is in no slot');
    const { length } = shared;
    this.#memory.bytes(slot.at + length, TEXT_PADDING).fill(0);
    return { page: shared, place: { at: slot.at, length, roomAt: slot.roomAt, roomBytes: slot.roomBytes } };
  }

  /** Notes that the room beside a page was too small for it. */
  setRoom({ byteOffset }: Uint8Array, roomAt: number, roomBytes: number): void {
    const slot = this.#used.get(byteOffset);
    if (slot !== undefined) Object.assign(slot, { roomAt, roomBytes });
  }

  #newSlot(length: number): Slot {
    const bytes = Math.ceil(length * SPARE) + TEXT_PADDING;
    const roomBytes = bytes * ROOM_PER_BYTE + LEAST_ROOM;
    return { at: this.#memory.allocate(bytes), bytes, roomAt: this.#memory.allocate(roomBytes), roomBytes };
  }

  #copy(page: Uint8Array): Uint8Array {
    const copy = this.take(page.length);
    copy.set(page);
    return copy;
  }
}

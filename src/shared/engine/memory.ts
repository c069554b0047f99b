/**
 * The memory all threads of a scan share: pages, what the engine makes of them, the Plex index and the tables it is asked
 * about. Places in it are plain numbers, so nothing large crosses between threads.
 */

const PAGE_BYTES = 65_536;
/** 4 GiB, the most WebAssembly can address; only what is used is ever taken from the system. */
const MAX_PAGES = 65_536;
/** As the engine is compiled for; see src/workers/engine/asconfig.json. */
const INITIAL_PAGES = 2;

/** There is no more shared memory to be had: the library is far beyond anything this tool was made for. */
export class OutOfEngineMemory extends Error {
  constructor(cause?: unknown) {
    super('The shared memory of the scan is full', { cause });
    this.name = 'OutOfEngineMemory';
  }
}

/** Memory that only grows: what is allocated stays for the life of the scan. */
export class EngineMemory {
  /** What the engine is given. */
  readonly memory: WebAssembly.Memory;
  #freeAt = 0;
  #freeEnd = 0;
  #allBytes = Buffer.from(new SharedArrayBuffer(0));

  /** @param memory another thread's; default: new memory */
  constructor(memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES, shared: true })) {
    this.memory = memory;
  }

  /** Address of `bytes` new bytes, all zero, aligned to 8. @throws OutOfEngineMemory */
  allocate(bytes: number): number {
    const needed = Math.ceil(bytes / 8) * 8;
    if (this.#freeAt + needed > this.#freeEnd) this.#grow(needed);
    const at = this.#freeAt;
    this.#freeAt += needed;
    return at;
  }

  /** Bytes of the memory, in place. */
  bytes(at: number, length: number): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.#reaching(at + length), at, length);
  }

  /** Numbers of 4 bytes, in place. */
  words(at: number, length: number): Uint32Array<SharedArrayBuffer> {
    return new Uint32Array(this.#reaching(at + length * 4), at, length);
  }

  /** Numbers of 8 bytes, in place. */
  doubles(at: number, length: number): Float64Array<SharedArrayBuffer> {
    return new Float64Array(this.#reaching(at + length * 8), at, length);
  }

  /** All of the memory as bytes, at least up to `end`: making a view for every text would cost more than reading it. */
  allBytes(end: number): Buffer<SharedArrayBuffer> {
    if (this.#allBytes.length < end) this.#allBytes = Buffer.from(this.#reaching(end));
    return this.#allBytes;
  }

  /** All of the memory as it is now, as numbers of 4 bytes: for who reads from all over it. */
  allWords(): Uint32Array<SharedArrayBuffer> {
    return new Uint32Array(this.memory.buffer);
  }

  /** A text in UTF-8; malformed bytes become U+FFFD. */
  text(at: number, length: number): string {
    if (this.#allBytes.length < at + length) this.allBytes(at + length);
    return this.#allBytes.toString('utf8', at, at + length);
  }

  #grow(bytes: number): void {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    try {
      // Growing is atomic between threads: the new pages are this caller's alone.
      this.#freeAt = this.memory.grow(pages) * PAGE_BYTES;
    } catch (cause: unknown) {
      throw new OutOfEngineMemory(cause);
    }
    this.#freeEnd = this.#freeAt + pages * PAGE_BYTES;
  }

  /** The buffer, which may be older here than what another thread has grown it to. */
  #reaching(end: number): SharedArrayBuffer {
    if (this.memory.buffer.byteLength < end) this.memory.grow(0);
    return this.memory.buffer;
  }
}

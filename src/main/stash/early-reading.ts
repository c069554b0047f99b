/**
 * Reads Stash while Plex is still being read, where that takes its time: a scan waits for servers, and need not wait for one
 * after the other. Pages that come before the index stands are held and judged when it does.
 */
import type { ScanContext } from '../../shared/messages.js';
import type { PageStore } from './page-store.js';
import type { Judging, SceneReader } from './read-scenes.js';

/** Against a server as fast as this nothing is gained: the processor is busy with its pages. */
const FAST_ROWS_PER_SECOND = 20_000;
/** How long Plex is watched before it is judged, and how much longer it must take, at the least. */
const WATCHED_MS = 1000;
const LEAST_LEFT_MS = 1000;
/** More rows than a page has. */
const MOST_OF_A_PAGE = 2000;

/** A reading of scenes that may begin while Plex is read. */
export class EarlyReading {
  readonly #judging: { context: ScanContext | undefined; readonly store: PageStore };
  readonly #reader: SceneReader;
  readonly #read: (judging: Judging) => Promise<void>;
  #watchedFrom = { done: 0, at: performance.now() };
  #seen = 0;
  #reading: Promise<void> | undefined;
  #fail: (error: unknown) => void = () => undefined;
  /** Rejects when the reading fails; never resolves. */
  readonly failure: Promise<never>;

  /** @param read reads what is to be read, and leaves nothing open once it has a context to judge by */
  constructor(reader: SceneReader, store: PageStore, read: (judging: Judging) => Promise<void>) {
    this.#reader = reader;
    this.#read = read;
    this.#judging = { context: undefined, store };
    this.failure = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    // Whoever waits for it is told; nobody may be waiting any more.
    this.failure.catch(() => undefined);
  }

  /** Takes how many rows of Plex have come, and begins where it is worth it. */
  watch(done: number, total: number): void {
    const now = performance.now();
    // A library that was kept comes all at once, and says nothing of how fast Plex is.
    if (done - this.#seen > MOST_OF_A_PAGE) this.#watchedFrom = { done, at: now };
    this.#seen = done;
    const [rows, milliseconds] = [done - this.#watchedFrom.done, now - this.#watchedFrom.at];
    if (this.#reading !== undefined || milliseconds < WATCHED_MS || rows === 0) return;
    const left = ((total - done) / rows) * milliseconds;
    if (left < LEAST_LEFT_MS || rows / (milliseconds / 1000) > FAST_ROWS_PER_SECOND) return;
    this.#reading = this.#read(this.#judging);
    this.#reading.catch(this.#fail);
  }

  /** Reads what is left, and judges what was held. @throws ServerError */
  async finish(context: ScanContext): Promise<void> {
    this.#judging.context = context;
    if (this.#reading === undefined) {
      await this.#read(this.#judging);
      return;
    }
    // What is judged at once fills the gaps while the server is waited for.
    await Promise.all([this.#reading, this.#reader.judgeStored(this.#judging.store, context)]);
    // What was asked for before, and came while those were judged.
    await this.#reader.judgeStored(this.#judging.store, context);
  }
}

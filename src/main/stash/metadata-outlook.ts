/** What share of scenes will need their metadata, as far as can be told before they are judged. It decides only what is asked. */
import type { ItemCounts, ItemsByAgent } from '../plex-index/builder.js';

/** How many items Plex counts, by the agents of its libraries. */
export type ExpectedItems = Readonly<Record<keyof ItemsByAgent, number>>;

/** Rows that have to be judged before they say more than Plex does. */
const TELLING_ROWS = 2000;

/** Looks at what Plex holds, and then at how it went. */
export class MetadataOutlook {
  readonly #scenes: number;
  #filled = 0;
  #judged = 0;
  #open = 0;

  /** @param scenes how many there are */
  constructor(scenes: number) {
    this.#scenes = scenes;
  }

  /**
   * Takes what is known of Plex by now. Of libraries that are still to be read, those whose agents are of one kind with others
   * are taken to be like them; of the rest nothing is known, and then they are taken to have no metadata. There may be items that
   * are nobody's, films say, and those may well be the ones that have it.
   */
  see(read: ItemsByAgent, expected: ExpectedItems): void {
    const filled = filledOf(read.none, expected.none) + filledOf(read.finding, expected.finding);
    this.#filled = filled - Math.max(0, expected.none + expected.finding - this.#scenes);
  }

  /** Of so many match rows so many scenes were left open. */
  note(rows: number, open: number): void {
    this.#judged += rows;
    this.#open += open;
  }

  /** The share; 1 as long as nothing is known. */
  get share(): number {
    if (this.#judged >= TELLING_ROWS) return this.#open / this.#judged;
    return 1 - Math.min(1, Math.max(0, this.#filled / Math.max(1, this.#scenes)));
  }
}

const filledOf = ({ items, withMetadata }: ItemCounts, expected: number): number =>
  items === 0 ? 0 : (withMetadata / items) * expected;

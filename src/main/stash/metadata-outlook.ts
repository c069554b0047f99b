/** What share of scenes will need their metadata, as far as can be told before they are judged. It decides only what is asked. */

/** What is known of Plex so far. */
export interface ItemCounts {
  readonly items: number;
  /** Items that have metadata of their own: whatever scene they are, it has no gap. */
  readonly withMetadata: number;
  /** How many items there will be. */
  readonly expected: number;
}

/** Rows that have to be judged before they say more than Plex does. */
const TELLING_ROWS = 2000;

/** Looks at what Plex holds, and then at how it went. */
export class MetadataOutlook {
  readonly #scenes: number;
  #plex: ItemCounts = { items: 0, withMetadata: 0, expected: 0 };
  #judged = 0;
  #open = 0;

  /** @param scenes how many there are */
  constructor(scenes: number) {
    this.#scenes = scenes;
  }

  /** Takes what is known of Plex by now. */
  see(plex: ItemCounts): void {
    this.#plex = plex;
  }

  /** Of so many match rows so many scenes were left open. */
  note(rows: number, open: number): void {
    this.#judged += rows;
    this.#open += open;
  }

  /** The share; 1 as long as nothing is known. */
  get share(): number {
    if (this.#judged >= TELLING_ROWS) return this.#open / this.#judged;
    const { items, withMetadata, expected } = this.#plex;
    if (items === 0 || this.#scenes === 0) return 1;
    // Where there are fewer items than scenes, some are missing.
    return 1 - (withMetadata / items) * Math.min(1, expected / this.#scenes);
  }
}

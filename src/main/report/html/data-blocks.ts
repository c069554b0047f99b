/** The findings inside the page: deflated, in blocks that a browser unpacks one by one while the first is shown. */
import { deflateRawSync } from 'node:zlib';

/** Bytes of one block, before they are packed: large enough to pack well, small enough to be read in a blink. */
export const BLOCK_BYTES = 1 << 20;

/** Packing better (level 6: a fifth smaller) takes three times as long, and the person waits for the end of the run. */
const LEVEL = 3;

/** What the page must know of the run beside its findings. */
export interface PageFacts {
  /** Directories of Stash under which scenes were found in Plex. */
  readonly roots: readonly string[];
  /** The gaps of the run before, as its history keeps them; undefined where there was none to compare with. */
  readonly earlierGaps: Uint8Array | undefined;
}

/** The element with the facts. */
export function factsBlock({ roots, earlierGaps }: PageFacts): string {
  const facts = { roots, earlier: earlierGaps === undefined ? null : pack(earlierGaps) };
  // "<" is the only character by which a text could end the element.
  return `<script type="application/json" id="run">${JSON.stringify(facts).replaceAll('<', '\\u003c')}</script>\n`;
}

/** The elements with the lines. @param blocks pieces that end with a line, see {@link BLOCK_BYTES} */
export function* lineBlocks(blocks: Iterable<Uint8Array>): Generator<string> {
  for (const block of blocks) {
    yield `<script type="application/x-deflate" data-kind="lines">${pack(block)}</script>\n`;
  }
}

function pack(bytes: Uint8Array): string {
  return deflateRawSync(bytes, { level: LEVEL, memLevel: 9 }).toString('base64');
}

/**
 * Reports as one page that needs nothing else: no network, no other file. Above are the figures, below the findings, which a
 * script (see page/) unpacks in the browser and shows.
 */
import type { ScanSummary } from '../../scan-types.js';
import { pageAssets, type PageAssets } from './assets.js';
import { factsBlock, lineBlocks } from './data-blocks.js';
import { figures } from './figures.js';
import { COLUMNS, COLUMN_TITLES } from './page/facets.js';

export { BLOCK_BYTES } from './data-blocks.js';

/** What the page shows beside findings and figures. */
export interface PageContext {
  /** The gaps of the run before, as its history keeps them; undefined where there was none to compare with. */
  readonly earlierGaps: Uint8Array | undefined;
}

/** Writes the page. @param lines pieces of NDJSON that end with a line, of {@link BLOCK_BYTES}. Throws as `fs` does. */
export function* html(
  lines: Iterable<Uint8Array>,
  summary: ScanSummary,
  { earlierGaps }: PageContext,
): Generator<string> {
  const assets = pageAssets();
  yield head(assets);
  yield figures(summary);
  yield FINDINGS;
  yield '</main>\n<footer><p>Written by gapscan; everything it shows is in this file.</p></footer>\n';
  yield factsBlock({ roots: summary.roots.map(({ stash }) => stash), earlierGaps });
  yield* lineBlocks(lines);
  yield `<script>${assets.script}</script>\n</body></html>\n`;
}

/** The policy lets nothing run or load but what is written here, should a name slip through. */
function head({ policy, style }: PageAssets): string {
  return [
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n',
    '<link rel="icon" href="data:,">\n',
    `<title>gapscan report</title>\n<style>${style}</style></head>\n<body>\n`,
  ].join('');
}

const columnHead = (column: (typeof COLUMNS)[number]): string =>
  `<div role="columnheader" class="cell ${column}" id="sort-${column}" aria-sort="none"><button type="button">${COLUMN_TITLES[column]}</button></div>`;

const FINDINGS = `<section aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>
<noscript><p>Without scripts this page shows the figures only.</p></noscript>
<div class="controls" role="search">
<label>Search <input id="search" type="search" placeholder="id, title, file or item" autocomplete="off"></label>
<label>Group by <select id="group"><option value="">nothing</option></select></label>
<button type="button" id="clear" hidden>Clear filters</button>
<output id="shown" aria-live="polite">Reading ...</output>
</div>
<details class="where" open><summary>What and where</summary><div id="charts" class="charts"></div></details>
<div id="scroller" class="scroller" tabindex="0" role="group" aria-label="Table of findings">
<div id="findings" role="table" aria-label="Findings" aria-rowcount="-1" aria-colcount="${COLUMNS.length + 1}">
<div role="rowgroup" class="head"><div role="row" aria-rowindex="1" class="row">${COLUMNS.map(columnHead).join('')}<div role="columnheader" class="cell why">Why</div></div></div>
<div role="rowgroup" id="rows" class="rows"></div>
</div></div>
</section>
`;

/** Where the findings are: a bar for each value of a facet, which is also the filter for it. */
import { make } from './dom.js';
import { FACETS, FACET_TITLES, IS_BY_VALUE, shortText, valueText, type Facet } from './facets.js';
import type { Counts, View } from './view.js';

/** More bars than these nobody reads. */
const SHOWN = 8;

/** Draws the charts into an element. @param toggle what a click on a bar does */
export function drawCharts(
  into: HTMLElement,
  counts: Counts,
  view: View,
  toggle: (facet: Facet, value: string) => void,
): void {
  const focused = document.activeElement?.getAttribute('data-bar');
  into.replaceChildren(
    ...FACETS.filter((facet) => [...counts[facet].keys()].some((value) => value !== '')).map((facet) =>
      chart(facet, counts[facet], view.filters[facet], toggle),
    ),
  );
  if (focused) into.querySelector<HTMLElement>(`[data-bar="${CSS.escape(focused)}"]`)?.focus();
}

function chart(
  facet: Facet,
  counts: ReadonlyMap<string, number>,
  chosen: readonly string[],
  toggle: (facet: Facet, value: string) => void,
): HTMLElement {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const largest = sorted[0]?.[1] ?? 1;
  const shown = sorted.filter(([value], i) => i < SHOWN || chosen.includes(value));
  const left = sorted.length - shown.length;
  if (IS_BY_VALUE.has(facet)) shown.sort(([a], [b]) => (a < b ? 1 : -1));
  const rows = shown.map(([value, count]) => {
    const name = valueText(facet, value);
    const isChosen = chosen.includes(value);
    const attributes = {
      type: 'button',
      'aria-pressed': String(isChosen),
      title: name,
      'data-bar': `${facet} ${value}`,
    };
    const button = make('button', { text: shortText(facet, value), attributes });
    button.addEventListener('click', () => {
      toggle(facet, value);
    });
    const data = make('span', { class: 'data', text: count.toLocaleString('en-US') });
    const cell = make('td', { children: [data] });
    cell.style.setProperty('--size', String(count / largest));
    const label = make('th', { attributes: { scope: 'row' }, children: [button] });
    return make('tr', { children: [label, cell] });
  });
  const table = make('table', {
    class: 'charts-css bar show-labels data-spacing-2',
    children: [
      make('caption', { text: `Findings by ${FACET_TITLES[facet].toLowerCase()}` }),
      make('tbody', { children: rows }),
    ],
  });
  const more = left > 0 ? [make('p', { text: `and ${left.toLocaleString('en-US')} more` })] : [];
  return make('section', {
    class: `chart ${facet}`,
    children: [make('h3', { text: FACET_TITLES[facet] }), table, ...more],
  });
}

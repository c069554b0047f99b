/** Where the findings are: a bar for each value of a facet, which is also the filter for it. */
import { make } from './dom.js';
import { FACETS, FACET_TITLES, IS_BY_VALUE, shortText, valueText, type Facet } from './facets.js';
import type { Counts, View } from './view.js';

/** More bars than these nobody reads. */
const SHOWN = 8;

/** Draws the charts into an element. @param toggle what a click on a bar does */
export function drawCharts(into: HTMLElement, counts: Counts, view: View, toggle: Toggle): void {
  const focused = document.activeElement?.getAttribute('data-bar');
  into.replaceChildren(
    ...FACETS.filter((facet) => [...counts[facet].keys()].some((value) => value !== '')).map((facet) =>
      chart(facet, counts[facet], view.filters[facet], toggle),
    ),
  );
  if (focused) into.querySelector<HTMLElement>(`[data-bar="${CSS.escape(focused)}"]`)?.focus();
}

type Toggle = (facet: Facet, value: string) => void;

function chart(
  facet: Facet,
  counts: ReadonlyMap<string, number>,
  chosen: readonly string[],
  toggle: Toggle,
): HTMLElement {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const largest = sorted[0]?.[1] ?? 1;
  const shown = sorted.filter(([value], i) => i < SHOWN || chosen.includes(value));
  const left = sorted.length - shown.length;
  if (IS_BY_VALUE.has(facet)) shown.sort(([a], [b]) => (a < b ? 1 : -1));
  const rows = shown.map(([value, count]) => {
    const button = barButton(facet, value, chosen.includes(value), toggle);
    const data = make('span', { class: 'data', text: count.toLocaleString('en-US') });
    const cell = make('td', { children: [data] });
    cell.style.setProperty('--size', String(count / largest));
    return make('tr', { children: [make('th', { attributes: { scope: 'row' }, children: [button] }), cell] });
  });
  const caption = make('caption', { text: `Findings by ${FACET_TITLES[facet].toLowerCase()}` });
  const table = make('table', {
    class: 'charts-css bar show-labels data-spacing-2',
    children: [caption, make('tbody', { children: rows })],
  });
  const more = left > 0 ? [make('p', { text: `and ${left.toLocaleString('en-US')} more` })] : [];
  const title = make('h3', { text: FACET_TITLES[facet] });
  return make('section', { class: `chart ${facet}`, children: [title, table, ...more] });
}

function barButton(facet: Facet, value: string, isChosen: boolean, toggle: Toggle): HTMLElement {
  const attributes = {
    type: 'button',
    'aria-pressed': String(isChosen),
    title: valueText(facet, value),
    'data-bar': `${facet} ${value}`,
  };
  const button = make('button', { text: shortText(facet, value), attributes });
  button.addEventListener('click', () => {
    toggle(facet, value);
  });
  return button;
}

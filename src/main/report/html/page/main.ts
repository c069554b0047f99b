/** The page of a report: reads its findings, and shows what the hash in its URL asks for. */
import { decodeIds } from '../../../collections/id-list.js';
import { drawCharts } from './charts.js';
import { byId, make } from './dom.js';
import { COLUMNS, FACETS, FACET_TITLES, oneOf, type Column } from './facets.js';
import { RowReader, type Row, type RunFacts } from './rows.js';
import { FindingsTable, type Entries } from './table.js';
import { inflate, unpackBlocks } from './unpack.js';
import { Findings, WHOLE_VIEW, hashOf, toggled, viewOf, type View } from './view.js';

/** What the page is told of the run; see ../data-blocks.ts. */
interface RunBlock {
  readonly roots: readonly string[];
  /** Deflated ids, see collections/id-list.ts; null without an earlier run. */
  readonly earlier: string | null;
}

/** A keystroke is shown at once; counting for the charts may wait until the person pauses. */
const CHART_DELAY_MS = 120;

const findings = new Findings();
const closedGroups = new Set<string>();
let view: View = viewOf(location.hash);
let chartTimer = 0;

const search = byId('search') as HTMLInputElement;
const groupBy = byId('group') as HTMLSelectElement;
const table = new FindingsTable(
  { scroller: byId('scroller'), table: byId('findings'), body: byId('rows') },
  (value) => {
    if (!closedGroups.delete(value)) closedGroups.add(value);
    show();
  },
);

/** Shows the view, and writes it into the URL. */
function go(next: View): void {
  view = next;
  const hash = hashOf(view);
  history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  show();
}

function show(): void {
  const selected = findings.select(view);
  table.show(entriesOf(selected));
  const all = findings.rows.length;
  byId('shown').textContent =
    selected.length === all ? `${count(all)} findings` : `${count(selected.length)} of ${count(all)} findings`;
  if (search.value !== view.query) search.value = view.query;
  groupBy.value = view.group ?? '';
  byId('clear').hidden = hashOf({ ...view, sort: 'scene', isFalling: false, group: undefined }) === '';
  for (const column of COLUMNS) {
    const isSorted = column === view.sort;
    byId(`sort-${column}`).setAttribute('aria-sort', isSorted ? (view.isFalling ? 'descending' : 'ascending') : 'none');
  }
  clearTimeout(chartTimer);
  chartTimer = setTimeout(() => {
    drawCharts(byId('charts'), findings.count(view), view, (facet, value) => {
      go(toggled(view, facet, value));
    });
  }, CHART_DELAY_MS);
}

/** Groups are told by negative numbers, findings by the numbers of their rows. */
function entriesOf(selected: readonly number[]): Entries {
  const { group: facet } = view;
  if (facet === undefined) {
    return { length: selected.length, at: (number) => ({ kind: 'row', row: rowAt(selected[number]) }) };
  }
  const groups = [...findings.group(selected, facet)];
  const numbers: number[] = [];
  for (const [group, [value, members]] of groups.entries()) {
    numbers.push(-1 - group);
    if (closedGroups.has(value)) continue;
    for (const member of members) numbers.push(member);
  }
  return {
    length: numbers.length,
    at: (index) => {
      const number = numbers[index] ?? 0;
      if (number >= 0) return { kind: 'row', row: rowAt(number) };
      const [value, members] = groups[-1 - number] ?? ['', []];
      return { kind: 'group', facet, value, count: members.length, isOpen: !closedGroups.has(value) };
    },
  };
}

function rowAt(number = -1): Row {
  const row = findings.rows[number];
  if (row === undefined) throw new RangeError(`Internal error: there is no row ${number}`);
  return row;
}

function sortBy(column: Column): void {
  go({ ...view, sort: column, isFalling: view.sort === column && !view.isFalling });
}

const count = (number: number): string => number.toLocaleString('en-US');

async function readFacts(): Promise<RunFacts> {
  const { roots, earlier } = JSON.parse(byId('run').textContent) as RunBlock;
  return { roots, earlier: earlier === null ? undefined : new Set(decodeIds(await inflate(earlier))) };
}

/** The first block is shown as soon as it is read. */
async function readFindings(): Promise<void> {
  const reader = new RowReader(await readFacts());
  for await (const text of unpackBlocks('lines')) {
    const isFirst = findings.rows.length === 0;
    findings.add(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => reader.read(line)),
    );
    if (isFirst) show();
  }
  findings.gatherDirectories();
  show();
}

function listen(): void {
  search.addEventListener('input', () => {
    go({ ...view, query: search.value });
  });
  groupBy.append(
    ...FACETS.map((facet) => make('option', { text: FACET_TITLES[facet].toLowerCase(), attributes: { value: facet } })),
  );
  groupBy.addEventListener('change', () => {
    go({ ...view, group: oneOf(FACETS, groupBy.value) });
  });
  byId('clear').addEventListener('click', () => {
    go({ ...view, query: WHOLE_VIEW.query, filters: WHOLE_VIEW.filters });
    search.focus();
  });
  for (const column of COLUMNS) {
    byId(`sort-${column}`).addEventListener('click', () => {
      sortBy(column);
    });
  }
  addEventListener('hashchange', () => {
    view = viewOf(location.hash);
    show();
  });
  for (const button of document.querySelectorAll<HTMLElement>('button[data-copy]')) offerCopy(button);
  for (const cell of document.querySelectorAll<HTMLElement>('td[data-size]')) {
    cell.style.setProperty('--size', cell.dataset['size'] ?? '0');
  }
}

/** Only where the browser lets pages write to the clipboard. */
function offerCopy(button: HTMLElement): void {
  const text = byId(button.dataset['copy'] ?? '').textContent;
  if (!('clipboard' in navigator)) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(() => {
      button.textContent = 'Copied';
    });
  });
}

listen();
readFindings().catch((error: unknown) => {
  byId('shown').textContent = `The findings cannot be read: ${error instanceof Error ? error.message : String(error)}`;
});

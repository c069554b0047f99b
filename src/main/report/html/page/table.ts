/** The table of findings. Only the rows in sight are elements: a hundred thousand would take minutes. */
import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
} from '@tanstack/virtual-core';
import { link, make } from './dom.js';
import { explanation } from './explanation.js';
import { COLUMNS, COLUMN_TITLES, valueText, type Column, type Facet } from './facets.js';
import type { Row } from './rows.js';

/** A line of the table: a finding, or the head of a group. */
export type Entry =
  | { readonly kind: 'row'; readonly row: Row }
  | {
      readonly kind: 'group';
      readonly facet: Facet;
      readonly value: string;
      readonly count: number;
      readonly isOpen: boolean;
    };

/** The lines of the table; one is made when it comes into sight. */
export interface Entries {
  readonly length: number;
  /** Throws beyond the end. */
  readonly at: (number: number) => Entry;
}

/** The elements it works in. */
export interface TableElements {
  /** Scrolls. */
  readonly scroller: HTMLElement;
  /** Has the role, and says how many rows there are. */
  readonly table: HTMLElement;
  /** Is as high as all rows together. */
  readonly body: HTMLElement;
}

const NO_ENTRIES: Entries = {
  length: 0,
  at: () => {
    throw new RangeError('Internal error: there are no entries');
  },
};

/** Before a row has been measured. */
const ESTIMATED_HEIGHT = 44;
/** What is printed of a long table. */
const PRINTED_ROWS = 1000;

/** Shows entries. */
export class FindingsTable {
  readonly #elements: TableElements;
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #toggleGroup: (value: string) => void;
  #entries: Entries = NO_ENTRIES;
  /** The elements in sight by the number of their entry: kept while they stay, or the focus would be lost. */
  #drawn = new Map<number, HTMLElement>();
  readonly #open = new Set<number>();
  #isPrinting = false;

  constructor(elements: TableElements, toggleGroup: (value: string) => void) {
    this.#elements = elements;
    this.#toggleGroup = toggleGroup;
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: () => elements.scroller,
      estimateSize: () => ESTIMATED_HEIGHT,
      overscan: 10,
      // Told by the browser when it lays rows out; to ask at once would make it lay them out one by one.
      measureElement: (_, entry) => entry?.borderBoxSize[0]?.blockSize ?? ESTIMATED_HEIGHT,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => {
        this.#draw();
      },
    });
    this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    addEventListener('beforeprint', () => {
      this.#print(true);
    });
    addEventListener('afterprint', () => {
      this.#print(false);
    });
  }

  /** Shows other entries. */
  show(entries: Entries): void {
    this.#entries = entries;
    for (const element of this.#drawn.values()) element.remove();
    this.#drawn = new Map();
    this.#elements.scroller.scrollTop = 0;
    // The heading is a row too.
    this.#elements.table.setAttribute('aria-rowcount', String(entries.length + 1));
    this.#virtualizer.setOptions({ ...this.#virtualizer.options, count: entries.length });
    // Other entries have other heights; this draws them too.
    this.#virtualizer.measure();
  }

  #draw(): void {
    if (this.#isPrinting) return;
    const { body } = this.#elements;
    body.style.height = `${this.#virtualizer.getTotalSize()}px`;
    const items = this.#virtualizer.getVirtualItems();
    const inSight = new Set(items.map(({ index }) => index));
    for (const [index, element] of this.#drawn) {
      if (inSight.has(index)) continue;
      element.remove();
      this.#drawn.delete(index);
    }
    for (const item of items) this.#place(item);
  }

  #place({ index, start }: VirtualItem): void {
    const known = this.#drawn.get(index);
    const element = known ?? this.#make(this.#entries.at(index), index);
    element.style.transform = `translateY(${start}px)`;
    if (known) return;
    this.#drawn.set(index, element);
    this.#insert(element, index);
    this.#virtualizer.measureElement(element);
  }

  /** Into the order of the rows, which is the order of the Tab key. */
  #insert(element: HTMLElement, index: number): void {
    const { body } = this.#elements;
    const next = [...body.children].find((child) => Number(child.getAttribute('data-index')) > index);
    body.insertBefore(element, next ?? null);
  }

  #make(entry: Entry, index: number): HTMLElement {
    const element = make('div', {
      class: 'entry',
      attributes: { role: 'presentation', 'data-index': String(index) },
    });
    const attributes = { role: 'row', 'aria-rowindex': String(index + 2) };
    if (entry.kind === 'group') element.append(this.#groupRow(entry, attributes));
    else this.#addRow(element, entry.row, attributes);
    return element;
  }

  #groupRow(entry: Entry & { readonly kind: 'group' }, attributes: Record<string, string>): HTMLElement {
    const { facet, value, count, isOpen } = entry;
    const text = `${valueText(facet, value)} (${count.toLocaleString('en-US')})`;
    const button = make('button', { text, attributes: { type: 'button', 'aria-expanded': String(isOpen) } });
    button.addEventListener('click', () => {
      this.#toggleGroup(value);
    });
    const cell = make('div', {
      attributes: { role: 'cell', 'aria-colspan': String(COLUMNS.length + 1) },
      children: [button],
    });
    return make('div', { class: 'group', attributes, children: [cell] });
  }

  #addRow(element: HTMLElement, row: Row, attributes: Record<string, string>): void {
    const isOpen = this.#open.has(row.id);
    const button = make('button', {
      text: 'Why',
      attributes: {
        type: 'button',
        'aria-expanded': String(isOpen),
        'aria-label': `Why: scene ${row.id}`,
      },
    });
    button.addEventListener('click', () => {
      this.#toggle(element, row, button);
    });
    const cells = COLUMNS.map((column) =>
      make('div', {
        class: `cell ${column} ${column === 'verdict' ? row.verdict : ''}`,
        attributes: { role: 'cell', 'data-title': COLUMN_TITLES[column] },
        children: cellOf(column, row),
      }),
    );
    const why = make('div', { class: 'cell why', attributes: { role: 'cell' }, children: [button] });
    element.append(make('div', { class: 'row', attributes, children: [...cells, why] }));
    if (isOpen) element.append(explanationRow(row));
  }

  #toggle(element: HTMLElement, row: Row, button: HTMLElement): void {
    const isOpen = !this.#open.has(row.id);
    if (isOpen) {
      this.#open.add(row.id);
      element.append(explanationRow(row));
    } else {
      this.#open.delete(row.id);
      element.lastElementChild?.remove();
    }
    button.setAttribute('aria-expanded', String(isOpen));
  }

  /** On paper nothing scrolls. */
  #print(isPrinting: boolean): void {
    this.#isPrinting = isPrinting;
    const { body } = this.#elements;
    for (const element of this.#drawn.values()) element.remove();
    this.#drawn = new Map();
    body.replaceChildren();
    if (!isPrinting) {
      this.#draw();
      return;
    }
    body.style.height = 'auto';
    const printed = Math.min(this.#entries.length, PRINTED_ROWS);
    for (let index = 0; index < printed; index++) body.append(this.#make(this.#entries.at(index), index));
    const left = this.#entries.length - printed;
    if (left > 0) body.append(make('p', { text: `and ${left.toLocaleString('en-US')} more, not printed` }));
  }
}

function explanationRow(row: Row): HTMLElement {
  const cell = make('div', {
    attributes: { role: 'cell', 'aria-colspan': String(COLUMNS.length + 1) },
    children: [explanation(row.json)],
  });
  return make('div', { class: 'explanation', attributes: { role: 'row' }, children: [cell] });
}

/** Nothing where there is nothing to say. */
function cellOf(column: Column, row: Row): Node[] {
  switch (column) {
    case 'scene':
      return [link(row.url, String(row.id))];
    case 'item':
      return row.item === '' ? [] : [link(row.itemUrl, row.item)];
    case 'verdict':
    case 'action':
    case 'change':
      return text(row[column] === '' ? '' : valueText(column, row[column]));
    case 'title':
    case 'file':
      return text(row[column]);
  }
}

const text = (said: string): Node[] => (said === '' ? [] : [document.createTextNode(said)]);

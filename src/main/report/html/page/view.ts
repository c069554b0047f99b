/** Which findings are looked at, in which order: all that the URL's hash says. */
import { COLUMNS, FACETS, oneOf, type Column, type Facet } from './facets.js';
import { directoriesAtDepth, fold, type Row } from './rows.js';

/** What the person asked for. */
export interface View {
  /** Words that must all be there. */
  readonly query: string;
  /** Of each facet the values that are let through; without any all are. */
  readonly filters: Readonly<Record<Facet, readonly string[]>>;
  readonly sort: Column;
  readonly isFalling: boolean;
  /** The facet whose values findings are gathered under. */
  readonly group: Facet | undefined;
}

/** Everything, as it came. */
export const WHOLE_VIEW: View = {
  query: '',
  filters: Object.fromEntries(FACETS.map((facet) => [facet, []])) as unknown as View['filters'],
  sort: 'scene',
  isFalling: false,
  group: undefined,
};

/** The view a hash describes; what it does not know it leaves aside. */
export function viewOf(hash: string): View {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const sort = words.get('sort') ?? '';
  return {
    query: words.get('q') ?? '',
    filters: Object.fromEntries(FACETS.map((facet) => [facet, words.getAll(facet)])) as unknown as View['filters'],
    sort: oneOf(COLUMNS, sort.replace(/^-/, '')) ?? WHOLE_VIEW.sort,
    isFalling: sort.startsWith('-'),
    group: oneOf(FACETS, words.get('group') ?? ''),
  };
}

/** The hash that describes a view; empty for the whole. */
export function hashOf({ query, filters, sort, isFalling, group }: View): string {
  const words = new URLSearchParams();
  if (query !== '') words.set('q', query);
  for (const facet of FACETS) for (const value of filters[facet]) words.append(facet, value);
  if (sort !== WHOLE_VIEW.sort || isFalling) words.set('sort', (isFalling ? '-' : '') + sort);
  if (group !== undefined) words.set('group', group);
  return words.toString();
}

/** The view with a value of a facet let through, or no longer. */
export function toggled(view: View, facet: Facet, value: string): View {
  const values = view.filters[facet];
  const changed = values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
  return { ...view, filters: { ...view.filters, [facet]: changed } };
}

/** How many findings have each value of a facet. */
export type Counts = Readonly<Record<Facet, ReadonlyMap<string, number>>>;

/** The findings of a report. */
export class Findings {
  readonly rows: Row[] = [];
  readonly #orders = new Map<Column, Uint32Array>();

  /** Adds some. */
  add(rows: Iterable<Row>): void {
    for (const row of rows) this.rows.push(row);
    this.#orders.clear();
  }

  /** Once all are there: directories are counted where they make a picture. */
  gatherDirectories(): void {
    const cut = directoriesAtDepth(this.rows.map(({ directory }) => directory));
    for (const [number, row] of this.rows.entries()) {
      this.rows[number] = { ...row, directory: cut.get(row.directory) ?? row.directory };
    }
  }

  /** Numbers of the rows a view shows, in its order. */
  select(view: View): number[] {
    const words = wordsOf(view.query);
    const filters = FACETS.map((facet) => [facet, asSet(view.filters[facet])] as const).filter(([, values]) => values);
    const selected: number[] = [];
    for (const number of this.#orderBy(view.sort)) {
      const row = this.rows[number];
      if (row === undefined || !hasWords(row, words)) continue;
      if (filters.every(([facet, values]) => values?.has(row[facet]))) selected.push(number);
    }
    return view.isFalling ? selected.reverse() : selected;
  }

  /**
   * Counts the values of every facet. Those of a facet are counted among all that its own filter hides too: or no second
   * value could be chosen.
   */
  count(view: View): Counts {
    const words = wordsOf(view.query);
    const counts = FACETS.map(() => new Map<string, number>());
    const allowed = FACETS.map((facet) => asSet(view.filters[facet]));
    for (const row of this.rows) {
      if (!hasWords(row, words)) continue;
      const failing = FACETS.filter((facet, i) => allowed[i]?.has(row[facet]) === false);
      if (failing.length > 1) continue;
      for (const [i, facet] of FACETS.entries()) {
        if (failing.length === 1 && failing[0] !== facet) continue;
        counts[i]?.set(row[facet], (counts[i].get(row[facet]) ?? 0) + 1);
      }
    }
    return Object.fromEntries(FACETS.map((facet, i) => [facet, counts[i]])) as unknown as Counts;
  }

  /** Gathers rows under the values of a facet, the biggest group first; within a group their order stays. */
  group(selected: readonly number[], facet: Facet): Map<string, number[]> {
    const groups = new Map<string, number[]>();
    for (const number of selected) {
      const value = this.rows[number]?.[facet] ?? '';
      const members = groups.get(value);
      if (members) members.push(number);
      else groups.set(value, [number]);
    }
    return new Map([...groups].sort(([, a], [, b]) => b.length - a.length));
  }

  /** The rows by a column, equal ones as they came; sorted once, since a person goes to and fro. */
  #orderBy(column: Column): Uint32Array {
    const known = this.#orders.get(column);
    if (known) return known;
    const order = Uint32Array.from(this.rows.keys());
    if (column === 'scene') {
      order.sort((a, b) => (this.rows[a]?.id ?? 0) - (this.rows[b]?.id ?? 0) || a - b);
    } else {
      const keys = this.rows.map((row) => sortKey(row[column]));
      order.sort((a, b) => compare(keys[a] ?? '', keys[b] ?? '') || a - b);
    }
    this.#orders.set(column, order);
    return order;
  }
}

const wordsOf = (query: string): string[] => fold(query).split(/\s+/).filter(Boolean);

/** Plain loops: every keystroke runs this for every finding, at first before the browser has compiled anything. */
function hasWords({ searched }: Row, words: readonly string[]): boolean {
  for (const word of words) if (!searched.includes(word)) return false;
  return true;
}

const asSet = (values: readonly string[]): ReadonlySet<string> | undefined =>
  values.length === 0 ? undefined : new Set(values);

/**
 * A text whose plain order is the one people expect: letters without their case and accents, numbers by their value. Made
 * once per row: comparing 100,000 texts by a collator takes four times as long.
 */
function sortKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, '').padStart(12, '0'));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

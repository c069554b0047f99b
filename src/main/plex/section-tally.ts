/** What one reading of a section came to, and whether it can be trusted to hold every row. */

/** What one page came to. */
export interface PageTally {
  readonly rows: number;
  /** Rows that are items, and those of them whose rating key had come before. */
  readonly items: number;
  readonly repeated: number;
  readonly totalSize: number | undefined;
  /** Items that have a file. */
  readonly withFile: number;
  /** The same for the same rating keys, in whatever order and pages they came. */
  readonly keySum: number;
}

/** The pages of one reading, added up. */
export class SectionTally {
  rows = 0;
  items = 0;
  repeated = 0;
  withFile = 0;
  keySum = 0;
  /** Every totalSize the server gave; more than one value means the section changed under the reading. */
  readonly totals = new Set<number>();
  /** The reading was given up: it had begun to repeat itself. */
  isBroken = false;

  add({ rows, items, repeated, totalSize, withFile, keySum }: PageTally): void {
    this.rows += rows;
    this.items += items;
    this.repeated += repeated;
    this.withFile += withFile;
    this.keySum = (this.keySum + keySum) >>> 0;
    if (totalSize !== undefined) this.totals.add(totalSize);
  }

  /** Rows without those that were repeated. */
  get distinct(): number {
    return this.rows - this.repeated;
  }

  /** Whether another reading found the very same. */
  isSameAs(other: SectionTally | undefined): boolean {
    if (other === undefined || this.isBroken || other.isBroken) return false;
    const sum = ({ rows, repeated, keySum, totals }: SectionTally) => [rows, repeated, keySum, ...totals].join(' ');
    return sum(this) === sum(other);
  }
}

/** What may be said of a section after a reading. */
export type Completeness =
  | { readonly kind: 'whole' }
  /** Whole, though the server counts fewer rows than it lists. */
  | { readonly kind: 'whole_but_miscounted'; readonly total: number }
  /** The server keeps counting more rows than it lists. */
  | { readonly kind: 'short'; readonly total: number }
  /** Rows may have come or gone under the reading. */
  | { readonly kind: 'unsettled' };

/**
 * Judges a reading. A counter that moved says only that something was edited: whether rows came or went is told by the rows
 * themselves, which a second reading finds the same or not. (A row that goes while another comes leaves all counts alone, but
 * makes the pages skip one.)
 */
export function completeness(
  tally: SectionTally,
  earlier: SectionTally | undefined,
  hasCounterMoved: boolean,
): Completeness {
  const [total] = tally.totals;
  if (tally.isBroken || tally.totals.size > 1) return { kind: 'unsettled' };
  const isSame = tally.isSameAs(earlier);
  const isSettled = isSame || !hasCounterMoved;
  const isExact = total === undefined ? tally.repeated === 0 : tally.distinct === total;
  if (isExact) return { kind: isSettled ? 'whole' : 'unsettled' };
  if (total === undefined || !isSame) return { kind: 'unsettled' };
  return { kind: tally.distinct > total ? 'whole_but_miscounted' : 'short', total };
}

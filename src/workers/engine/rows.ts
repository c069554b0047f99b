/** The rows of a page, whichever server it is from: those that are odd are cleaned on the way. */
import { cleanRow } from './host';
import { enterList, goTo, here, nextElement, peek, skipValue } from './json';
import { recordTop, trimRecords } from './room';

/** Reads a list of rows; returns how many, or -1 where one cannot be what it should be. */
export function readRows(readRow: () => bool): i32 {
  if (!enterList()) return -1;
  let rows: i32 = 0;
  for (let next = nextElement(true); next != 0; next = nextElement(false)) {
    if (next < 0) return -1;
    peek();
    const start = here();
    const records = recordTop();
    if (!readRow()) {
      trimRecords(records);
      if (!readCleaned(start, readRow)) return -1;
    }
    rows++;
  }
  return rows;
}

/** Reads the row at a place once more, cleaned, and goes on behind it. */
function readCleaned(start: usize, readRow: () => bool): bool {
  goTo(start);
  if (!skipValue()) return false;
  const end = here();
  const clean = cleanRow(start, end);
  if (clean == 0) return false;
  goTo(clean);
  if (!readRow()) return false;
  goTo(end);
  return true;
}

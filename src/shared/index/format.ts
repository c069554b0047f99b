/**
 * The Plex index as bytes: one (Shared)ArrayBuffer, little-endian, every column aligned to 8.
 *
 * ```
 * header   16 x u32   magic | version | endian mark | total bytes | items | parts | dirs | heap bytes | info bytes |
 *                     name slots | key slots | narrow slots | narrow entries | reserved x 3
 * columns             in the order of COLUMNS below
 * ```
 * An *item* owns the parts `itemFirstPart[i] .. itemFirstPart[i + 1]`. A *dir* is one path component with the separators
 * in front of it and a link to its parent, so shared prefixes are stored once and raw spelling is kept. *Name slots* are
 * an open-addressing table by hash of the folded file name; equal hashes are chained through the parts. A chain longer
 * than CROWD is flagged: it is never walked, the *narrow* table answers for it (see crowd-keys.ts).
 */

import { IndexPartWord, NOTHING } from '../engine/layout.js';

export const MAGIC = 0x58495347; // "GSIX"
export const VERSION = 3;
export const ENDIAN_MARK = 0x01020304;
export const HEADER_BYTES = 64;

/** Where each number stands in the header, in units of u32. */
export const HEADER = {
  magic: 0,
  version: 1,
  endian: 2,
  totalBytes: 3,
  items: 4,
  parts: 5,
  dirs: 6,
  heapBytes: 7,
  infoBytes: 8,
  nameSlots: 9,
  keySlots: 10,
  narrowSlots: 11,
  narrowEntries: 12,
} as const;

/**
 * "No parent", "no next", "not found". Like hashes and flags it stays below 2^31: V8 keeps such numbers in registers, larger
 * ones on the heap.
 */
export const NONE = NOTHING;

/** The counts that fix the place of every column. */
export interface IndexCounts {
  readonly items: number;
  readonly parts: number;
  readonly dirs: number;
  readonly heapBytes: number;
  readonly infoBytes: number;
  readonly nameSlots: number;
  readonly keySlots: number;
  readonly narrowSlots: number;
  readonly narrowEntries: number;
}

/** Every column as a typed-array view over the index. */
export interface IndexColumns {
  /**
   * One record of IndexPartWord numbers per part. They stand side by side: matching one scene needs nearly all of them, and
   * in an index far larger than the processor's cache every column of its own would be another miss.
   */
  readonly partWords: Uint32Array;
  /** The same memory as doubles, for the sizes. */
  readonly partDoubles: Float64Array;
  /** Heap offset of the rating key; the title follows it. */
  readonly itemTextAt: Uint32Array;
  readonly itemFirstPart: Uint32Array;
  /** YYYYMMDD, YYYY0000 where only the year is known, 0 where neither is. */
  readonly itemDate: Uint32Array;
  readonly dirParent: Uint32Array;
  readonly dirAt: Uint32Array;
  readonly dirHash: Uint32Array;
  readonly nameSlots: Uint32Array;
  readonly keySlots: Uint32Array;
  readonly narrowSlots: Uint32Array;
  readonly narrowPart: Uint32Array;
  readonly narrowHash: Uint32Array;
  readonly narrowNext: Uint32Array;
  readonly itemKeyLength: Uint16Array;
  readonly itemTitleLength: Uint16Array;
  readonly itemSection: Uint16Array;
  readonly dirLength: Uint16Array;
  /** Bits of Presence, see engine/layout.ts. */
  readonly itemPresence: Uint8Array;
  readonly heap: Uint8Array;
  /** UTF-8 JSON of {@link IndexInfo}. */
  readonly info: Uint8Array;
}

/** One library as the index remembers it. */
export interface IndexSection {
  readonly key: string;
  readonly title: string;
  /** Its agent finds no metadata, so the dates in it are ones Plex made up. */
  readonly agentIsNone: boolean;
}

/** What the index says of itself beside its columns. */
export interface IndexInfo {
  readonly sections: readonly IndexSection[];
}

type ColumnKind = 8 | 4 | 2 | 1;

/** Columns in the order of the file: widest elements first, so padding stays small. */
function columnPlan(
  counts: IndexCounts,
): readonly (readonly [Exclude<keyof IndexColumns, 'partWords'>, ColumnKind, number])[] {
  const { items, parts, dirs, narrowEntries } = counts;
  return [
    ['partDoubles', 8, parts * (IndexPartWord.Words / 2)],
    ['itemTextAt', 4, items],
    ['itemFirstPart', 4, items + 1],
    ['itemDate', 4, items],
    ['dirParent', 4, dirs],
    ['dirAt', 4, dirs],
    ['dirHash', 4, dirs],
    ['nameSlots', 4, counts.nameSlots],
    ['keySlots', 4, counts.keySlots],
    ['narrowSlots', 4, counts.narrowSlots],
    ['narrowPart', 4, narrowEntries],
    ['narrowHash', 4, narrowEntries],
    ['narrowNext', 4, narrowEntries],
    ['itemKeyLength', 2, items],
    ['itemTitleLength', 2, items],
    ['itemSection', 2, items],
    ['dirLength', 2, dirs],
    ['itemPresence', 1, items],
    ['heap', 1, counts.heapBytes],
    ['info', 1, counts.infoBytes],
  ];
}

const align8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Total size in bytes of an index with these counts. */
export function indexBytes(counts: IndexCounts): number {
  return columnPlan(counts).reduce((bytes, [, width, length]) => bytes + align8(width * length), HEADER_BYTES);
}

/** Builds the views over a buffer of {@link indexBytes} bytes. Copies nothing. */
export function viewColumns(buffer: ArrayBufferLike, byteOffset: number, counts: IndexCounts): IndexColumns {
  const views: Partial<Record<keyof IndexColumns, Float64Array | Uint32Array | Uint16Array | Uint8Array>> = {};
  let at = byteOffset + HEADER_BYTES;
  for (const [name, width, length] of columnPlan(counts)) {
    views[name] = viewOf(buffer, at, width, length);
    if (name === 'partDoubles') views.partWords = new Uint32Array(buffer, at, length * 2);
    at += align8(width * length);
  }
  return views as unknown as IndexColumns;
}

function viewOf(buffer: ArrayBufferLike, at: number, width: ColumnKind, length: number) {
  switch (width) {
    case 8:
      return new Float64Array(buffer, at, length);
    case 4:
      return new Uint32Array(buffer, at, length);
    case 2:
      return new Uint16Array(buffer, at, length);
    case 1:
      return new Uint8Array(buffer, at, length);
  }
}

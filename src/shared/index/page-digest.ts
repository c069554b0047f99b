/**
 * What a worker makes of one Plex page: flat columns the coordinator can append to the index without looking at a single
 * string. Offsets point into `heap`, dirs into the page's own dir table.
 */

/** Numbers per record of each table below. */
export const ITEM_STRIDE = 6;
export const PART_STRIDE = 5;
export const DIR_STRIDE = 4;

/** One page, digested. All arrays may be views of one transferred buffer. */
export interface PageDigest {
  /** UTF-8 of everything below. */
  readonly heap: Uint8Array;
  /** keyAt, keyLength, titleLength (the title follows the key), flags, packed date, part count */
  readonly items: Uint32Array;
  /** dir, nameAt, nameLength, nameHash, duration in milliseconds; in the order of their items */
  readonly parts: Uint32Array;
  /** Bytes of each part; 0 unknown. */
  readonly sizes: Float64Array;
  /** parent (NONE at a root; parents come first), at, length, hash of the folded component */
  readonly dirs: Uint32Array;
}

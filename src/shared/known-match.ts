/** A known match as one number of an id table: which item, and how strong the evidence was. */

const EVIDENCE_RANGE = 2 ** 21;

/** Packs an item and its evidence (below 2^21) into one exact double. */
export const packKnownMatch = (item: number, evidence: number): number => item * EVIDENCE_RANGE + evidence;

/** The reverse of {@link packKnownMatch}. */
export function unpackKnownMatch(packed: number): { readonly item: number; readonly evidence: number } {
  return { item: Math.floor(packed / EVIDENCE_RANGE), evidence: packed % EVIDENCE_RANGE };
}

/** Rating keys are texts, but numbers on every server seen. */

/** The order in which items are listed: by rating key as a number, so that no listing depends on when a page came. */
export function compareRatingKeys(a: string, b: string): number {
  // Numbers without leading zeros: the longer is the larger.
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Names that were refused: whether they may be shown, and what was probably meant. */
import leven from 'leven';

/** The known name that is near enough to have been meant. */
function nearestName(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const [nearest] = [...known].sort((a, b) => distance(lower, a) - distance(lower, b));
  return nearest !== undefined && distance(lower, nearest) <= Math.max(2, word.length / 3) ? nearest : undefined;
}

const distance = (lower: string, name: string): number => leven(lower, name.toLowerCase());

/** `; did you mean X?` when something known is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = nearestName(word, known);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/**
 * The refused name with a blank before it, or nothing. A word that slipped out of its variable may be a secret: it is
 * shown only where it is near a known name, or made like one (lower case, hardly a digit).
 */
export function showName(word: string, known: readonly string[], quote = ''): string {
  const isPlain = /^-{0,2}[a-z][a-z_.-]{0,28}\d{0,3}$/.test(word) || /^\d{1,7}$/.test(word);
  const isNear = word.length <= 30 && nearestName(word, known) !== undefined;
  return isPlain || isNear ? ` ${quote}${word}${quote}` : '';
}

/** Lines as Stash takes them from its tasks: a level, then the text. */

/** Info, warning, error, progress. */
export type StashLevel = 'i' | 'w' | 'e' | 'p';

/** Stash stops reading at a line of 64 KiB. */
const MAX_LENGTH = 8000;

/** One line. */
export function stashLine(level: StashLevel, text: string): string {
  return `\u0001${level}\u0002${text.replaceAll('\n', ' ').slice(0, MAX_LENGTH)}\n`;
}

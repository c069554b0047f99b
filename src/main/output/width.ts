/** Texts by the columns they take on a screen: a wide character takes two, a mark that sits on another none. */
// Not string-width: it takes 45 ms to load, longer than everything else that most commands load.
import fastStringWidth from 'fast-string-width';

const MORE = '…';
/** Made when a text has to be cut: that takes 15 ms. */
let graphemes: Intl.Segmenter | undefined;

/** Columns of a text without control characters. */
export function widthOf(text: string): number {
  return fastStringWidth(text);
}

/** The text, or as much of its beginning as fits, with "…" behind it. @param columns at least 1 */
export function cutEnd(text: string, columns: number): string {
  return cut(
    text,
    columns,
    ([...pieces]) => pieces,
    (kept) => kept.join('') + MORE,
  );
}

/** The text, or as much of its end as fits, with "…" before it: of a path the end says more. @param columns at least 1 */
export function cutStart(text: string, columns: number): string {
  return cut(
    text,
    columns,
    ([...pieces]) => pieces.reverse(),
    (kept) => MORE + kept.reverse().join(''),
  );
}

function cut(
  text: string,
  columns: number,
  inOrder: (pieces: readonly string[]) => string[],
  join: (kept: string[]) => string,
): string {
  if (widthOf(text) <= columns) return text;
  const kept: string[] = [];
  let left = columns - widthOf(MORE);
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const piece of inOrder([...graphemes.segment(text)].map(({ segment }) => segment))) {
    left -= widthOf(piece);
    if (left < 0) break;
    kept.push(piece);
  }
  return join(kept);
}

/**
 * The text in lines of at most so many columns, broken between words; a word longer than a line has one of its own.
 * @param indent in front of every line but the first
 */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    const before = lines.length === 0 ? '' : indent;
    if (line !== '' && widthOf(before + longer) > columns) {
      lines.push(before + line);
      line = word;
    } else line = longer;
  }
  return [...lines, (lines.length === 0 ? '' : indent) + line];
}

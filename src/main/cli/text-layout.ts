/** Lines of text for a terminal of 80 columns. */

const WIDTH = 80;

/** Breaks a text between words. */
export function wrap(text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A term and what it means, side by side; a term that is too long has a line of its own. */
export function definition(term: string, meaning: string, column: number): string[] {
  const indent = ' '.repeat(column);
  const lines = wrap(meaning, WIDTH - column).map((line) => indent + line);
  const head = `  ${term}`;
  if (head.length + 2 > column) return [head, ...lines];
  const [first = '', ...rest] = lines;
  return [head.padEnd(column) + first.slice(column), ...rest];
}

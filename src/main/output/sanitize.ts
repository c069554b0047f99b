/** Makes text from outside safe to show: titles and server messages may hold anything. */

/** Control characters (so no ANSI escape and no newline), and the marks that reorder text. */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** The text on one line, without anything a terminal would obey. */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, ' ');
}

/** The texts of a pickle, which are most of what a row is made of. */

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Texts up to this length are looked for among the recent ones first. */
const RECENT_LENGTH = 16;

/** ASCII texts met lately: every row has the same dozen keys, and making a string costs more than comparing it. */
const recentTexts = new Array<string>(256).fill('');

/** Decodes UTF-8 that lies within the bytes; undefined when it is not UTF-8. */
export function decodeText(bytes: Buffer, start: number, length: number): string | undefined {
  if (length > RECENT_LENGTH) return decode(bytes, start, length);
  const first = bytes[start] ?? 0;
  const last = bytes[start + length - 1] ?? 0;
  const slot = (first * 31 + last * 7 + length) & 255;
  const recent = recentTexts[slot] ?? '';
  if (recent.length === length && holds(bytes, start, recent)) return recent;
  const text = decode(bytes, start, length);
  // As many characters as bytes: all ASCII, so comparing codes with bytes is comparing texts.
  if (text?.length === length) recentTexts[slot] = text;
  return text;
}

function holds(bytes: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function decode(bytes: Buffer, start: number, length: number): string | undefined {
  const text = bytes.toString('utf8', start, start + length);
  // Several times faster than a strict decoder, but it hides bytes that are not UTF-8 behind U+FFFD.
  if (!text.includes('\ufffd')) return text;
  try {
    return strictDecoder.decode(bytes.subarray(start, start + length));
  } catch {
    return undefined;
  }
}

/**
 * A cursor over the bytes of a JSON text that reads the few members wanted of each row and steps over the rest.
 * A hot-path exception: parsing whole pages with JSON.parse, only to encode most strings again, cost as much as
 * everything else a worker does (see perf/README.md). Whatever is not plain (an escape in a wanted string, an odd
 * type) is left to JSON.parse, row by row, so both roads give the same answer; a property test compares them.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** A position in a JSON text. Methods return false, or -1, where the text is not what they expect. */
export class JsonCursor {
  readonly bytes: Buffer;
  at: number;
  /** Span of the string read last, without its quotes. */
  start = 0;
  end = 0;
  /** Hash of the key read last; compare with {@link keyHash}. */
  key = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  /** The next byte that is not white space, without moving past it; 0 at the end. */
  peek(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at] ?? 0;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at] ?? 0;
    this.at = at;
    return byte;
  }

  /** Moves past one expected byte. */
  take(expected: number): boolean {
    if (this.peek() !== expected) return false;
    this.at++;
    return true;
  }

  /** Enters an object. */
  enterObject(): boolean {
    return this.take(OPEN_BRACE);
  }

  /** Enters a list. */
  enterList(): boolean {
    return this.take(OPEN_BRACKET);
  }

  /**
   * Moves to the value of the next member, leaving its key's hash in {@link key}.
   * @returns 1 at a value, 0 past the end of the object, -1 where the text is malformed
   */
  nextMember(first: boolean): 1 | 0 | -1 {
    const byte = this.peek();
    if (byte === CLOSE_BRACE) {
      this.at++;
      return 0;
    }
    if (!first) {
      if (byte !== COMMA) return -1;
      this.at++;
    }
    if (!this.take(QUOTE)) return -1;
    this.key = this.#hashToQuote();
    return this.key !== 0 && this.take(COLON) ? 1 : -1;
  }

  /** Like {@link nextMember}, for lists. */
  nextElement(first: boolean): 1 | 0 | -1 {
    const byte = this.peek();
    if (byte === CLOSE_BRACKET) {
      this.at++;
      return 0;
    }
    if (first) return byte === 0 ? -1 : 1;
    if (byte !== COMMA) return -1;
    this.at++;
    return 1;
  }

  /** Reads a string without escapes and leaves its span in {@link start} and {@link end}. */
  plainString(): boolean {
    if (!this.take(QUOTE)) return false;
    const { bytes } = this;
    const { length } = bytes;
    this.start = this.at;
    for (let at = this.at; at < length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.end = at;
        this.at = at + 1;
        return true;
      }
      if (byte === BACKSLASH || byte < 0x20) return false;
    }
    return false;
  }

  /** Moves past `null`, if that is what comes next. */
  takeNull(): boolean {
    if (this.peek() !== 0x6e || this.bytes.toString('latin1', this.at, this.at + 4) !== 'null') return false;
    this.at += 4;
    return true;
  }

  /** Reads a string with or without escapes; undefined for anything else. */
  stringValue(): string | undefined {
    const start = this.at;
    if (this.plainString()) return this.text();
    this.at = start;
    if (this.peek() !== QUOTE || !this.skipValue()) return undefined;
    try {
      return JSON.parse(this.bytes.toString('utf8', start, this.at)) as string;
    } catch {
      return undefined;
    }
  }

  /** The plain string read last. */
  text(): string {
    const { bytes, start, end } = this;
    for (let at = start; at < end; at++) if ((bytes[at] ?? 0) >= 0x80) return bytes.toString('utf8', start, end);
    return bytes.toString('latin1', start, end);
  }

  /** Reads a whole number of up to 15 digits; -1 for anything else. */
  wholeNumber(): number {
    this.peek();
    const { bytes } = this;
    const start = this.at;
    let at = start;
    let value = 0;
    for (let byte = bytes[at] ?? 0; byte >= 0x30 && byte <= 0x39; byte = bytes[++at] ?? 0)
      value = value * 10 + (byte - 0x30);
    const next = bytes[at] ?? 0;
    const ended = next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET || next === 0x20 || next === 0x0a;
    if (at === start || at - start > 15 || !ended) return -1;
    this.at = at;
    return value;
  }

  /** Steps over one value of any kind. */
  skipValue(): boolean {
    const byte = this.peek();
    if (byte === QUOTE) {
      this.at++;
      return this.#skipString();
    }
    return byte === OPEN_BRACE || byte === OPEN_BRACKET ? this.#skipNested() : this.#skipScalar();
  }

  #skipNested(): boolean {
    const { bytes } = this;
    const { length } = bytes;
    let depth = 0;
    let at = this.at;
    // Locals and an explicit bound: the same loop over fields took twice as long.
    while (at < length) {
      const byte = bytes[at++] ?? 0;
      if (byte === QUOTE) {
        at = endOfString(bytes, at);
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
        this.at = at;
        return true;
      }
    }
    return false;
  }

  #skipString(): boolean {
    this.at = endOfString(this.bytes, this.at);
    return this.at <= this.bytes.length;
  }

  #skipScalar(): boolean {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    for (let byte = bytes[at]; ; byte = bytes[++at]) {
      if (byte === undefined) return false;
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 0x20) break;
    }
    this.at = at;
    return at > start;
  }

  #hashToQuote(): number {
    const { bytes } = this;
    const { length } = bytes;
    let hash = 0x811c9dc5;
    for (let at = this.at; at < length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.at = at + 1;
        return hash;
      }
      if (byte === BACKSLASH) return 0;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    return 0;
  }
}

/** Past the closing quote of a string whose inside begins at `at`; beyond the end when there is none. */
function endOfString(bytes: Buffer, at: number): number {
  const { length } = bytes;
  for (let i = at; i < length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i++;
  }
  return length + 1;
}

/** The hash {@link JsonCursor.key} has for a key. */
export function keyHash(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

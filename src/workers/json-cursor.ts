/**
 * A cursor over the bytes of a JSON text that reads the few members wanted of each row and steps over the rest.
 * A hot-path exception: parsing whole pages with JSON.parse, only to encode most strings again, cost as much as
 * everything else a worker does (see perf/README.md). Whatever is not plain (an escape in a wanted string, an odd
 * type) is left to JSON.parse, row by row, so both roads give the same answer; a property test compares them.
 */
import { Utf8Text } from '../shared/utf8-text.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** {@link JsonCursor.key} of a member nobody asked for. */
export const OTHER_KEY = -1;

/** The keys wanted of an object, each known by its place in the list. */
export class KeySet {
  /** Candidate by length and first letter; two wanted keys that share both are chained. */
  readonly #slots = new Int8Array(1024).fill(OTHER_KEY);
  readonly #next: Int8Array;
  readonly #names: readonly Uint8Array[];

  constructor(names: readonly string[]) {
    this.#names = names.map((name) => Buffer.from(name));
    this.#next = new Int8Array(names.length).fill(OTHER_KEY);
    for (const [key, name] of this.#names.entries()) {
      const slot = slotOf(name, 0, name.length);
      this.#next[key] = this.#slots[slot] ?? OTHER_KEY;
      this.#slots[slot] = key;
    }
  }

  /** Which key a span of bytes is, or {@link OTHER_KEY}. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let key = this.#slots[slotOf(bytes, start, end)] ?? OTHER_KEY;
    while (key !== OTHER_KEY && !this.#is(key, bytes, start, end)) key = this.#next[key] ?? OTHER_KEY;
    return key;
  }

  #is(key: number, bytes: Uint8Array, start: number, end: number): boolean {
    const name = this.#names[key];
    if (name?.length !== end - start) return false;
    for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
    return true;
  }
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  return (((end - start) & 31) << 5) | ((bytes[start] ?? 0) & 31);
}

/** A position in a JSON text. Methods return false, or -1, where the text is not what they expect. */
export class JsonCursor {
  readonly bytes: Buffer;
  at: number;
  /** Span of the string read last, without its quotes. */
  start = 0;
  end = 0;
  /** The key read last, by its place in the {@link KeySet}. */
  key = OTHER_KEY;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
   * Moves to the value of the next member, leaving in {@link key} which of the wanted keys it has.
   * @returns 1 at a value, 0 past the end of the object, -1 where the text is malformed
   */
  nextMember(first: boolean, wanted: KeySet): 1 | 0 | -1 {
    const { bytes } = this;
    const start = first ? this.at + 1 : this.at + 2;
    // JSON without white space, as servers write it; anything else takes its time. A page is mostly keys, so this loop
    // is half of what reading it costs: locals, no calls.
    if (bytes[start - 1] === QUOTE && (first || bytes[start - 2] === COMMA)) {
      let end = start;
      let byte = bytes[end] ?? 0;
      while (byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20) byte = bytes[++end] ?? 0;
      if (byte === QUOTE && bytes[end + 1] === COLON) {
        this.at = end + 2;
        this.key = wanted.find(bytes, start, end);
        return 1;
      }
    }
    return this.#nextSpacedMember(first, wanted);
  }

  #nextSpacedMember(first: boolean, wanted: KeySet): 1 | 0 | -1 {
    const byte = this.peek();
    if (byte === CLOSE_BRACE) {
      this.at++;
      return 0;
    }
    if (!first) {
      if (byte !== COMMA) return -1;
      this.at++;
    }
    if (!this.plainString()) return -1;
    this.key = wanted.find(this.bytes, this.start, this.end);
    return this.take(COLON) ? 1 : -1;
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
  textValue(): Utf8Text | undefined {
    const start = this.at;
    if (this.plainString()) return this.text();
    this.at = start;
    if (this.peek() !== QUOTE || !this.skipValue()) return undefined;
    try {
      return Utf8Text.of(JSON.parse(this.bytes.toString('utf8', start, this.at)) as string);
    } catch {
      return undefined;
    }
  }

  /** The plain string read last. */
  text(): Utf8Text {
    return new Utf8Text(this.bytes, this.start, this.end);
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
    if (at === start || at - start > 15 || !isEndOfValue(bytes[at])) return -1;
    this.at = at;
    return value;
  }

  /** Reads a number that is not negative, with a fraction perhaps; -1 for anything else. */
  decimalNumber(): number {
    const start = this.at;
    const whole = this.wholeNumber();
    if (whole >= 0) return whole;
    this.at = start;
    const first = this.peek();
    if (first < 0x30 || first > 0x39 || !this.skipValue()) return -1;
    const value = Number(this.bytes.toString('latin1', start, this.at));
    return Number.isFinite(value) ? value : -1;
  }

  /** Steps over one value of any kind. */
  skipValue(): boolean {
    const byte = this.peek();
    if (byte === QUOTE) {
      this.at = endOfString(this.bytes, this.at + 1);
      return this.at <= this.bytes.length;
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
}

function isEndOfValue(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === 0x20 || byte === 0x0a;
}

/** Past the closing quote of a string whose inside begins at `at`; beyond the end when there is none. */
function endOfString(bytes: Buffer, at: number): number {
  // A native search: from some twenty bytes on it is faster than a loop, and skipped texts are mostly longer.
  let quote = bytes.indexOf(QUOTE, at);
  while (quote > at && isEscaped(bytes, at, quote)) quote = bytes.indexOf(QUOTE, quote + 1);
  return quote < 0 ? bytes.length + 1 : quote + 1;
}

/** Whether an odd number of backslashes stands in front of a quote. */
function isEscaped(bytes: Buffer, start: number, quote: number): boolean {
  let at = quote;
  while (at > start && bytes[at - 1] === BACKSLASH) at--;
  return (quote - at) % 2 === 1;
}

/**
 * Texts stay UTF-8 from a page to the queue row: most are never looked at, and of a million scenes each string made and
 * encoded again would cost more than matching it.
 */
import { decodeUtf8 } from './text-key.js';

/** A text as a span of UTF-8 bytes; lives no longer than they do. */
export class Utf8Text {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** A text in memory of its own; lone surrogates, which are no text, become U+FFFD. */
  static of(text: string): Utf8Text {
    const bytes = Buffer.from(text);
    return new Utf8Text(bytes, 0, bytes.length);
  }

  /** Its bytes. */
  get span(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Whether it is nothing but white space. */
  get isBlank(): boolean {
    const first = this.bytes[this.start] ?? 0;
    if (this.end === this.start) return true;
    // A plain first character settles it; what Unicode takes for white space is left to the string.
    return (first <= 0x20 || first >= 0x80) && this.toString().trim() === '';
  }

  /** Malformed bytes become U+FFFD. */
  toString(): string {
    return decodeUtf8(this.span);
  }
}

/** The text without characters. */
export const EMPTY_TEXT = new Utf8Text(new Uint8Array(0), 0, 0);

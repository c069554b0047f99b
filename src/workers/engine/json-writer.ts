/**
 * Writes JSON into the page's room, each piece behind the one before: what is written, and in which order, its caller decides.
 * Texts are taken to be valid UTF-8, as whatever the engine reads is.
 */
import { NOTHING } from '../../shared/engine/layout';
import { writeDigits } from './digits';
import { dirNameEnd, dirTextAt, parentOf, partNameEnd, partOf, partTextAt } from './index-reader';
import { takeScratch, trimScratch } from './room';

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const PERCENT: u8 = 0x25;
/** `null`. */
const NULL: u32 = 0x6c6c756e;
/** Bytes of the longest escape, and of the longest number. */
const ESCAPE_BYTES: usize = 6;
const NUMBER_BYTES: usize = 10;
/** Bytes of one that is percent-encoded. */
const ENCODED_BYTES: usize = 3;

/** Writes bytes as they are. */
export function putBytes(from: usize, length: u32): void {
  memory.copy(takeScratch(length), from, length);
}

/** Writes null. */
export function putNull(): void {
  store<u32>(takeScratch(4), NULL);
}

/** Writes a number. */
export function putNumber(value: u32): void {
  trimScratch(writeDigits(takeScratch(NUMBER_BYTES), value));
}

/** Writes a text as a string. */
export function putString(from: usize, length: u32): void {
  putQuote();
  putEscaped(from, length);
  putQuote();
}

/** Writes the path of a part as a string. */
export function putPartPath(part: u32): void {
  putQuote();
  putDirectories(partOf(part).dir);
  putSpan(partTextAt(part), partNameEnd(part));
  putQuote();
}

function putDirectories(dir: u32): void {
  if (dir == NOTHING) return;
  putDirectories(parentOf(dir));
  putSpan(dirTextAt(dir), dirNameEnd(dir));
}

function putQuote(): void {
  store<u8>(takeScratch(1), QUOTE);
}

function putSpan(from: usize, end: usize): void {
  putEscaped(from, (end - from) as u32);
}

/** Writes a text as it stands inside a string. */
function putEscaped(from: usize, length: u32): void {
  let to = takeScratch((length as usize) * ESCAPE_BYTES);
  const end = from + length;
  // Nearly every text has nothing to be escaped, and goes sixteen bytes at a time.
  for (; from + 16 <= end; from += 16, to += 16) {
    const bytes = v128.load(from);
    if (v128.any_true(isToEscape(bytes))) break;
    v128.store(to, bytes);
  }
  for (; from < end; from++) {
    const byte = load<u8>(from);
    if (byte >= 0x20 && byte != QUOTE && byte != BACKSLASH) store<u8>(to++, byte);
    else to = writeEscape(to, byte);
  }
  trimScratch(to);
}

function isToEscape(bytes: v128): v128 {
  const isMark = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
  return v128.or(isMark, i8x16.lt_u(bytes, i8x16.splat(0x20)));
}

/** As `JSON.stringify` does: the short form where there is one. */
function writeEscape(to: usize, byte: u8): usize {
  store<u8>(to, BACKSLASH);
  const letter = letterOf(byte);
  if (letter != 0) {
    store<u8>(to + 1, letter);
    return to + 2;
  }
  store<u8>(to + 1, 0x75);
  store<u8>(to + 2, 0x30);
  store<u8>(to + 3, 0x30);
  store<u8>(to + 4, hexDigit(byte >> 4));
  store<u8>(to + 5, hexDigit(byte & 15));
  return to + ESCAPE_BYTES;
}

/** What stands behind the backslash of a byte's short form; 0 where it has none. */
function letterOf(byte: u8): u8 {
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
      return byte;
    case 8:
      return 0x62;
    case 9:
      return 0x74;
    case 10:
      return 0x6e;
    case 12:
      return 0x66;
    case 13:
      return 0x72;
    default:
      return 0;
  }
}

function hexDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** Writes a text as `encodeURIComponent` does; nothing of that has to be escaped in a string. */
export function putUrlComponent(from: usize, length: u32): void {
  let to = takeScratch((length as usize) * ENCODED_BYTES);
  const end = from + length;
  for (; from < end; from++) {
    const byte = load<u8>(from);
    if (isUnreserved(byte)) {
      store<u8>(to++, byte);
      continue;
    }
    store<u8>(to, PERCENT);
    store<u8>(to + 1, capitalHexDigit(byte >> 4));
    store<u8>(to + 2, capitalHexDigit(byte & 15));
    to += ENCODED_BYTES;
  }
  trimScratch(to);
}

function isUnreserved(byte: u8): bool {
  const letter = byte | 0x20;
  if ((letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39)) return true;
  switch (byte) {
    case 0x21: // !
    case 0x27: // '
    case 0x28: // (
    case 0x29: // )
    case 0x2a: // *
    case 0x2d: // -
    case 0x2e: // .
    case 0x5f: // _
    case 0x7e: // ~
      return true;
    default:
      return false;
  }
}

function capitalHexDigit(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}

/**
 * A cursor over JSON text. Behind every text stands a zero, which no JSON contains: every loop ends there by itself.
 * What is not plain JSON is refused, never guessed at; JSON.parse then says what it is.
 */
import { takeScratch, trimScratch } from './room';
import { isUtf8, spells } from './text';

/** Digits a double holds exactly. */
const EXACT_DIGITS: u32 = 15;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

let at: usize = 0;

/** The string read last. */
let textStart: usize = 0;
let textSize: u32 = 0;

/** The key read last. */
let keyAt: usize = 0;
let keySize: u32 = 0;

/** Goes to a place in a text. */
export function goTo(place: usize): void {
  at = place;
}

/** Where the cursor stands. */
export function here(): usize {
  return at;
}

/** Where the string read last is: in the page, or unescaped elsewhere. */
export function textAt(): usize {
  return textStart;
}

/** Bytes of the string read last. */
export function textLength(): u32 {
  return textSize;
}

/** Leaves a string of the caller's where strings are left. */
export function setText(place: usize, length: u32): void {
  textStart = place;
  textSize = length;
}

/** Where the key read last is. */
export function keyStart(): usize {
  return keyAt;
}

/** Bytes of the key read last. */
export function keyLength(): u32 {
  return keySize;
}

/** Whether the key read last is this one; `name` must have its length. */
export function keyIs(name: string): bool {
  return spells(keyAt, name);
}

/** The key read last as a whole number; -1 when it is none. */
export function keyWholeNumber(): f64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < keySize; i++) {
    const digit: u32 = (load<u8>(keyAt + i) as u32) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return keySize == 0 || keySize > EXACT_DIGITS ? -1 : (value as f64);
}

/** The next byte that is not white space, without moving past it; 0 at the end. */
export function peek(): u32 {
  let byte: u32 = load<u8>(at);
  while (byte <= 0x20 && (byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09)) byte = load<u8>(++at);
  return byte;
}

/** Moves past one expected byte. */
export function take(expected: u32): bool {
  if (peek() != expected) return false;
  at++;
  return true;
}

/** Moves past `null`, if that is what comes next. */
export function takeNull(): bool {
  if (peek() != 0x6e || load<u32>(at) != 0x6c6c756e) return false;
  at += 4;
  return true;
}

/** Enters an object. */
export function enterObject(): bool {
  return take(0x7b);
}

/** Enters a list. */
export function enterList(): bool {
  return take(0x5b);
}

/** Moves to the value of the next member: 1 at a value, 0 past the end of the object, -1 where the text is malformed. */
export function nextMember(first: bool): i32 {
  const byte = peek();
  if (byte == 0x7d) {
    at++;
    return 0;
  }
  if (!first) {
    if (byte != 0x2c) return -1;
    at++;
  }
  if (!take(QUOTE)) return -1;
  keyAt = at;
  at = endOfPlain(at);
  keySize = (at - keyAt) as u32;
  if (load<u8>(at) != QUOTE) return -1;
  at++;
  return take(0x3a) ? 1 : -1;
}

/** Like {@link nextMember}, for lists. */
export function nextElement(first: bool): i32 {
  const byte = peek();
  if (byte == 0x5d) {
    at++;
    return 0;
  }
  if (first) return byte == 0 ? -1 : 1;
  if (byte != 0x2c) return -1;
  at++;
  return 1;
}

/** Whether {@link endOfPlain} has met a byte that is not ASCII. */
let metHigh: bool = false;

/** The first place from here on with a quote, a backslash or a control character. Sixteen bytes at a time. */
function endOfPlain(from: usize): usize {
  const quote = i8x16.splat(QUOTE as i8);
  const backslash = i8x16.splat(BACKSLASH as i8);
  const control = i8x16.splat(0x20);
  let place = from;
  let high: u32 = 0;
  while (true) {
    const bytes = v128.load(place);
    const stops = v128.or(v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, backslash)), i8x16.lt_u(bytes, control));
    const mask = i8x16.bitmask(stops) as u32;
    if (mask != 0) {
      // Of the last sixteen, only what lies before the stop counts.
      metHigh = (high | ((i8x16.bitmask(bytes) as u32) & (mask - 1) & ~mask)) != 0;
      return place + (ctz(mask) as usize);
    }
    high |= i8x16.bitmask(bytes) as u32;
    place += 16;
  }
}

/** Reads a string and leaves its bytes in {@link textAt}; false for anything else, malformed UTF-8 included. */
export function readString(): bool {
  if (!take(QUOTE)) return false;
  textStart = at;
  at = endOfPlain(at);
  const stop: u32 = load<u8>(at);
  if (stop != QUOTE) return stop == BACKSLASH && readEscaped();
  textSize = (at - textStart) as u32;
  at++;
  return !metHigh || isUtf8(textStart, textSize);
}

/** Whether a string comes next that surely has a letter: whatever follows need not be read then. */
export function isTextAhead(): bool {
  if (peek() != QUOTE) return false;
  const first: u32 = load<u8>(at + 1);
  return first > 0x20 && first < 0x80 && first != QUOTE && first != BACKSLASH;
}

/** A string or null, which reads as empty. */
export function readText(): bool {
  if (!takeNull()) return readString();
  textSize = 0;
  return true;
}

/** Reads on from the first backslash of a string, into room of its own. */
function readEscaped(): bool {
  const start = textStart;
  const end = endOfString(at);
  if (end == 0) return false;
  textStart = takeScratch(end - start);
  let to = textStart;
  let from = start;
  while (true) {
    const run = at - from;
    memory.copy(to, from, run);
    to += run;
    if (load<u8>(at) == QUOTE) break;
    to = unescape(to);
    if (to == 0) return false;
    from = at;
    at = endOfPlain(at);
    const stop: u32 = load<u8>(at);
    if (stop != QUOTE && stop != BACKSLASH) return false;
  }
  at++;
  textSize = (to - textStart) as u32;
  trimScratch(to);
  return isUtf8(textStart, textSize);
}

/** Where the string ends that `from` lies in; 0 when it does not. */
function endOfString(from: usize): usize {
  let place = from;
  while (true) {
    place = endOfPlain(place);
    const byte: u32 = load<u8>(place);
    if (byte == QUOTE) return place;
    if (byte != BACKSLASH || !isEscape(place + 1)) return 0;
    place += 2;
  }
}

/** Whether what stands behind a backslash is one of JSON's escapes. */
function isEscape(place: usize): bool {
  switch (load<u8>(place)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    case 0x75:
      return hexUnit(place + 1) >= 0;
    default:
      return false;
  }
}

/** Writes the character the escape here stands for and moves past it; returns the new end, or 0. */
function unescape(to: usize): usize {
  const letter: u32 = load<u8>(at + 1);
  at += 2;
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return writeCode(to, letter);
    case 0x62:
      return writeCode(to, 8);
    case 0x66:
      return writeCode(to, 12);
    case 0x6e:
      return writeCode(to, 10);
    case 0x72:
      return writeCode(to, 13);
    case 0x74:
      return writeCode(to, 9);
    case 0x75:
      return unescapeUnit(to);
    default:
      return 0;
  }
}

/** The four hex digits here, and a second unit where they are the first of a pair; half a pair becomes U+FFFD. */
function unescapeUnit(to: usize): usize {
  const unit = hexUnit(at);
  if (unit < 0) return 0;
  at += 4;
  if (unit < 0xd800 || unit > 0xdfff) return writeCode(to, unit);
  if (unit > 0xdbff || load<u16>(at) != 0x755c) return writeCode(to, 0xfffd);
  const low = hexUnit(at + 2);
  if (low < 0xdc00 || low > 0xdfff) return writeCode(to, 0xfffd);
  at += 6;
  return writeCode(to, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
}

/** The value of four hex digits, or -1. */
function hexUnit(place: usize): i32 {
  let value: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte: i32 = load<u8>(place + i);
    const letter = byte | 0x20;
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : letter >= 0x61 && letter <= 0x66 ? letter - 87 : -1;
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

function writeCode(to: usize, code: i32): usize {
  if (code < 0x80) {
    store<u8>(to, code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
    store<u8>(to + 1, 0x80 | (code & 63));
    return to + 2;
  }
  if (code < 0x10000) {
    store<u8>(to, 0xe0 | (code >> 12));
    store<u8>(to + 1, 0x80 | ((code >> 6) & 63));
    store<u8>(to + 2, 0x80 | (code & 63));
    return to + 3;
  }
  store<u8>(to, 0xf0 | (code >> 18));
  store<u8>(to + 1, 0x80 | ((code >> 12) & 63));
  store<u8>(to + 2, 0x80 | ((code >> 6) & 63));
  store<u8>(to + 3, 0x80 | (code & 63));
  return to + 4;
}

/** Reads a whole number of up to 15 digits; -1 for anything else. */
export function wholeNumber(): f64 {
  peek();
  const start = at;
  let value: u64 = 0;
  let digit: u32 = (load<u8>(at) as u32) - 0x30;
  for (; digit <= 9; digit = (load<u8>(at) as u32) - 0x30) {
    value = value * 10 + digit;
    at++;
  }
  const digits = (at - start) as u32;
  const isPadded = digits > 1 && load<u8>(start) == 0x30;
  return digits == 0 || digits > EXACT_DIGITS || isPadded || !isEndOfValue() ? -1 : (value as f64);
}

/** Digits that fit 64 bits; what comes behind them no double holds. */
const MOST_DIGITS: u32 = 18;

/** Reads a number that is not negative, without exponent, to the last bit or two; -1 for anything else. */
export function decimalNumber(): f64 {
  peek();
  let value: u64 = 0;
  let scale: f64 = 1;
  let digits: u32 = 0;
  let behindPoint = false;
  for (; ; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 0x2e && !behindPoint && digits > 0) {
      behindPoint = true;
    } else if (byte - 0x30 <= 9) {
      digits++;
      if (digits > MOST_DIGITS) {
        if (!behindPoint) return -1;
        continue;
      }
      value = value * 10 + (byte - 0x30);
      if (behindPoint) scale *= 10;
    } else break;
  }
  return digits == 0 || load<u8>(at - 1) == 0x2e || !isEndOfValue() ? -1 : (value as f64) / scale;
}

function isEndOfValue(): bool {
  const byte: u32 = load<u8>(at);
  return byte == 0x2c || byte == 0x7d || byte == 0x5d || byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Steps over one value of any kind. */
export function skipValue(): bool {
  const byte = peek();
  if (byte == QUOTE) return skipString();
  return byte == 0x7b || byte == 0x5b ? skipNested() : skipScalar();
}

function skipString(): bool {
  const end = endOfString(at + 1);
  if (end == 0) return false;
  at = end + 1;
  return true;
}

/** Nesting beyond this is left to JSON.parse. */
const MAX_DEPTH: u32 = 64;

// What is open while a value is stepped over: one bit each, set for an object.
let open: u64 = 0;
let depth: u32 = 0;

/** Steps over an object or a list. */
function skipNested(): bool {
  open = depth = 0;
  let next = enterNested();
  while (next == 1) {
    const byte = peek();
    if (byte == 0x7b || byte == 0x5b) {
      next = enterNested();
    } else {
      if (!(byte == QUOTE ? skipString() : skipScalar())) return false;
      next = leaveNested();
    }
  }
  return next == 0;
}

/** Enters the object or list here: 1 at its first value, or at the next behind it; 0 when that was all, -1 malformed. */
function enterNested(): i32 {
  if (depth == MAX_DEPTH) return -1;
  const isObject = peek() == 0x7b;
  open = (open << 1) | (isObject ? 1 : 0);
  depth++;
  at++;
  const next = isObject ? nextMember(true) : nextElement(true);
  if (next != 0) return next;
  open >>= 1;
  depth--;
  return leaveNested();
}

/** Behind a value: 1 at the next one in what is open, 0 when all is closed, -1 malformed. */
function leaveNested(): i32 {
  while (depth > 0) {
    const next = (open & 1) == 1 ? nextMember(false) : nextElement(false);
    if (next != 0) return next;
    open >>= 1;
    depth--;
  }
  return 0;
}

/** Steps over `true`, `false`, `null` or a number. */
function skipScalar(): bool {
  const byte: u32 = load<u8>(at);
  if (byte == 0x74) return skipWord('true');
  if (byte == 0x66) return skipWord('false');
  if (byte == 0x6e) return skipWord('null');
  return skipNumber() && isEndOfValue();
}

function skipWord(word: string): bool {
  if (!spells(at, word)) return false;
  at += word.length;
  return isEndOfValue();
}

function skipNumber(): bool {
  if (load<u8>(at) == 0x2d) at++;
  if (load<u8>(at) == 0x30) at++;
  else if (!skipDigits()) return false;
  if (load<u8>(at) == 0x2e) {
    at++;
    if (!skipDigits()) return false;
  }
  if (((load<u8>(at) as u32) | 0x20) != 0x65) return true;
  at++;
  const sign: u32 = load<u8>(at);
  if (sign == 0x2b || sign == 0x2d) at++;
  return skipDigits();
}

function skipDigits(): bool {
  const start = at;
  while ((load<u8>(at) as u32) - 0x30 <= 9) at++;
  return at > start;
}

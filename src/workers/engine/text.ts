/** Texts as spans of UTF-8: folding, hashing, comparing. The keys are those of text-key.ts, to the bit. */
import { foldedHash, sameWhenFolded } from './host';

/** What every hash begins with. */
export const HASH_SEED: u32 = 0x811c9dc5;
const HASH_PRIME: u32 = 0x01000193;

/** Whether a byte separates path components. */
export function isSeparator(byte: u32): bool {
  return byte == 0x2f || byte == 0x5c;
}

/** An ASCII letter in lower case, a quotation mark as a colon (see text-key.ts); any other byte as it is. */
export function foldByte(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte + 32 : byte == 0x22 ? 0x3a : byte;
}

/** A hash with one byte more. */
export function hashByte(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * HASH_PRIME;
}

/** The last step of every hash. */
export function finishHash(hash: u32): u32 {
  let h = hash;
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  return (h ^ (h >>> 16)) & 0x7fffffff;
}

/** Hash of the bytes as they are. */
export function rawHash(at: usize, length: u32): u32 {
  let hash = HASH_SEED;
  for (let end = at + length; at < end; at++) hash = hashByte(hash, load<u8>(at));
  return finishHash(hash);
}

/** The hash names are found by in the index. */
export function nameHash(at: usize, length: u32): u32 {
  let hash = HASH_SEED;
  let all: u32 = 0;
  // From the end, as hashText does.
  for (let i = at + length; i > at;) {
    const byte: u32 = load<u8>(--i);
    all |= byte;
    hash = hashByte(hash, foldByte(byte));
  }
  return all < 0x80 ? finishHash(hash) : foldedHash(at, length);
}

/** Where the last component of a path begins; `at` when there is no separator. */
export function nameStart(at: usize, end: usize): usize {
  while (end > at && !isSeparator(load<u8>(end - 1))) end--;
  return end;
}

/** Where the separators in front of a component begin. */
export function separatorsStart(at: usize, end: usize): usize {
  while (end > at && isSeparator(load<u8>(end - 1))) end--;
  return end;
}

/** Past the separators a component begins with. */
export function skipSeparators(at: usize, end: usize): usize {
  while (at < end && isSeparator(load<u8>(at))) at++;
  return at;
}

/** Whether the bytes at a place spell an ASCII word. */
export function spells(at: usize, word: string): bool {
  for (let i = 0; i < word.length; i++) if ((load<u8>(at + i) as i32) != word.charCodeAt(i)) return false;
  return true;
}

/** Whether two spans of one length hold the same bytes. */
export function sameBytes(a: usize, b: usize, length: u32): bool {
  if (length < 8) {
    for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
    return true;
  }
  const last = length - 8;
  for (let i: u32 = 0; i < last; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  // The last eight may have been compared in part.
  return load<u64>(a + last) == load<u64>(b + last);
}

/** Whether two names are equal when folded. */
export function sameName(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  if (aLength == bLength && sameBytes(a, b, aLength)) return true;
  let all: u32 = 0;
  let same = aLength == bLength;
  const common = min(aLength, bLength);
  for (let i: u32 = 0; i < common; i++) {
    const x: u32 = load<u8>(a + i);
    const y: u32 = load<u8>(b + i);
    all |= x | y;
    same = same && foldByte(x) == foldByte(y);
  }
  for (let i = common; i < aLength; i++) all |= load<u8>(a + i);
  for (let i = common; i < bLength; i++) all |= load<u8>(b + i);
  return all < 0x80 ? same : sameWhenFolded(a, aLength, b, bLength);
}

/** Whether a text is nothing but white space, by the rules of `String.prototype.trim`. */
export function isBlank(at: usize, length: u32): bool {
  const end = at + length;
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte < 0x80) {
      if (byte != 0x20 && byte - 9 > 4) return false;
      at++;
      continue;
    }
    const width = blankWidth(at, end);
    if (width == 0) return false;
    at += width;
  }
  return true;
}

/** Bytes of the white space character at a place where a byte is not ASCII; 0 when there is none. */
function blankWidth(at: usize, end: usize): u32 {
  const first: u32 = load<u8>(at);
  if (first == 0xc2) return at + 1 < end && load<u8>(at + 1) == 0xa0 ? 2 : 0;
  if (at + 2 >= end) return 0;
  const code = ((first & 15) << 12) | (((load<u8>(at + 1) as u32) & 63) << 6) | ((load<u8>(at + 2) as u32) & 63);
  if (first < 0xe0 || first > 0xef) return 0;
  const blank =
    code == 0x1680 ||
    code - 0x2000 <= 10 ||
    code == 0x2028 ||
    code == 0x2029 ||
    code == 0x202f ||
    code == 0x205f ||
    code == 0x3000 ||
    code == 0xfeff;
  return blank ? 3 : 0;
}

/** The highest bit of each of eight bytes. */
const HIGH_BITS: u64 = ((0x80808080 as u64) << 32) | 0x80808080;

/** Whether bytes are valid UTF-8. */
export function isUtf8(at: usize, length: u32): bool {
  const end = at + length;
  while (at < end) {
    if (at + 8 <= end && (load<u64>(at) & HIGH_BITS) == 0) {
      at += 8;
      continue;
    }
    if (load<u8>(at) < 0x80) {
      at++;
      continue;
    }
    const width = sequenceWidth(at, end);
    if (width == 0) return false;
    at += width;
  }
  return true;
}

/** Bytes of the well-formed sequence at a place where a byte is not ASCII; 0 when it is malformed. */
function sequenceWidth(at: usize, end: usize): u32 {
  const first: u32 = load<u8>(at);
  const width: u32 = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (width == 0 || at + width > end) return 0;
  const second: u32 = load<u8>(at + 1);
  // No overlong forms, no surrogates, nothing beyond U+10FFFF.
  const lowest: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const highest: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i: u32 = 2; i < width; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return 0;
  return width;
}

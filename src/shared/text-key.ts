/**
 * Keys under which names are compared: Unicode NFC and lower case, so that NFD names (macOS) and letter case make no
 * difference. Also the 31-bit hash the index tables are built on; both sides must use exactly these functions.
 */

// eslint-disable-next-line no-control-regex -- the range is "all of ASCII"
const ASCII = /^[\x00-\x7f]*$/;

/** The marks that compose with letters that have two cases. */
const MARK = /[\u0300-\u036f]/;

/** The comparison key of a name: NFC, lower-cased. */
export function foldKey(text: string): string {
  // Normalising costs ten times a plain lower-casing, and most names are ASCII (already NFC).
  if (ASCII.test(text)) return text.toLowerCase();
  const folded = text.normalize('NFC').toLowerCase();
  // Where a mark is left over, lower-casing can have made it one that composes: J with a caron has no letter of its own, j has.
  return MARK.test(folded) ? folded.normalize('NFC') : folded;
}

const HASH_SEED = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

/** A 31-bit hash of a string's UTF-16 units, the last first: file names are cut off and hashed in one pass from their end. */
export function hashText(text: string): number {
  let hash = HASH_SEED;
  for (let i = text.length - 1; i >= 0; i--) hash = Math.imul(hash ^ text.charCodeAt(i), HASH_PRIME);
  return finishHash(hash);
}

/** A 31-bit hash of bytes as they are: rating keys are found by it. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), HASH_PRIME);
  return finishHash(hash);
}

/** The last component of a path, as {@link cutName} finds it. */
export interface NameCut {
  /** Where the separators in front of the name begin. */
  dirEnd: number;
  nameStart: number;
  /** `hashText(foldKey(name))` */
  nameHash: number;
}

const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** What a byte folds to: letters to lower case, either separator to `/`; bytes that are not ASCII stay. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === BACKSLASH ? SLASH : byte >= 65 && byte <= 90 ? byte + 32 : byte,
);

/**
 * Cuts the last component off a path in UTF-8 and hashes it, without making strings as long as the name is ASCII. Fills an
 * object of the caller's: it runs once per file of either library.
 */
export function cutName(bytes: Uint8Array, start: number, end: number, cut: NameCut): void {
  let hash = HASH_SEED;
  let all = 0;
  let at = end - 1;
  for (; at >= start; at--) {
    const folded = FOLDED[bytes[at] ?? 0] ?? 0;
    if (folded === SLASH) break;
    all |= folded;
    hash = Math.imul(hash ^ folded, HASH_PRIME);
  }
  cut.nameStart = at + 1;
  cut.nameHash = all < 0x80 ? finishHash(hash) : hashText(foldKey(decodeUtf8(bytes.subarray(at + 1, end))));
  while (at >= start && FOLDED[bytes[at] ?? 0] === SLASH) at--;
  cut.dirEnd = at + 1;
}

/** Combines two hashes into one; the order matters. */
export function mixHash(a: number, b: number): number {
  return finishHash(Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35));
}

/** A hash of any finite number. */
export function hashNumber(value: number): number {
  return mixHash(value | 0, Math.floor(value / 4294967296) | 0);
}

/** The last step of {@link hashText}, for those who have mixed the units themselves. */
export function finishHash(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) & 0x7fffffff;
}

/** Decodes UTF-8 from memory that may be shared; malformed bytes become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  // Buffer reads shared memory in place, which TextDecoder refuses to, and takes half its time for a name.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** Whether two runs of bytes are equal. A loop: names are too short for a native call to pay. */
export function equalBytes(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}

/**
 * Whether UTF-8 bytes, once folded, equal a folded key. Equal hashes are only a hint; this is the proof.
 * Compares in place: decoding each candidate to a string made the matcher three times slower.
 */
export function foldedBytesEqual(bytes: Uint8Array, start: number, end: number, key: string): boolean {
  const length = end - start;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] ?? 0;
    if (byte >= 0x80) return foldKey(decodeUtf8(bytes.subarray(start, end))) === key;
    if (i >= key.length) return false;
    const folded = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if (folded !== key.charCodeAt(i)) {
      // A later combining mark may change this very character when composed (e + U+0301).
      return hasNonAscii(bytes, start + i, end) && foldKey(decodeUtf8(bytes.subarray(start, end))) === key;
    }
  }
  return length === key.length;
}

function hasNonAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) >= 0x80) return true;
  return false;
}

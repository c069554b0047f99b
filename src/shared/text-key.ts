/**
 * Keys under which names are compared: Unicode NFC and lower case, so that NFD names (macOS) and letter case make no
 * difference. Also the 31-bit hash the index tables are built on; both sides must use exactly these functions.
 */

// eslint-disable-next-line no-control-regex -- the range is "all of ASCII"
const ASCII = /^[\x00-\x7f]*$/;

/** The comparison key of a name: NFC, lower-cased. */
export function foldKey(text: string): string {
  // Normalising costs ten times a plain lower-casing, and most names are ASCII (already NFC).
  if (ASCII.test(text)) return text.toLowerCase();
  // Lower-casing can produce sequences that compose again, hence the second pass.
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}

/** A 31-bit hash of a string's UTF-16 units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return finishHash(hash);
}

/** `hashText(foldKey(text.slice(start)))`, without making the slice as long as it is ASCII. */
export function hashFolded(text: string, start: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return hashText(foldKey(text.slice(start)));
    hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code + 32 : code), 0x01000193);
  }
  return finishHash(hash);
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

const decoder = new TextDecoder();

/** Decodes UTF-8 from memory that may be shared; malformed bytes become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  // TextDecoder refuses views of a SharedArrayBuffer on some platforms; a copy of a name is cheap.
  return decoder.decode(bytes.slice());
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

/**
 * {@link foldedBytesEqual} with the key still unfolded, at the end of a longer text. Undefined where either side is not
 * plain ASCII: then only folding can tell.
 */
export function plainBytesEqual(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: string,
  textStart: number,
): boolean | undefined {
  const length = end - start;
  const sameLength = text.length - textStart === length;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] ?? 0;
    const code = textStart + i < text.length ? text.charCodeAt(textStart + i) : 0;
    if (byte >= 0x80 || code >= 0x80) return undefined;
    if (byte !== code && lower(byte) !== lower(code)) {
      // What differs here may compose with what follows, if anything behind it is not ASCII.
      return hasNonAscii(bytes, start + i, end) || !isAsciiFrom(text, textStart + i) ? undefined : false;
    }
  }
  return sameLength ? true : isAsciiFrom(text, textStart) ? false : undefined;
}

const lower = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);

function isAsciiFrom(text: string, start: number): boolean {
  for (let i = start; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

function hasNonAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) >= 0x80) return true;
  return false;
}

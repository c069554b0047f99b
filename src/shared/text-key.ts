/**
 * Keys under which names are compared: Unicode NFC and full case folding, so that NFD names (macOS), letter case, `ß` and
 * `ss` make no difference. Also the 31-bit hashes the index tables are built on; the engine's are the same, to the bit.
 */

// eslint-disable-next-line no-control-regex -- the range is "all of ASCII"
const ASCII = /^[\x00-\x7f]*$/;

/** The marks that compose with letters that have two cases. */
const MARK = /[\u0300-\u036f]/;

/**
 * The characters by which SMB clients write what Windows forbids in a name: macOS from U+F020 on (Apple's SFM scheme), Linux
 * and others as U+F000 + ASCII (SFU). U+F022 is a colon in the one and a quotation mark in the other, so these two are one.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  '"': ':',
  '\uf020': ':',
  '\uf022': ':',
  '\uf03a': ':',
  '\uf021': '*',
  '\uf02a': '*',
  '\uf023': '<',
  '\uf03c': '<',
  '\uf024': '>',
  '\uf03e': '>',
  '\uf025': '?',
  '\uf03f': '?',
  '\uf026': '\\',
  '\uf05c': '\\',
  '\uf027': '|',
  '\uf07c': '|',
  '\uf028': ' ',
  '\uf029': '.',
};
const STAND_IN = /["\uf020-\uf02a\uf03a\uf03c\uf03e\uf03f\uf05c\uf07c]/g;

/** The comparison key of a name: NFC, case-folded, one character for each that SMB clients write in several ways. */
export function foldKey(text: string): string {
  // Normalising costs ten times a plain lower-casing, and most names are ASCII (already NFC).
  if (ASCII.test(text)) return text.toLowerCase().replaceAll('"', ':');
  const folded = foldCase(text.normalize('NFC')).replace(STAND_IN, (character) => STAND_INS[character] ?? character);
  // Where a mark is left over, folding can have made it one that composes: J with a caron has no letter of its own, j has.
  return MARK.test(folded) ? folded.normalize('NFC') : folded;
}

/**
 * Full case folding, as Unicode has it: by way of the capitals, which are the same for `ς` and `σ`, and `SS` for `ß`. Only the
 * dotless i has a capital that is another letter's, and stays itself.
 */
function foldCase(text: string): string {
  if (text.includes('ı')) return text.split('ı').map(foldCase).join('ı');
  return text.toUpperCase().toLowerCase();
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

/** Combines two hashes into one; the order matters. */
export function mixHash(a: number, b: number): number {
  return finishHash(Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35));
}

/** A hash of any finite number. */
export function hashNumber(value: number): number {
  return mixHash(value | 0, Math.floor(value / 4294967296) | 0);
}

function finishHash(hash: number): number {
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

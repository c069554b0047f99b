/** Time as Stash writes it: RFC 3339 with the server's offset or `Z`, fractions up to nanoseconds. */

/** Digits of a fraction that are read: more are beyond what a number can hold. */
const FRACTION_DIGITS = 9;

/** The day read last, and its first second: pages are full of scenes of the same few days. */
let lastDay = 0;
let lastMidnight = NaN;

/** Epoch seconds (with fraction) of an RFC 3339 time, or NaN when it is not one. */
export function parseTimestamp(text: unknown): number {
  if (typeof text !== 'string') return NaN;
  const bytes = Buffer.from(text);
  return readTimestamp(bytes, 0, bytes.length);
}

/** {@link parseTimestamp} of a span of bytes. */
export function readTimestamp(bytes: Uint8Array, start: number, end: number): number {
  // YYYY-MM-DDTHH:MM:SS, then a fraction perhaps, then Z or an offset.
  const time = start + 11;
  const day = digits(bytes, start, 4) * 10_000 + digits(bytes, start + 5, 2) * 100 + digits(bytes, start + 8, 2);
  const hour = digits(bytes, time, 2);
  const minute = digits(bytes, time + 3, 2);
  const second = digits(bytes, time + 6, 2);
  const t = (bytes[start + 10] ?? 0) | 0x20;
  const separated =
    bytes[start + 4] === DASH &&
    bytes[start + 7] === DASH &&
    (t === LETTER_T || bytes[start + 10] === SPACE) &&
    bytes[time + 2] === COLON &&
    bytes[time + 5] === COLON;
  if (end - start < 20 || !separated || hour > 23 || minute > 59 || second > 60) return NaN;
  let at = time + 8;
  let fraction = 0;
  if (bytes[at] === DOT) {
    const first = ++at;
    while (at < end && isDigit(bytes[at])) at++;
    const count = Math.min(at - first, FRACTION_DIGITS);
    if (count === 0) return NaN;
    fraction = digits(bytes, first, count) / 10 ** count;
  }
  return midnight(day) + hour * 3600 + minute * 60 + second + fraction - offsetSeconds(bytes, at, end);
}

const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const SPACE = 0x20;
const PLUS = 0x2b;
const LETTER_T = 0x74;
const LETTER_Z = 0x7a;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** A number of exactly `count` digits, or NaN. */
function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Seconds east of Greenwich of `Z`, `+HH:MM` or `+HHMM`, which must be all that is left; else NaN. */
function offsetSeconds(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at] ?? 0;
  if (end - at === 1) return (sign | 0x20) === LETTER_Z ? 0 : NaN;
  const colon = bytes[at + 3] === COLON ? 1 : 0;
  if (end - at !== 5 + colon || (sign !== PLUS && sign !== DASH)) return NaN;
  const seconds = digits(bytes, at + 1, 2) * 3600 + digits(bytes, at + 3 + colon, 2) * 60;
  return sign === DASH ? -seconds : seconds;
}

/** First second of a day given as YYYYMMDD, or NaN for a day that does not exist. */
function midnight(day: number): number {
  if (day === lastDay) return lastMidnight;
  const [year, month, dayOfMonth] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100, day % 100];
  const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
  const exists = year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
  lastDay = day;
  lastMidnight = exists ? date.getTime() / 1000 : NaN;
  return lastMidnight;
}

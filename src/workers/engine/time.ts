/** Time as Stash writes it: RFC 3339 with the server's offset or `Z`, fractions up to nanoseconds. */

/** Digits of a fraction that are read: more are beyond what a double holds. */
const FRACTION_DIGITS: usize = 9;

const DASH: u32 = 0x2d;
const COLON: u32 = 0x3a;

/** Epoch seconds (with fraction) of `start..end`, or NaN when it is not an RFC 3339 time. */
export function readTime(start: usize, end: usize): f64 {
  // YYYY-MM-DDTHH:MM:SS, then a fraction perhaps, then Z or an offset.
  if (end - start < 20) return NaN;
  const year = digits(start, 4);
  const month = digits(start + 5, 2);
  const day = digits(start + 8, 2);
  const hour = digits(start + 11, 2);
  const minute = digits(start + 14, 2);
  const second = digits(start + 17, 2);
  const separator: u32 = load<u8>(start + 10);
  const isSeparated =
    load<u8>(start + 4) == DASH &&
    load<u8>(start + 7) == DASH &&
    ((separator | 0x20) == 0x74 || separator == 0x20) &&
    load<u8>(start + 13) == COLON &&
    load<u8>(start + 16) == COLON;
  if (!isSeparated || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return NaN;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NaN;
  let at = start + 19;
  let fraction: f64 = 0;
  if (load<u8>(at) == 0x2e) {
    const first = ++at;
    while (at < end && (load<u8>(at) as u32) - 0x30 <= 9) at++;
    const count = min(at - first, FRACTION_DIGITS);
    if (count == 0) return NaN;
    fraction = (digits(first, count) as f64) / tenTo(count);
  }
  const offset = offsetSeconds(at, end);
  const midnight = (daysSince1970(year, month, day) as f64) * 86400;
  return midnight + ((hour * 3600) as f64) + ((minute * 60) as f64) + (second as f64) + fraction - offset;
}

/** A number of exactly `count` digits, or -1. */
function digits(start: usize, count: usize): i32 {
  let value: i32 = 0;
  for (let at = start; at < start + count; at++) {
    const digit: u32 = (load<u8>(at) as u32) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function tenTo(power: usize): f64 {
  let value: f64 = 1;
  for (let i: usize = 0; i < power; i++) value *= 10;
  return value;
}

/** Seconds east of Greenwich of `Z`, `+HH:MM` or `+HHMM`, which must be all that is left; else NaN. */
function offsetSeconds(at: usize, end: usize): f64 {
  const sign: u32 = load<u8>(at);
  if (end - at == 1) return (sign | 0x20) == 0x7a ? 0 : NaN;
  const colon: usize = end - at == 6 && load<u8>(at + 3) == COLON ? 1 : 0;
  if (end - at != 5 + colon || (sign != 0x2b && sign != DASH)) return NaN;
  const hours = digits(at + 1, 2);
  const minutes = digits(at + 3 + colon, 2);
  if (hours < 0 || minutes < 0) return NaN;
  const seconds = (hours * 3600 + minutes * 60) as f64;
  return sign == DASH ? -seconds : seconds;
}

function isLeap(year: i32): bool {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return isLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days from 1970-01-01 to a day of the Gregorian calendar; the year begins in March, so that leap days come last. */
function daysSince1970(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

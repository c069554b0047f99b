/** Time as Stash writes it: RFC 3339 with the server's offset or `Z`, fractions up to nanoseconds. */

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)$/;

/** The day parsed last, and its first second: pages are full of scenes of the same few days. */
let lastDay = '';
let lastMidnight = NaN;

/** Epoch seconds (with fraction) of an RFC 3339 time, or NaN when the text is not one. */
export function parseTimestamp(text: unknown): number {
  if (typeof text !== 'string') return NaN;
  const match = RFC3339.exec(text);
  if (match === null) return NaN;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (hour > 23 || minute > 59 || second > 60) return NaN;
  return midnight(text.slice(0, 10)) + hour * 3600 + minute * 60 + second + Number(match[1] ?? 0) - offsetSeconds(text);
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
}

function offsetSeconds(text: string): number {
  const last = text.charCodeAt(text.length - 1) | 32;
  if (last === 122) return 0;
  const colon = text.charCodeAt(text.length - 3) === 58 ? 1 : 0;
  const at = text.length - 5 - colon;
  const seconds = twoDigits(text, at + 1) * 3600 + twoDigits(text, at + 3 + colon) * 60;
  return text.charCodeAt(at) === 45 ? -seconds : seconds;
}

/** First second of a day `YYYY-MM-DD`, or NaN for a day that does not exist. */
function midnight(day: string): number {
  if (day === lastDay) return lastMidnight;
  const month = twoDigits(day, 5);
  const dayOfMonth = twoDigits(day, 8);
  const date = new Date(Date.UTC(Number(day.slice(0, 4)), month - 1, dayOfMonth));
  const exists = Number(day.slice(0, 4)) >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
  lastDay = day;
  lastMidnight = exists ? date.getTime() / 1000 : NaN;
  return lastMidnight;
}

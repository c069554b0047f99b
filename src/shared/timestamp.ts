/** Time as Stash writes it: RFC 3339 with the server's offset or `Z`, fractions up to nanoseconds. */

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;

/** Epoch seconds (with fraction) of an RFC 3339 time, or NaN when the text is not one. */
export function parseTimestamp(text: unknown): number {
  if (typeof text !== 'string') return NaN;
  const match = RFC3339.exec(text);
  if (match === null) return NaN;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes] = match;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (h > 23 || mi > 59 || s > 60 || !isCalendarDay(y, mo, d)) return NaN;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * (sign === '-' ? -60 : 60);
  return Date.UTC(y, mo - 1, d, h, mi, s) / 1000 + Number(fraction ?? 0) - offset;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

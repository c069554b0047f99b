/** Types of settings that are spans and moments. */
import { plainType } from './simple.js';
import type { SettingType } from '../setting.js';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** Seconds of a span like `30m`, `24h`, `7d` or `2w`; undefined when the text is not one. */
function parseSpan(text: string): number | undefined {
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  return match ? Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] : undefined;
}

const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** A span, in seconds. */
export const span: SettingType<number> = plainType({
  expected: 'a span like 12h or 7d, or seconds',
  argument: 'SPAN',
  schema: {
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: '^\\d{1,6}[smhdw]$' },
    ],
  },
  read: (text) => parseSpan(text) ?? (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
  is: isSeconds,
});

/** A day, or a day and a time of day; without an offset the day is one of UTC and the time is local, as in ISO dates of JavaScript. */
const ISO_MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** A moment in the past, in epoch seconds. */
export const moment: SettingType<number> = plainType({
  expected: 'a span like 30m, 24h, 7d, 2w or an ISO date like 2026-01-31',
  argument: 'SPAN|DATE',
  schema: { type: 'string' },
  read: (text, { now }) => {
    const ago = parseSpan(text);
    return ago === undefined ? parseIso(text) : now / 1000 - ago;
  },
  is: (value): value is number => typeof value === 'number' && Number.isFinite(value),
});

function parseIso(text: string): number | undefined {
  const [match, year, month, day] = ISO_MOMENT.exec(text) ?? [];
  // Date.parse takes 31 February for 3 March.
  const dayExists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  const parsed = match !== undefined && dayExists ? Date.parse(match) : NaN;
  return Number.isNaN(parsed) ? undefined : parsed / 1000;
}

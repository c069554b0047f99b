/** Numbers and times for people. */
import type { ScanScope } from '../scan-types.js';

/** `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1 job`, `2 jobs`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** How long ago: `40 s`, `3 h 5 min`, `12 days`; `-` where that is not known. */
export function formatAge(epochSeconds: number | null, now: number): string {
  if (epochSeconds === null) return '-';
  const seconds = Math.max(0, now - epochSeconds);
  return seconds < 2 * 86_400 ? formatDuration(seconds) : `${formatCount(Math.floor(seconds / 86_400))} days`;
}

/** What a run was limited to, beside its libraries. */
export function limitsOf({ since, ids }: ScanScope): string[] {
  return [
    ...(since === null ? [] : [`only scenes since ${since}`]),
    ...(ids === null ? [] : [`only ${plural(ids, 'named scene')}`]),
  ];
}

/** Epoch seconds as JSON outputs show them. */

/** ISO 8601 of epoch seconds; null where there is no time, or one that is none. */
export function isoTime(epochSeconds: number | null): string | null {
  if (epochSeconds === null) return null;
  const date = new Date(epochSeconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A row of the queue for people. */
import type { QueueRow } from '../queue/inspect.js';
import { formatAge, plural } from './format.js';
import { sanitize } from './sanitize.js';

/** A row in one line. */
export function rowAsText(
  { id, state, kind, sceneId, insertedAt, path, tries, lastError }: QueueRow,
  now: number,
): string {
  const scene = sceneId === null ? '' : `, scene ${sceneId}`;
  const trials = tries === 0 ? '' : `, tried ${plural(tries, 'time')}`;
  const error = lastError === null ? '' : `, last ${sanitize(lastError)}`;
  return `row ${id}${scene}: ${state} ${kind}, ${formatAge(insertedAt, now)} old${trials}${error}${path === null ? '' : `, ${sanitize(path)}`}`;
}

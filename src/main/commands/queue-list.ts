/** `queue list`: rows by state, kind and age. */
import { formatAge, formatCount } from '../output/format.js';
import { rowAsText } from '../output/queue-row.js';
import { isoTime } from '../output/iso-time.js';
import { inspectQueue, type QueueRow } from '../queue/inspect.js';
import { ROW_KINDS, ROW_STATES } from '../queue/row-words.js';
import type { QueueSetup } from './queue.js';

/** On a terminal more than these would push the counts off the screen. */
const ROWS_SHOWN = 50;

/** Shows the rows; returns the exit code. @throws QueueError */
export async function listCommand({ values, paths, context }: QueueSetup): Promise<number> {
  const { terminal, signal } = context;
  const now = Date.now() / 1000;
  const rows = (
    await inspectQueue(paths.queueFile, signal, (queue) => [...queue.rows({ states: values.states ?? ROW_STATES })])
  )
    .filter(isWanted(values, now))
    .sort(byStateKindAge);
  if (values.json === true)
    terminal.resultJson({ schema: 'gapscan.queue/1', action: 'list', rows: rows.map(rowAsJson) });
  else terminal.result(asText(rows, now));
  return 0;
}

function isWanted({ kinds = ROW_KINDS, olderThan, scenes }: QueueSetup['values'], now: number) {
  const wanted = scenes && new Set(scenes);
  return ({ kind, insertedAt, sceneId }: QueueRow): boolean =>
    kinds.includes(kind) &&
    (olderThan === undefined || (insertedAt !== null && insertedAt <= now - olderThan)) &&
    (wanted === undefined || (sceneId !== null && wanted.has(sceneId)));
}

function byStateKindAge(a: QueueRow, b: QueueRow): number {
  return (
    ROW_STATES.indexOf(a.state) - ROW_STATES.indexOf(b.state) ||
    ROW_KINDS.indexOf(a.kind) - ROW_KINDS.indexOf(b.kind) ||
    (a.insertedAt ?? 0) - (b.insertedAt ?? 0) ||
    a.id - b.id
  );
}

/** A row as `--json` shows it. */
export function rowAsJson({ id, state, kind, sceneId, insertedAt, enqueuedAt, path, tries, lastError }: QueueRow) {
  return {
    id,
    state,
    kind,
    sceneId,
    insertedAt: isoTime(insertedAt),
    enqueuedAt: isoTime(enqueuedAt),
    path,
    tries,
    lastError,
  };
}

function asText(rows: readonly QueueRow[], now: number): string {
  if (rows.length === 0) return 'No rows';
  const groups = ROW_STATES.flatMap((state) =>
    ROW_KINDS.map((kind) => ({ state, kind, members: rows.filter((row) => row.state === state && row.kind === kind) })),
  ).filter(({ members }) => members.length > 0);
  const left = rows.length - ROWS_SHOWN;
  return [
    ...groups.map(
      ({ state, kind, members: [oldest, ...others] }) =>
        `${formatCount(others.length + 1).padStart(9)}  ${state.padEnd(9)}${kind.padEnd(12)}oldest ${formatAge(oldest?.insertedAt ?? null, now)}`,
    ),
    '',
    ...rows.slice(0, ROWS_SHOWN).map((row) => rowAsText(row, now)),
    ...(left > 0 ? [`and ${formatCount(left)} more; --json lists them all`] : []),
  ].join('\n');
}

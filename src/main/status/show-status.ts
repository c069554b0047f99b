/** The status for programs and for people. */
import { rowAsText } from '../output/queue-row.js';
import { formatAge, formatCount, plural } from '../output/format.js';
import { isoTime } from '../output/iso-time.js';
import { sanitize } from '../output/sanitize.js';
import type { QueueRow } from '../queue/inspect.js';
import { ROW_STATES } from '../queue/row-words.js';
import type { PastRun } from '../state/run-history.js';
import type { Blocked, BlockReason } from './blocked.js';
import type { LocalStatus } from './read-status.js';

/** All of it. */
export interface Status extends LocalStatus {
  readonly blocked: readonly Blocked[];
}

/** As `--json` prints it. */
export function statusAsJson({ counts, deadLetters, breaker, blocked, runs }: Status) {
  const queue = ROW_STATES.map((state) => {
    const { rows, oldest } = counts[state];
    return [state, { rows, oldest: isoTime(oldest) }] as const;
  });
  return {
    schema: 'gapscan.status/1',
    queue: Object.fromEntries(queue),
    deadLetters,
    breaker: { state: breaker.state, since: isoTime(breaker.since) },
    blocked,
    runs: runs.map(({ startedAt, finishedAt, new: fresh, fixed, persistent }) => ({
      startedAt,
      finishedAt,
      new: fresh,
      fixed,
      persistent,
    })),
  };
}

const RUNS_SHOWN = 7;

/** Without a verb, so that one row and many are said alike. */
const REASON_TEXT: Readonly<Record<BlockReason, string>> = {
  unsafe_name: 'with a name another item has: five of them stop the worker',
  missing: "with a name Plex does not have: each can hold Stash's job queue for two hours",
  undecodable: 'that cannot be read as a job: the worker stops there',
  taken: 'in work that nobody works on',
};

/** For people. @param sceneRows the rows of the scene they asked about */
export function statusAsText(status: Status, now: number, sceneRows: readonly QueueRow[] | undefined): string {
  return [
    'Queue',
    ...ROW_STATES.map((state) => {
      const { rows, oldest } = status.counts[state];
      const age = rows === 0 ? '' : `oldest ${formatAge(oldest, now)}`;
      return `${formatCount(rows).padStart(9)}  ${state.padEnd(10)}${age}`.trimEnd();
    }),
    ...firstInLine(status.waiting, now),
    ...(sceneRows ? ['', ...sceneText(sceneRows, status.waiting, now)] : []),
    '',
    ...breakerText(status, now),
    ...status.blocked.map(
      ({ reason, rows, command }) => `Blocked: ${plural(rows, 'row')} ${REASON_TEXT[reason]}; cure: ${command}`,
    ),
    ...status.deadLetters.map(({ error, rows }) => `Dead letters: ${formatCount(rows)} ${sanitize(error)}`),
    ...runsText(status.runs),
  ].join('\n');
}

function breakerText({ breaker, blocked }: Status, now: number): string[] {
  const { state, since } = breaker;
  if (state === 'closed') return ['Breaker: closed'];
  if (state === 'unknown') return ['Breaker: unknown, its file cannot be read'];
  const age = since === null ? '' : ` since ${isoTime(since) ?? '?'} (${formatAge(since, now)})`;
  const cure = blocked.some(({ reason }) => reason === 'unsafe_name')
    ? 'take out the rows below, then start "Process Queue"'
    : 'start "Process Queue" of Stash2Plex in Stash; it closes with the first job that goes through';
  return [`Breaker: ${state}${age}: the worker does nothing; ${cure}`];
}

/** What every other row waits for. */
function firstInLine([first]: readonly QueueRow[], now: number): string[] {
  return first === undefined ? [] : [`Next in line: ${rowAsText(first, now)}`];
}

function sceneText(rows: readonly QueueRow[], waiting: readonly QueueRow[], now: number): string[] {
  if (rows.length === 0) return ['The scene has no job in the queue'];
  return rows.map((row) => {
    const ahead =
      row.state === 'waiting' ? `, behind ${plural(waiting.filter(({ id }) => id < row.id).length, 'other')}` : '';
    return `Its job: ${rowAsText(row, now)}${ahead}`;
  });
}

function runsText(runs: readonly PastRun[]): string[] {
  if (runs.length === 0) return ['', 'No run is known'];
  return [
    '',
    `${'Runs'.padEnd(16)}${['new', 'fixed', 'persistent'].map((title) => title.padStart(11)).join('')}`,
    ...runs
      .slice(0, RUNS_SHOWN)
      .map(
        ({ startedAt, new: fresh, fixed, persistent }) =>
          startedAt.slice(0, 16).replace('T', ' ') +
          [fresh, fixed, persistent].map((count) => formatCount(count).padStart(11)).join(''),
      ),
  ];
}

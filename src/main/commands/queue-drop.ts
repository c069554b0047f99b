/** `queue drop`: takes waiting rows out and keeps them in a file. */
import { usageError } from '../cli/usage.js';
import { resolveSettings } from '../config/settings.js';
import { plural } from '../output/format.js';
import { rowAsText } from '../output/queue-row.js';
import { Progress } from '../output/progress.js';
import { describeWarning } from '../output/summary.js';
import { dropRows } from '../queue/drop.js';
import { inspectQueue, type QueueRow } from '../queue/inspect.js';
import type { NameFault } from '../scan/judge-rows.js';
import { readRunHistory } from '../state/run-history.js';
import { Prompt } from './prompt.js';
import type { QueueSetup } from './queue.js';
import { rowAsJson } from './queue-list.js';

/** Nobody reads more before saying yes. */
const ROWS_SHOWN = 10;

/** Drops rows; returns the exit code. @throws GapscanError, and then nothing was dropped */
export async function dropCommand(setup: QueueSetup): Promise<number> {
  const { values, paths, context } = setup;
  const prompt = mayAsk(setup) ? Prompt.onTerminal(context) : undefined;
  try {
    refuseUnclear(setup, prompt !== undefined);
    const rows = await chooseRows(setup);
    const isDry = values.dryRun === true;
    if (isDry || (prompt !== undefined && rows.length > 0)) preview(setup, rows);
    const isMeant = !isDry && (prompt === undefined || rows.length === 0 || (await confirm(prompt, rows)));
    const { stateDir, queueFile } = paths;
    const ids = new Set(isMeant ? rows.map(({ id }) => id) : []);
    const dropped = await dropRows({ queueFile, stateDir, ids, now: Date.now(), signal: context.signal });
    show(setup, rows, isMeant || isDry, dropped);
    return 0;
  } finally {
    prompt?.close();
  }
}

const mayAsk = ({ values }: QueueSetup): boolean => values.yes !== true && values.dryRun !== true;

const confirm = (prompt: Prompt, rows: readonly QueueRow[]) =>
  prompt.confirm(`Take ${plural(rows.length, 'row')} out of the queue?`);

/** Before any server is asked. @throws ConfigError */
function refuseUnclear({ values }: QueueSetup, canAsk: boolean): void {
  const { unsafe, missing, undecodable, ids, scenes, run, dryRun, yes } = values;
  if ([unsafe, missing, undecodable, ids, scenes, run].every((each) => each === undefined)) {
    throw usageError(
      'gapscan queue drop needs to know which rows',
      'Say --unsafe, --missing, --undecodable, --ids, --scenes or --run last; several of them add up.',
    );
  }
  if (canAsk || yes === true || dryRun === true) return;
  throw usageError(
    'gapscan queue drop asks first, but there is nobody to ask; nothing was dropped',
    'Look with --dry-run, then say --yes.',
  );
}

/** The waiting rows that are meant. */
async function chooseRows(setup: QueueSetup): Promise<QueueRow[]> {
  const { values, paths, context } = setup;
  const waiting = await inspectQueue(paths.queueFile, context.signal, (queue) => [
    ...queue.rows({ states: ['waiting'] }),
  ]);
  const ids = new Set(values.ids);
  const scenes = new Set(values.scenes);
  const isOfLastRun = values.run === 'last' ? lastRunFilter(setup) : () => false;
  const faults = await askFaults(setup, waiting);
  return waiting.filter(
    (row) =>
      ids.has(row.id) ||
      (row.sceneId !== null && scenes.has(row.sceneId)) ||
      (values.undecodable === true && row.kind === 'undecodable') ||
      isOfLastRun(row) ||
      isFaulty(faults.get(row.id), values),
  );
}

function isFaulty(fault: NameFault | undefined, { unsafe, missing }: QueueSetup['values']): boolean {
  return (fault === 'unsafe_name' && unsafe === true) || (fault === 'missing' && missing === true);
}

function lastRunFilter({ paths, context }: QueueSetup): (row: QueueRow) => boolean {
  const history = readRunHistory(paths.runHistory);
  const inserted = history.kind === 'read' ? history.value.runs[0]?.inserted : undefined;
  if (inserted) {
    const { first, last, timestamp } = inserted;
    return ({ id, insertedAt }) => id >= first && id <= last && insertedAt === timestamp;
  }
  const why = {
    read: 'The last run inserted no rows',
    absent: 'No run is known',
    unusable: `${paths.runHistory} cannot be used`,
  };
  context.terminal.complain(`Warning: ${why[history.kind]}`);
  return () => false;
}

/** Only these need the servers. */
async function askFaults(
  { values, placeFlags, context }: QueueSetup,
  waiting: readonly QueueRow[],
): Promise<ReadonlyMap<number, NameFault>> {
  if ((values.unsafe !== true && values.missing !== true) || waiting.length === 0) return new Map();
  const { env, terminal, signal } = context;
  const settings = await resolveSettings({ flags: placeFlags, env, signal, keepSecret: terminal.keepSecret });
  const { judgeRows } = await import('../scan/judge-rows.js');
  const progress = new Progress(terminal);
  const onEvent: typeof progress.handle = (event) => {
    progress.handle(event);
    if (event.type === 'warning') terminal.complain(`Warning: ${describeWarning(event.warning)}`);
  };
  const force = values.force === true;
  try {
    return await judgeRows({ ...settings.options, force, onEvent, signal }, waiting);
  } finally {
    terminal.clearLive();
  }
}

function preview({ values, context: { terminal } }: QueueSetup, rows: readonly QueueRow[]): void {
  if (values.json === true) return;
  const now = Date.now() / 1000;
  for (const row of rows.slice(0, ROWS_SHOWN)) terminal.say(rowAsText(row, now));
  if (rows.length > ROWS_SHOWN) terminal.say(`and ${rows.length - ROWS_SHOWN} more`);
}

function show(
  { values, context: { terminal } }: QueueSetup,
  chosen: readonly QueueRow[],
  isDone: boolean,
  { rows, file }: { readonly rows: number; readonly file: string | null },
): void {
  const dryRun = values.dryRun === true;
  if (values.json === true) {
    const listed = isDone ? chosen.map(rowAsJson) : [];
    terminal.resultJson({ schema: 'gapscan.queue/1', action: 'drop', dryRun, dropped: rows, file, rows: listed });
  } else if (dryRun) terminal.result(`${plural(chosen.length, 'row')} would be dropped (dry run)`);
  else if (!isDone) terminal.result('Nothing was dropped');
  else if (file === null) terminal.result('0 rows dropped');
  else
    terminal.result(`${plural(rows, 'row')} dropped and kept in ${file}\nNext: gapscan queue restore puts them back`);
}

/** The command `status`: the queue, what blocks it, and the last runs. */
import { resolveLocalPaths } from '../config/local-paths.js';
import { Problems } from '../config/problems.js';
import { readSettings } from '../config/read-settings.js';
import { resolveSettings } from '../config/settings.js';
import { OUTPUT_SETTINGS } from '../config/settings-table.js';
import type { GivenFlags } from '../config/sources.js';
import { GapscanError, InterruptedError } from '../errors.js';
import { Progress } from '../output/progress.js';
import { inspectQueue, type QueueRow } from '../queue/inspect.js';
import type { NameFault } from '../scan/judge-rows.js';
import { inspectDataDir } from '../state/data-dir.js';
import { blockedBy } from '../status/blocked.js';
import { readLocalStatus } from '../status/read-status.js';
import { statusAsJson, statusAsText, type Status } from '../status/show-status.js';
import type { CommandContext, CommandInput } from './context.js';
import { STATUS_SETTINGS, withoutOwn } from './own-settings.js';

const TABLE = { ...STATUS_SETTINGS, json: OUTPUT_SETTINGS.json };

/** Shows the status; returns the exit code. @throws GapscanError */
export async function statusCommand({ flags }: CommandInput, context: CommandContext): Promise<number> {
  const { env, signal, terminal } = context;
  const problems = new Problems();
  const { scene, offline, json } = readSettings(TABLE, { flags, env }, problems).values;
  problems.throwIfAny();
  const placeFlags = withoutOwn(flags, STATUS_SETTINGS);
  const paths = await resolveLocalPaths({ flags: placeFlags, env, signal, keepSecret: terminal.keepSecret });
  inspectDataDir(paths.dataDir);
  const local = await readLocalStatus(paths, signal);
  for (const warning of local.warnings) terminal.complain(`Warning: ${warning}`);
  const faults = offline === true ? NO_FAULTS : await askFaults(placeFlags, local.waiting, context);
  const status: Status = {
    ...local,
    blocked: blockedBy({ ...local, taken: local.counts.taken.rows, faults }),
  };
  if (json === true) terminal.resultJson(statusAsJson(status));
  else {
    const rows =
      scene === undefined
        ? undefined
        : await inspectQueue(paths.queueFile, signal, (queue) => [...queue.rows({ sceneId: scene })]);
    terminal.result(statusAsText(status, Date.now() / 1000, rows));
  }
  return 0;
}

const NO_FAULTS: ReadonlyMap<number, NameFault> = new Map();

/** What only the servers can tell; that they cannot be asked must not hide the rest. */
async function askFaults(
  flags: GivenFlags,
  waiting: readonly QueueRow[],
  { env, signal, terminal }: CommandContext,
): Promise<ReadonlyMap<number, NameFault>> {
  if (waiting.length === 0) return NO_FAULTS;
  try {
    const settings = await resolveSettings({ flags, env, signal, keepSecret: terminal.keepSecret });
    const { judgeRows } = await import('../scan/judge-rows.js');
    const progress = new Progress(terminal);
    return await judgeRows({ ...settings.options, onEvent: progress.handle, signal }, waiting);
  } catch (error: unknown) {
    if (!(error instanceof GapscanError) || error instanceof InterruptedError) throw error;
    const [why] = error.message.split('\n');
    terminal.complain(
      `Warning: Which rows are for scenes Plex lacks, or would hit another item, is not known: ${why ?? ''}`,
    );
    return NO_FAULTS;
  } finally {
    terminal.clearLive();
  }
}

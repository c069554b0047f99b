/** `queue restore`: puts back what was dropped. */
import { ConfigError } from '../errors.js';
import { formatCount, plural } from '../output/format.js';
import { lastDropFile, restoreRows } from '../queue/restore.js';
import type { QueueSetup } from './queue.js';

/** Restores rows; returns the exit code. @throws GapscanError, and then nothing was put back */
export async function restoreCommand({ values, paths, file, context }: QueueSetup): Promise<number> {
  const { terminal, signal } = context;
  const from = file ?? lastDropFile(paths.stateDir);
  if (from === undefined) {
    const hint = 'Name the file that "queue drop" said it kept the rows in.';
    throw new ConfigError(`There are no dropped rows in ${paths.stateDir}`, { code: 'input_file_invalid', hint });
  }
  const { restored, present, superseded } = await restoreRows({ queueFile: paths.queueFile, file: from, signal });
  if (values.json === true) {
    terminal.resultJson({ schema: 'gapscan.queue/1', action: 'restore', file: from, restored, present, superseded });
    return 0;
  }
  const rest = [
    ...(present > 0 ? [`${formatCount(present)} were there already`] : []),
    ...(superseded > 0 ? [`of ${formatCount(superseded)} the scene has another job by now`] : []),
  ];
  terminal.result([`${plural(restored, 'row')} put back from ${from}`, ...rest].join('; '));
  return 0;
}

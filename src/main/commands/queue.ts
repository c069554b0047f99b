/** The command `queue`: its rows, and taking them out and putting them back. */
import type { LocalPaths } from '../config/local-paths.js';
import { resolveLocalPaths } from '../config/local-paths.js';
import { Problems } from '../config/problems.js';
import { readSettings } from '../config/read-settings.js';
import type { SettingTable, ValuesOf } from '../config/setting.js';
import { OUTPUT_SETTINGS } from '../config/settings-table.js';
import type { GivenFlags } from '../config/sources.js';
import { usageError } from '../cli/usage.js';
import { unreachable } from '../../shared/unreachable.js';
import { inspectDataDir } from '../state/data-dir.js';
import type { CommandContext, CommandInput } from './context.js';
import { QUEUE_SETTINGS, QUEUE_WORDS, withoutOwn } from './own-settings.js';
import { dropCommand } from './queue-drop.js';
import { listCommand } from './queue-list.js';
import { restoreCommand } from './queue-restore.js';

type QueueWord = (typeof QUEUE_WORDS)[number];

const TABLE = { ...QUEUE_SETTINGS, json: OUTPUT_SETTINGS.json };

/** What each part of the command is given. */
export interface QueueSetup {
  readonly values: ValuesOf<typeof TABLE>;
  readonly paths: LocalPaths;
  /** The flags that are no setting of `queue` alone. */
  readonly placeFlags: GivenFlags;
  /** The word behind `restore`. */
  readonly file: string | undefined;
  readonly context: CommandContext;
}

const OWN: Readonly<Record<QueueWord, readonly (keyof typeof QUEUE_SETTINGS)[]>> = {
  list: ['states', 'kinds', 'olderThan', 'scenes'],
  drop: ['unsafe', 'missing', 'undecodable', 'ids', 'scenes', 'run', 'dryRun', 'yes', 'force'],
  restore: [],
};

/** Does what the first word says; returns the exit code. @throws GapscanError */
export async function queueCommand({ flags, words }: CommandInput, context: CommandContext): Promise<number> {
  const word = QUEUE_WORDS.find((known) => known === words[0]) ?? 'list';
  const problems = new Problems();
  const { values } = readSettings(TABLE, { flags, env: context.env }, problems);
  problems.throwIfAny();
  refuseOthers(word, flags);
  if (word !== 'restore' && words[1] !== undefined) throw usageError(`gapscan queue ${word} takes only flags`);
  const placeFlags = withoutOwn(flags, QUEUE_SETTINGS);
  const { env, signal, terminal } = context;
  const paths = await resolveLocalPaths({ flags: placeFlags, env, signal, keepSecret: terminal.keepSecret });
  inspectDataDir(paths.dataDir);
  const setup: QueueSetup = { values, paths, placeFlags, file: words[1], context };
  switch (word) {
    case 'list':
      return listCommand(setup);
    case 'drop':
      return dropCommand(setup);
    case 'restore':
      return restoreCommand(setup);
    default:
      return unreachable(word);
  }
}

/** `queue list --missing` must not look as if it had listed the rows that are missing. */
function refuseOthers(word: QueueWord, flags: GivenFlags): void {
  const table: SettingTable = QUEUE_SETTINGS;
  for (const [name, { flag = '' }] of Object.entries(table)) {
    if (!flags.has(flag) || OWN[word].some((own) => own === name)) continue;
    throw usageError(`gapscan queue ${word} does not take --${flag}`, 'Run gapscan help queue for what it takes.');
  }
}

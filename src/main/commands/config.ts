/** The command `config`: every setting, its value and where it comes from. */
import { askStashBriefly } from '../config/ask-briefly.js';
import { lookForDataDir } from '../config/find-data-dir.js';
import { Problems } from '../config/problems.js';
import type { Setting } from '../config/setting.js';
import { GROUPS } from '../config/setting.js';
import { SETTINGS } from '../config/settings-table.js';
import { readLocalSettings, type LocalSettings } from '../config/settings.js';
import { openInStash, takeStored } from '../config/stored-settings.js';
import type { CommandContext, CommandInput } from './context.js';

/** One line of the answer. */
interface ShownSetting {
  readonly key: string;
  /** Null where nothing is set and no value stands for that; secrets are masked. */
  readonly value: unknown;
  /** `--threads`, `STASH_URL`, `gapscan.yml:3`, `default`; null for what is needed and not set. */
  readonly source: string | null;
}

const MASK = '[secret]';

/** Shows the settings; returns the exit code. @throws ConfigError that says all that is wrong with them */
export async function configCommand({ flags }: CommandInput, context: CommandContext): Promise<number> {
  const { env, terminal, signal } = context;
  const problems = new Problems();
  const local = await readLocalSettings({ flags, env, signal, keepSecret: terminal.keepSecret }, problems);
  problems.throwIfAny();
  await completeFromStash(local, context, problems);
  problems.throwIfAny();
  for (const warning of local.config?.warnings ?? []) terminal.complain(`Warning: ${warning}`);
  if (local.found.values.json === true) {
    const settings = shownRows().map(([name, row]) => shownSetting(name, row, local));
    terminal.resultJson({ schema: 'gapscan.config/1', settings });
  } else terminal.result(asText(local));
  return 0;
}

/** What only Stash can say; without it the rest is shown all the same. */
async function completeFromStash(
  { found }: LocalSettings,
  { env, terminal, signal }: CommandContext,
  problems: Problems,
): Promise<void> {
  const { stashUrl } = found.values;
  if (stashUrl === undefined || (openInStash(SETTINGS, found).length === 0 && !found.isOpen('dataDir'))) return;
  const answer = await askStashBriefly(stashUrl, found.values, signal);
  if ('failure' in answer) {
    terminal.complain(`Warning: Stash could not say what Stash2Plex has stored there: ${answer.failure.message}`);
    return;
  }
  takeStored(SETTINGS, found, answer.settings, problems);
  terminal.keepSecret(found.values.plexToken);
  if (!found.isOpen('dataDir')) return;
  const { dataDir } = await lookForDataDir(env, () => Promise.resolve(answer.settings));
  if (dataDir) found.add('dataDir', dataDir);
}

/** The settings that stay from run to run; what is said by flag alone holds for one run. */
function shownRows(): [string, Setting<unknown>][] {
  return Object.entries<Setting<unknown>>(SETTINGS).filter(([, { config, env }]) => (config ?? env) !== undefined);
}

function shownSetting(name: string, row: Setting<unknown>, { found, config }: LocalSettings): ShownSetting {
  const key = row.config?.[0] ?? name;
  const { value, source } = found.find(name) ?? {};
  if (source !== undefined) {
    const shown = row.type.shown ? row.type.shown(value) : value;
    return { key, value: row.isSecret === true ? MASK : shown, source };
  }
  if (name === 'config' && config) return { key, value: config.path, source: 'default' };
  return { key, value: row.default ?? null, source: row.isRequired === true ? null : 'default' };
}

function asText(local: LocalSettings): string {
  const rows = shownRows().map(([name, row]) => ({ row, ...shownSetting(name, row, local) }));
  const texts = rows.map((shown) => ({ ...shown, text: valueText(shown.value, shown.row) }));
  const width = (pick: (row: (typeof texts)[number]) => string) =>
    Math.min(40, Math.max(...texts.map((row) => pick(row).length)));
  const [keys, values] = [width(({ key }) => key), width(({ text }) => text)];
  return Object.entries(GROUPS)
    .map(([group, title]) => ({ title, members: texts.filter(({ row }) => row.group === group) }))
    .filter(({ members }) => members.length > 0)
    .map(({ title, members }) =>
      [
        title,
        ...members.map(
          ({ key, text, source }) => `  ${key.padEnd(keys)}  ${text.padEnd(values)}  ${source ?? 'not set'}`,
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

function valueText(value: unknown, { defaultText }: Setting<unknown>): string {
  if (value === null) return defaultText ?? '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Puts the settings of a scan together; asks Stash only for what nothing else says, and only once all the rest is sound. */
import { ConfigError, ServerError } from '../errors.js';
import { waitForServer } from '../http/wait-for-server.js';
import { ONE_OUTPUT, isOnOutput } from '../report/formats.js';
import type { ScanEvent, ScanOptions } from '../scan-types.js';
import type { ConfigFile } from './config-file.js';
import { findConfig } from './find-config.js';
import { lookForDataDir } from './find-data-dir.js';
import { Problems } from './problems.js';
import { readSettings, type FoundSettings } from './read-settings.js';
import { insecureWarnings, plexOptions, stashOptions } from './server-options.js';
import type { Setting, SettingTable, ValuesOf } from './setting.js';
import { CONFIG_SETTINGS, SETTINGS } from './settings-table.js';
import type { Environment, GivenFlags } from './sources.js';
import { askStashSettings, openInStash, takeStored, type AskStash } from './stored-settings.js';

/** What settings are made from. */
export interface SettingsSetup {
  readonly flags: GivenFlags;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Told of every secret as soon as it is known, so that no message of what comes after can show it. */
  readonly keepSecret: (value: string | undefined) => void;
  /** Told of what was found here, before anything can be refused or asked. @throws GapscanError */
  readonly onLocal?: ((values: ValuesOf<typeof SETTINGS>) => void) | undefined;
  /** Told while Stash is waited for. */
  readonly onEvent?: ((event: ScanEvent) => void) | undefined;
  /** The session of the Stash that started gapscan. */
  readonly session?: StashSession | undefined;
}

/** How Stash lets a task it starts talk to it. */
export interface StashSession {
  /** `name=value`; undefined where Stash has no login. */
  readonly cookie: string | undefined;
  /** It is this machine that is talked to, so any certificate will do. */
  readonly isLocalTls: boolean;
}

/** Settings, ready for a scan. */
export interface Settings {
  readonly options: ScanOptions;
  /** What concerns the command line alone. */
  readonly values: ValuesOf<typeof SETTINGS>;
  /** Where each setting that was given came from, without values. */
  readonly sources: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** The settings that were found here, without asking a server. */
export interface LocalSettings {
  readonly found: FoundSettings<typeof SETTINGS>;
  readonly config: ConfigFile | undefined;
}

/** Reads flags, environment, secret files and the config file. @throws ConfigError that says all that is wrong */
export async function readLocalSettings(
  { flags, env, keepSecret }: SettingsSetup,
  problems: Problems,
): Promise<LocalSettings> {
  const named = readSettings(CONFIG_SETTINGS, { flags, env }, problems).values.config;
  const text = findConfig(named, env);
  // Where there is no file, nobody waits for the YAML reader to load: it takes half as long as Node.js itself to start.
  const config = text && (await import('./config-file.js')).openConfig(text, SETTINGS, env, problems);
  const found = readSettings(SETTINGS, { flags, env, config }, problems);
  for (const [name, row] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const { value } = found.find(name) ?? {};
    if (row.isSecret === true && typeof value === 'string') keepSecret(value);
    else if (value !== undefined) row.type.secretsIn?.(value).forEach(keepSecret);
  }
  refuseContradictions(found, problems);
  return { found, config };
}

const LOST_NEEDS_AUDIT = 'lost scenes are found only by an audit; add --audit (audit: true in the config file)';

function refuseContradictions(found: FoundSettings<typeof SETTINGS>, problems: Problems): void {
  const { since, sinceField, ids, gaps, audit, reports = [], json } = found.values;
  const where = found.find('reports')?.source ?? '--report';
  const onOutput = reports.filter(isOnOutput).length;
  if (onOutput > 1) problems.add(where, ONE_OUTPUT);
  if (onOutput > 0 && json === true) problems.add(where, 'a report on standard output cannot be combined with --json');
  if (since !== undefined && ids !== undefined) problems.add('--since', 'cannot be combined with --ids');
  if (gaps?.includes('lost') === true && audit !== true) {
    problems.add(found.find('gaps')?.source ?? '--gaps', LOST_NEEDS_AUDIT);
  }
  if (sinceField !== undefined && since === undefined && found.isOpen('since')) {
    problems.add('--since-field', 'says which time --since looks at, but --since is not given');
  }
}

/** Resolves everything a scan needs. @throws ConfigError, ServerError */
export async function resolveSettings(setup: SettingsSetup): Promise<Settings> {
  const problems = new Problems();
  const { found, config } = await readLocalSettings(setup, problems);
  setup.onLocal?.(found.values);
  if (found.isOpen('stashUrl')) sayMissing('stashUrl', problems);
  problems.throwIfAny();

  const { session, signal, onEvent } = setup;
  const stash = {
    ...stashOptions(found.values.stashUrl ?? '', found.values, found.find('stashApiKey')?.source),
    ...(session?.cookie !== undefined && { cookie: session.cookie }),
    ...(session?.isLocalTls === true && { insecure: true }),
  };
  const patience = { waitSeconds: found.values.wait, signal, onEvent };
  const askStash = memoised(() => waitForServer(patience, () => askStashSettings(stash, signal)));
  const warnings = await takeStoredSettings(found, askStash, problems);
  setup.keepSecret(found.values.plexToken);
  for (const name of ['plexUrl', 'plexToken'] as const) if (found.isOpen(name)) sayMissing(name, problems);
  await takeDataDir(setup.env, found, askStash, problems);
  problems.throwIfAny();

  const { values } = found;
  // What a setting was read from is not to be replaced by a report.
  const readFrom = [...(config ? [config.path] : []), ...[...found.entries()].flatMap(([, { file }]) => file ?? [])];
  return {
    options: {
      ...scanOptions(found),
      stash,
      plex: plexOptions(values.plexUrl ?? '', values, found.find('plexToken')?.source),
      dataDir: values.dataDir ?? '',
      protectedFiles: readFrom,
    },
    values,
    sources: Object.fromEntries([...found.entries()].map(([name, { source }]) => [name, source])),
    warnings: [...(config?.warnings ?? []), ...warnings, ...insecureWarnings(values)],
  };
}

function memoised<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

/** Returns what should be said of it. */
async function takeStoredSettings(
  found: FoundSettings<typeof SETTINGS>,
  askStash: AskStash,
  problems: Problems,
): Promise<string[]> {
  const open = openInStash(SETTINGS, found);
  if (open.length === 0) return [];
  try {
    takeStored(SETTINGS, found, await askStash(), problems);
    return [];
  } catch (error: unknown) {
    // Servers that do not know plugin settings have none stored; one that cannot be reached is another matter.
    const isDispensable = error instanceof ServerError && error.code === 'stash_bad_answer';
    if (!isDispensable || open.some((name) => name !== 'libraries')) throw error;
    return [`Stash could not say which libraries Stash2Plex uses, so all are read: ${error.message}`];
  }
}

function sayMissing(name: string, problems: Problems): void {
  const row: Setting<unknown> | undefined = (SETTINGS as SettingTable)[name];
  if (row) problems.add(name, `not set; set ${placesOf(row)}`);
}

/** Every place a setting may come from. */
function placesOf({ flag, env, isSecret, config, stored }: Setting<unknown>): string {
  const places = [
    ...(flag === undefined ? [] : [`--${flag}`]),
    ...(env === undefined ? [] : [env]),
    ...(env !== undefined && isSecret === true ? [`${env}_FILE`] : []),
    ...(config === undefined ? [] : [`${config[0]} in the config file`]),
    ...(stored === undefined ? [] : [`${stored.name} in Stash2Plex's settings in Stash`]),
  ];
  return places.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

async function takeDataDir(
  env: Environment,
  found: FoundSettings<typeof SETTINGS>,
  askStash: AskStash,
  problems: Problems,
): Promise<void> {
  if (!found.isOpen('dataDir')) return;
  const { dataDir, pluginsPath } = await lookForDataDir(env, askStash);
  if (dataDir) {
    found.add('dataDir', dataDir);
    return;
  }
  const where = pluginsPath === undefined ? '' : `, and there is none below ${pluginsPath} as seen from here`;
  if (problems.count > 0) problems.add('dataDir', `not set${where}; set ${placesOf(SETTINGS.dataDir)}`);
  else {
    throw new ConfigError(`Stash2Plex's data directory is not known${where}`, {
      code: 'data_dir_not_found',
      hint: `Set ${placesOf(SETTINGS.dataDir)}.`,
    });
  }
}

/** The settings that are options of the scan as they are, but for the libraries and the moment. */
function scanOptions(found: FoundSettings<typeof SETTINGS>): Partial<ScanOptions> {
  const { since, sinceField = 'updated_at', libraries } = found.values;
  const members = Object.entries<Setting<unknown>>(SETTINGS).flatMap(([name, { option }]) => {
    const { value } = found.find(name) ?? {};
    // An empty list in the config file means every library, whatever Stash2Plex uses.
    const isAll = value === libraries && libraries?.length === 0;
    return option === undefined || value === undefined || isAll ? [] : [[option, value] as const];
  });
  return {
    ...(Object.fromEntries(members) as Partial<ScanOptions>),
    ...(since !== undefined && { since: { epochSeconds: since, field: sinceField } }),
  };
}

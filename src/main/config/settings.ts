/** Puts the settings together: flag, environment, secret file, config file, what Stash2Plex stored in Stash, default. */
import { usageError, parseReport, type ScanFlags } from '../cli/flags.js';
import { ConfigError, ServerError } from '../errors.js';
import type { ScanOptions, ServerOptions } from '../scan-types.js';
import type { StashSettings } from '../stash/questions.js';
import { readConfigFile, type FileConfig } from './config-file.js';
import { findDataDir } from './find-data-dir.js';
import { findSecret } from './secrets.js';
import { insecureWarnings, serverOptions } from './server-options.js';
import { firstOf, type Environment, type Found } from './sources.js';

/** Settings, ready for a scan. */
export interface Settings {
  readonly options: ScanOptions;
  /** Where each setting that was given came from, without values. */
  readonly sources: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** What settings are made from. */
export interface SettingsSetup {
  readonly flags: ScanFlags;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Told of every secret as soon as it is known, so that no message of what comes after can show it. */
  readonly keepSecret: (value: string | undefined) => void;
}

/** What the steps of resolving share. */
interface Resolving extends SettingsSetup {
  readonly config: FileConfig;
  readonly sources: Record<string, string>;
}

/** Resolves everything a scan needs; asks Stash only for what nothing else says. @throws ConfigError, ServerError */
export async function resolveSettings(setup: SettingsSetup): Promise<Settings> {
  const { flags, env } = setup;
  const configPath = flags.config ?? firstOf(['', env['GAPSCAN_CONFIG']])?.value;
  const { config, warnings } = configPath === undefined ? { config: {}, warnings: [] } : readConfigFile(configPath);
  const resolving: Resolving = { ...setup, config, sources: {} };
  const stash = stashServer(resolving);
  const askStash = memoised(() => askStashSettings(stash, setup.signal));
  const plex = await plexServer(resolving, askStash);
  const libraries = await findLibraries(resolving, askStash);
  const dataDir = await findData(resolving, askStash);
  const secretFiles = [config.stashApiKeyFile, config.plexTokenFile, env['STASH_API_KEY_FILE'], env['PLEX_TOKEN_FILE']];
  const protectedFiles = [configPath, ...secretFiles].filter((path) => path !== undefined);
  const options: ScanOptions = {
    stash,
    plex,
    dataDir,
    ...libraries.options,
    ...scanOptions(resolving),
    protectedFiles,
  };
  return {
    options,
    sources: resolving.sources,
    warnings: [...warnings, ...libraries.warnings, ...insecureWarnings(config)],
  };
}

/** Remembers where a setting came from. */
function note({ sources }: Resolving, name: string, found: Found | undefined): Found | undefined {
  if (found) sources[name] = found.source;
  return found;
}

function stashServer(resolving: Resolving): ServerOptions {
  const { flags, env, config, keepSecret } = resolving;
  const url = note(
    resolving,
    'stashUrl',
    firstOf(['--stash-url', flags.stashUrl], ['STASH_URL', env['STASH_URL']], ['config file', config.stashUrl]),
  );
  if (!url) throw missing('No Stash URL is set', 'Set --stash-url, STASH_URL or stashUrl in the config file.');
  const places = { name: 'STASH_API_KEY', value: config.stashApiKey, file: config.stashApiKeyFile };
  const secret = note(resolving, 'stashApiKey', findSecret(env, places));
  keepSecret(secret?.value);
  return serverOptions({ title: 'Stash', url, secret, tls: config.stash }, config);
}

async function plexServer(resolving: Resolving, askStash: AskStash): Promise<ServerOptions> {
  const { flags, env, config, keepSecret } = resolving;
  const places = { name: 'PLEX_TOKEN', value: config.plexToken, file: config.plexTokenFile };
  const ownSecret = findSecret(env, places);
  keepSecret(ownSecret?.value);
  const ownUrl = firstOf(['--plex-url', flags.plexUrl], ['PLEX_URL', env['PLEX_URL']], ['config file', config.plexUrl]);
  const url = note(resolving, 'plexUrl', ownUrl ?? stored((await askStash()).plexUrl));
  if (!url) {
    throw missing(
      'No Plex URL is set',
      "Set --plex-url, PLEX_URL, plexUrl in the config file, or plex_url in Stash2Plex's settings in Stash.",
    );
  }
  const secret = note(resolving, 'plexToken', ownSecret ?? stored((await askStash()).plexToken));
  keepSecret(secret?.value);
  if (!secret) {
    throw missing(
      'No Plex token is set',
      "Set PLEX_TOKEN, PLEX_TOKEN_FILE, plexToken in the config file, or plex_token in Stash2Plex's settings in Stash.",
    );
  }
  return serverOptions({ title: 'Plex', url, secret, tls: config.plex }, config);
}

/** Settings that come from flags, the environment and the config file only. */
function scanOptions(resolving: Resolving): Partial<ScanOptions> {
  const { flags, env, config } = resolving;
  if (flags.since && flags.ids) throw usageError('--since and --ids cannot be combined');
  const stateDir = firstOf(
    ['--state-dir', flags.stateDir],
    ['GAPSCAN_STATE_DIR', env['GAPSCAN_STATE_DIR']],
    ['config file', config.stateDir],
  );
  const either = <T>(name: string, flag: T | undefined, fromFile: T | undefined): T | undefined => {
    if (flag !== undefined) resolving.sources[name] = 'flag';
    else if (fromFile !== undefined) resolving.sources[name] = 'config file';
    return flag ?? fromFile;
  };
  const chosen: { readonly [K in keyof ScanOptions]?: ScanOptions[K] | undefined } = {
    stateDir: note(resolving, 'stateDir', stateDir)?.value,
    gaps: either('gaps', flags.gaps, config.gaps),
    since: either('since', flags.since, undefined),
    ids: either('ids', flags.ids, undefined),
    threads: either('threads', flags.threads, config.threads),
    pathMappings: either('pathMappings', undefined, config.pathMappings),
    plexDate: either('plexDate', undefined, config.plexDate),
    retryAfterSeconds: either('retryAfter', undefined, config.retryAfter),
    retryFailed: either('retryFailed', flags.retryFailed, config.retryFailed),
    allowUnsafeNames: either('allowUnsafeNames', flags.allowUnsafeNames, config.allowUnsafeNames),
    processQueue: either('processQueue', flags.processQueue, config.processQueue),
    include: either('include', flags.include, config.include),
    dryRun: flags.dryRun,
    force: flags.force,
    reports: either(
      'reports',
      flags.reports,
      config.reports?.map((path) => parseReport('reports', path)),
    ),
  };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

function stored(value: string | undefined): Found | undefined {
  return value === undefined ? undefined : { value, source: "Stash2Plex's settings in Stash" };
}

type AskStash = () => Promise<StashSettings>;

function memoised<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

/** Loaded on demand: with everything set, GraphQL is first needed when the scan begins. */
async function askStashSettings(stash: ServerOptions, signal: AbortSignal): Promise<StashSettings> {
  const { readStashSettings } = await import('../stash/questions.js');
  return readStashSettings(stash, signal);
}

interface Libraries {
  readonly options: Pick<ScanOptions, 'libraries'>;
  readonly warnings: readonly string[];
}

/** None named anywhere means every movie and show library. */
async function findLibraries(resolving: Resolving, askStash: AskStash): Promise<Libraries> {
  const { flags, env, config, sources } = resolving;
  const take = (source: string, titles: readonly string[] | undefined): Libraries | undefined => {
    if (titles === undefined) return undefined;
    sources['libraries'] = source;
    return { options: titles.length > 0 ? { libraries: titles } : {}, warnings: [] };
  };
  const own =
    take('--library', flags.libraries) ??
    take('PLEX_LIBRARY', listIn(env['PLEX_LIBRARY'])) ??
    take('config file', config.libraries);
  if (own) return own;
  try {
    return take("Stash2Plex's settings in Stash", (await askStash()).plexLibraries) ?? { options: {}, warnings: [] };
  } catch (error: unknown) {
    // Servers that do not know plugin settings have none stored; one that cannot be reached is another matter.
    if (!(error instanceof ServerError) || error.code !== 'stash_bad_answer') throw error;
    return {
      options: {},
      warnings: [`Stash could not say which libraries Stash2Plex uses, so all are read: ${error.message}`],
    };
  }
}

function listIn(text: string | undefined): string[] | undefined {
  const list = (text ?? '').split(',').map((entry) => entry.trim());
  return list.some(Boolean) ? list.filter(Boolean) : undefined;
}

async function findData(resolving: Resolving, askStash: AskStash): Promise<string> {
  const { flags, env, config } = resolving;
  const named = firstOf(
    ['--data-dir', flags.dataDir],
    ['GAPSCAN_DATA_DIR', env['GAPSCAN_DATA_DIR']],
    ['config file', config.dataDir],
    ['STASH_PLUGIN_DATA', env['STASH_PLUGIN_DATA']],
  );
  if (named) {
    note(resolving, 'dataDir', named);
    return named.value;
  }
  const { pluginsPath } = await askStash();
  const found = pluginsPath === undefined ? undefined : findDataDir(pluginsPath);
  if (found !== undefined) {
    resolving.sources['dataDir'] = "below Stash's plugins";
    return found;
  }
  const where = pluginsPath === undefined ? '' : `, and there is none below ${pluginsPath} as seen from here`;
  throw new ConfigError(`Stash2Plex's data directory is not known${where}`, {
    code: 'data_dir_not_found',
    hint: 'Set --data-dir, GAPSCAN_DATA_DIR or dataDir in the config file.',
  });
}

function missing(message: string, hint: string): ConfigError {
  return new ConfigError(message, { code: 'config_invalid', hint });
}

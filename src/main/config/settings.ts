/** Puts the settings together: flag, environment, secret file, config file, what Stash2Plex stored in Stash, default. */
import { readFileSync } from 'node:fs';
import { parseReport, usageError, type ScanFlags } from '../cli/flags.js';
import { ConfigError, ServerError } from '../errors.js';
import type { ScanOptions, ServerOptions } from '../scan-types.js';
import type { StashSettings } from '../stash/questions.js';
import { readConfigFile, type FileConfig } from './config-file.js';
import { findDataDir } from './find-data-dir.js';

/** The environment; an empty variable counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings, ready for a scan. */
export interface Settings {
  readonly options: ScanOptions;
  /** Where each setting came from, without values. */
  readonly sources: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

interface Found {
  readonly value: string;
  readonly source: string;
}

/** Resolves everything a scan needs; asks Stash only for what nothing else says. @throws ConfigError, ServerError */
export async function resolveSettings(flags: ScanFlags, env: Environment, signal: AbortSignal): Promise<Settings> {
  const configPath = flags.config ?? env['GAPSCAN_CONFIG'];
  const { config, warnings } = configPath ? readConfigFile(configPath) : { config: {}, warnings: [] };
  const sources: Record<string, string> = {};
  const note = (name: string, found: Found | undefined): string | undefined => {
    if (found) sources[name] = found.source;
    return found?.value;
  };
  const stashUrl = note(
    'stashUrl',
    firstOf(['--stash-url', flags.stashUrl], ['STASH_URL', env['STASH_URL']], ['config', config.stashUrl]),
  );
  if (stashUrl === undefined)
    throw missing('No Stash URL is set', 'Set --stash-url, STASH_URL or stashUrl in the config file.');
  const stashKey = note('stashApiKey', findSecret(env, 'STASH_API_KEY', config.stashApiKey, config.stashApiKeyFile));
  const stash = serverOptions('Stash', stashUrl, stashKey, config, config.stash);

  const askStash = memoised(() => askStashSettings(stash, signal));
  const ownPlexUrl = firstOf(['--plex-url', flags.plexUrl], ['PLEX_URL', env['PLEX_URL']], ['config', config.plexUrl]);
  const plexUrl = note('plexUrl', ownPlexUrl ?? stored((await askStash()).plexUrl));
  if (plexUrl === undefined) {
    throw missing(
      'No Plex URL is set',
      "Set --plex-url, PLEX_URL, plexUrl in the config file, or plex_url in Stash2Plex's settings in Stash.",
    );
  }
  const ownToken = findSecret(env, 'PLEX_TOKEN', config.plexToken, config.plexTokenFile);
  const plexToken = note('plexToken', ownToken ?? stored((await askStash()).plexToken));
  if (plexToken === undefined) {
    throw missing(
      'No Plex token is set',
      "Set PLEX_TOKEN, PLEX_TOKEN_FILE, plexToken in the config file, or plex_token in Stash2Plex's settings in Stash.",
    );
  }
  const libraries = await findLibraries(flags, env, config, askStash, note);
  const dataDir = await findData(flags, env, config, askStash, note);
  const stateDir = firstOf(['', flags.stateDir], ['', env['GAPSCAN_STATE_DIR']], ['', config.stateDir])?.value;
  const options: ScanOptions = {
    stash,
    plex: serverOptions('Plex', plexUrl, plexToken, config, config.plex),
    dataDir,
    ...(stateDir !== undefined && { stateDir }),
    ...(libraries.titles.length > 0 && { libraries: libraries.titles }),
    ...scanOptions(flags, config),
  };
  return { options, sources, warnings: [...warnings, ...libraries.warnings, ...insecureWarnings(config)] };
}

/** Settings that come from flags and the config file only. */
function scanOptions(flags: ScanFlags, config: FileConfig): Partial<ScanOptions> {
  const reports = flags.reports ?? config.reports?.map((path) => parseReport('reports', path));
  const chosen = {
    gaps: flags.gaps ?? config.gaps,
    since: flags.since,
    ids: flags.ids,
    threads: flags.threads ?? config.threads,
    pathMappings: config.pathMappings,
    plexDate: config.plexDate,
    retryAfterSeconds: config.retryAfter,
    retryFailed: flags.retryFailed ?? config.retryFailed,
    allowUnsafeNames: flags.allowUnsafeNames ?? config.allowUnsafeNames,
    processQueue: flags.processQueue ?? config.processQueue,
    include: flags.include ?? config.include,
    dryRun: flags.dryRun,
    force: flags.force,
    reports,
  };
  if (flags.since && flags.ids) throw usageError('--since and --ids cannot be combined');
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

type Candidate = readonly [source: string, value: string | undefined];

function firstOf(...candidates: readonly Candidate[]): Found | undefined {
  for (const [source, value] of candidates)
    if (value !== undefined && value.trim() !== '') return { source, value: value.trim() };
  return undefined;
}

function stored(value: string | undefined): Found | undefined {
  return value === undefined ? undefined : { value, source: "Stash2Plex's settings in Stash" };
}

function findSecret(
  env: Environment,
  name: string,
  value: string | undefined,
  file: string | undefined,
): Found | undefined {
  const envFile = env[`${name}_FILE`];
  return (
    firstOf([name, env[name]]) ??
    (envFile ? { source: `${name}_FILE`, value: readSecret(`${name}_FILE`, envFile) } : undefined) ??
    firstOf(['config', value]) ??
    (file === undefined ? undefined : { source: 'config (file)', value: readSecret('the config file', file) })
  );
}

function readSecret(named: string, path: string): string {
  try {
    const secret = readFileSync(path, 'utf8').trim();
    if (secret !== '') return secret;
  } catch (cause: unknown) {
    throw new ConfigError(`Cannot read the secret file ${path} named by ${named}`, {
      code: 'config_invalid',
      hint: 'Check that it exists and may be read.',
      cause,
    });
  }
  throw missing(`The secret file ${path} named by ${named} is empty`, 'Put the secret in it, and nothing else.');
}

type AskStash = () => Promise<StashSettings>;
type Note = (name: string, found: Found | undefined) => string | undefined;

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
  readonly titles: readonly string[];
  readonly warnings: readonly string[];
}

/** None named anywhere means every movie and show library. */
async function findLibraries(
  flags: ScanFlags,
  env: Environment,
  config: FileConfig,
  askStash: AskStash,
  note: Note,
): Promise<Libraries> {
  const own = flags.libraries ?? listIn(env['PLEX_LIBRARY']) ?? config.libraries;
  if (own !== undefined) return { titles: own, warnings: [] };
  try {
    const titles = (await askStash()).plexLibraries ?? [];
    if (titles.length > 0) note('libraries', stored(''));
    return { titles, warnings: [] };
  } catch (error: unknown) {
    // Servers that do not know plugin settings have none stored; one that cannot be reached is another matter.
    if (!(error instanceof ServerError) || error.code !== 'stash_bad_answer') throw error;
    return {
      titles: [],
      warnings: [`Stash could not say which libraries Stash2Plex uses, so all are read: ${error.message}`],
    };
  }
}

function listIn(text: string | undefined): string[] | undefined {
  const list = (text ?? '').split(',').map((entry) => entry.trim());
  return list.some(Boolean) ? list.filter(Boolean) : undefined;
}

async function findData(
  flags: ScanFlags,
  env: Environment,
  config: FileConfig,
  askStash: AskStash,
  note: Note,
): Promise<string> {
  const named = note(
    'dataDir',
    firstOf(
      ['--data-dir', flags.dataDir],
      ['GAPSCAN_DATA_DIR', env['GAPSCAN_DATA_DIR']],
      ['config', config.dataDir],
      ['STASH_PLUGIN_DATA', env['STASH_PLUGIN_DATA']],
    ),
  );
  if (named !== undefined) return named;
  const { pluginsPath } = await askStash();
  const found = pluginsPath === undefined ? undefined : findDataDir(pluginsPath);
  if (found !== undefined) return note('dataDir', { value: found, source: "below Stash's plugins" }) ?? found;
  const where = pluginsPath === undefined ? '' : `, and there is none below ${pluginsPath} as seen from here`;
  throw new ConfigError(`Stash2Plex's data directory is not known${where}`, {
    code: 'data_dir_not_found',
    hint: 'Set --data-dir, GAPSCAN_DATA_DIR or dataDir in the config file.',
  });
}

function serverOptions(
  title: string,
  url: string,
  secret: string | undefined,
  { timeoutSeconds, retries }: FileConfig,
  tls: FileConfig['stash'],
): ServerOptions {
  return {
    url: checkUrl(title, url),
    ...(secret !== undefined && { secret }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(retries !== undefined && { retries }),
    ...(tls?.caFile !== undefined && { caFile: tls.caFile }),
    ...(tls?.insecure !== undefined && { insecure: tls.insecure }),
  };
}

function checkUrl(title: string, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw missing(
      `Expected an http:// or https:// URL for ${title}`,
      `For example http://localhost:${title === 'Plex' ? 32400 : 9999}.`,
    );
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '') {
    throw missing(
      `The URL of ${title} must not hold a user, password or query`,
      'Secrets belong in STASH_API_KEY and PLEX_TOKEN.',
    );
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, '');
}

function insecureWarnings({ stash, plex }: FileConfig): string[] {
  const warn = (title: string) =>
    `The certificate of ${title} is not checked (insecure): anybody on the network could pose as it`;
  return [...(stash?.insecure === true ? [warn('Stash')] : []), ...(plex?.insecure === true ? [warn('Plex')] : [])];
}

function missing(message: string, hint: string): ConfigError {
  return new ConfigError(message, { code: 'config_invalid', hint });
}

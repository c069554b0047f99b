/** The settings of commands that look at the data directory first, and need the servers only for some of what they do. */
import { ConfigError, type GapscanError } from '../errors.js';
import { dataPaths, type DataPaths } from '../state/data-dir.js';
import { askStashBriefly } from './ask-briefly.js';
import { lookForDataDir } from './find-data-dir.js';
import { Problems } from './problems.js';
import { readLocalSettings, type LocalSettings, type SettingsSetup } from './settings.js';

/** Where everything lies. */
export interface LocalPaths extends DataPaths {
  readonly dataDir: string;
}

/** Finds the data directory; asks Stash, briefly, only where nobody says where it is. @throws ConfigError */
export async function resolveLocalPaths(setup: SettingsSetup): Promise<LocalPaths> {
  const problems = new Problems();
  const { found } = await readLocalSettings(setup, problems);
  problems.throwIfAny();
  const { dataDir = await askForDataDir(setup, found.values), stateDir } = found.values;
  return { dataDir, ...dataPaths(dataDir, stateDir) };
}

async function askForDataDir(
  { env, signal }: SettingsSetup,
  values: LocalSettings['found']['values'],
): Promise<string> {
  const { stashUrl } = values;
  let failure: GapscanError | undefined;
  const { dataDir } = await lookForDataDir(env, async () => {
    if (stashUrl === undefined) return NOTHING_KNOWN;
    const answer = await askStashBriefly(stashUrl, values, signal);
    if ('settings' in answer) return answer.settings;
    failure = answer.failure;
    return NOTHING_KNOWN;
  });
  if (typeof dataDir?.value === 'string') return dataDir.value;
  const why = failure === undefined ? '' : `, and Stash could not be asked: ${failure.message}`;
  throw new ConfigError(`Stash2Plex's data directory is not known${why}`, {
    code: 'data_dir_not_found',
    hint: 'Set --data-dir, GAPSCAN_DATA_DIR or dataDir in the config file.',
    cause: failure,
  });
}

const NOTHING_KNOWN = { plexUrl: undefined, plexToken: undefined, plexLibraries: undefined, pluginsPath: undefined };

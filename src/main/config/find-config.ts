/** Which config file is read: the first that is named or found. */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ConfigError } from '../errors.js';
import type { ConfigText } from './parse-config.js';
import { variable, type Environment } from './sources.js';

/** Read from the working directory. */
export const LOCAL_CONFIG = 'gapscan.yml';

/** The home directory, also where the environment does not say. */
export function homeDirectory(env: Environment): string {
  return variable(env, 'HOME') ?? homedir();
}

/**
 * The text of the config file: the one that is named, else `./gapscan.yml`, else the user's own; undefined without one.
 * @throws ConfigError when it cannot be read
 */
export function findConfig(named: string | undefined, env: Environment): ConfigText | undefined {
  if (named !== undefined) return readConfig(named);
  const own = variable(env, 'XDG_CONFIG_HOME');
  // The XDG specification: a relative path there is to be ignored.
  const directory = own !== undefined && isAbsolute(own) ? own : join(homeDirectory(env), '.config');
  const found = [LOCAL_CONFIG, join(directory, 'gapscan', 'config.yml')].find(isFile);
  return found === undefined ? undefined : readConfig(found);
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // A directory nobody may look into holds nothing that was meant for this user.
    return false;
  }
}

function readConfig(path: string): ConfigText {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (cause: unknown) {
    throw new ConfigError(`Cannot read the config file ${path}`, {
      code: 'config_invalid',
      hint: 'Check that it exists and may be read; gapscan init writes one.',
      cause,
    });
  }
}

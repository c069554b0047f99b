/** The command `init`: writes a config file to begin with. */
import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { askStashBriefly } from '../config/ask-briefly.js';
import { configTemplate } from '../config/config-template.js';
import { lookForDataDir } from '../config/find-data-dir.js';
import { LOCAL_CONFIG } from '../config/find-config.js';
import { Problems } from '../config/problems.js';
import { readSettings, type FoundSettings } from '../config/read-settings.js';
import { ConfigError } from '../errors.js';
import type { CommandContext, CommandInput } from './context.js';
import { INIT_SETTINGS } from './own-settings.js';
import { Prompt } from './prompt.js';

type InitSettings = FoundSettings<typeof INIT_SETTINGS>;

/** Writes the file; returns the exit code. @throws ConfigError */
export async function initCommand({ flags }: CommandInput, context: CommandContext): Promise<number> {
  const { env, terminal } = context;
  const problems = new Problems();
  const found = readSettings(INIT_SETTINGS, { flags, env }, problems);
  problems.throwIfAny();
  terminal.keepSecret(found.values.stashApiKey);
  terminal.keepSecret(found.values.plexToken);
  const path = found.values.file ?? LOCAL_CONFIG;
  refuseExisting(path);
  const notes = await learn(found, context);
  write(path, configTemplate(found, notes));
  terminal.result(
    [
      `Wrote ${path}`,
      ...(found.isOpen('stashUrl') ? ['Next: set stashUrl in it'] : []),
      ...(found.isOpen('dataDir') ? ["Next: set dataDir in it to Stash2Plex's data directory"] : []),
      'Next: look at what holds with gapscan config, then try gapscan scan --dry-run',
    ].join('\n'),
  );
  return 0;
}

/** Asks the person, where there is one, and Stash; returns what Stash knows, to be noted beside the settings it is about. */
async function learn(found: InitSettings, context: CommandContext): Promise<Readonly<Record<string, string>>> {
  const prompt = Prompt.onTerminal(context);
  try {
    const ask = async (name: 'stashUrl' | 'dataDir', question: string): Promise<void> => {
      const answer = found.isOpen(name) ? await prompt?.askFor(INIT_SETTINGS[name], question) : undefined;
      if (answer) found.add(name, answer);
    };
    await ask('stashUrl', 'URL of Stash, like http://localhost:9999 (Enter: later)');
    const notes = await askStash(found, context);
    await ask('dataDir', "Stash2Plex's data directory (Enter: later)");
    return notes;
  } finally {
    prompt?.close();
  }
}

async function askStash(
  found: InitSettings,
  { env, terminal, signal }: CommandContext,
): Promise<Readonly<Record<string, string>>> {
  const { values } = found;
  if (values.stashUrl === undefined) return {};
  const answer = await askStashBriefly(values.stashUrl, values, signal);
  if ('failure' in answer) {
    const { message, hint = '' } = answer.failure;
    terminal.complain(`Warning: Stash could not be asked: ${message}. ${hint}`);
    return {};
  }
  const { settings } = answer;
  if (found.isOpen('dataDir')) {
    const { dataDir } = await lookForDataDir(env, () => Promise.resolve(settings));
    if (dataDir) found.add('dataDir', dataDir);
  }
  const stored = (what: string) => `Stash2Plex has ${what} stored in Stash, which is used unless this is set.`;
  return {
    ...(settings.plexUrl !== undefined && { plexUrl: stored(settings.plexUrl) }),
    ...(settings.plexToken !== undefined && { plexToken: stored('a token') }),
    ...(settings.plexLibraries && { libraries: stored(settings.plexLibraries.join(', ')) }),
  };
}

/** Before anybody is asked anything. */
function refuseExisting(path: string): void {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  } catch (cause: unknown) {
    throw unwritable(path, cause);
  }
  throw exists(path);
}

/** For its owner alone: whoever adds a secret later need not think of it. */
function write(path: string, content: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (cause: unknown) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw exists(path);
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): ConfigError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Name another file with --config.';
  return new ConfigError(`Cannot write ${path}: ${reason}`, { code: 'config_invalid', hint, cause });
}

function exists(path: string): ConfigError {
  const hint = 'It is left as it is; move it away, or name another file with --config.';
  return new ConfigError(`${path} exists already`, { code: 'config_invalid', hint });
}

/** From arguments to an exit code. */
import type { CommandContext } from '../commands/context.js';
import { Problems } from '../config/problems.js';
import { readSettings } from '../config/read-settings.js';
import { OUTPUT_SETTINGS, SETTINGS } from '../config/settings-table.js';
import type { Setting } from '../config/setting.js';
import type { GivenFlags } from '../config/sources.js';
import { didYouMean, showName } from '../config/suggest.js';
import { version } from '../version.js';
import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands.js';
import { sayFailure } from './failure.js';
import { commandHelp, generalHelp } from './help.js';
import { parseFlags } from './parse-flags.js';
import { usageError } from './usage.js';

/** What the process gives the command line. */
export interface MainSetup extends CommandContext {
  readonly argv: readonly string[];
}

/** Runs a command; never throws. */
export async function main({ argv, ...context }: MainSetup): Promise<number> {
  keepSecrets(context);
  // Whatever happens from here on, Stash wants to hear of it in its own words.
  if (argv[0] === 'plugin' && argv.length === 1) context.terminal.speakToStash();
  try {
    return await dispatch(argv, context);
  } catch (error: unknown) {
    return sayFailure(context.terminal, error, argv);
  }
}

/** Before anything can fail: a secret in the wrong place may be quoted by the refusal. */
function keepSecrets({ terminal, env }: CommandContext): void {
  for (const { isSecret, env: name } of Object.values<Setting<unknown>>(SETTINGS)) {
    if (isSecret === true && name !== undefined) terminal.keepSecret(env[name]);
  }
}

async function dispatch(argv: readonly string[], context: CommandContext): Promise<number> {
  const { terminal } = context;
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name.startsWith('-')) {
    terminal.result(answerWithoutCommand(name, rest));
    return name === undefined ? 2 : 0;
  }
  const command = commandNamed(name);
  const { flags, words } = parseFlags(rest, COMMANDS[command].settings);
  if (flags.has('help') || flags.has('version')) {
    terminal.result(flags.has('help') ? commandHelp(command) : version);
    return 0;
  }
  obeyOutputFlags(flags, context);
  checkWords(command, words);
  if (COMMANDS[command].needsDatabase) await (await import('./native-module.js')).checkDatabaseDriver();
  return COMMANDS[command].run({ flags, words }, context);
}

function answerWithoutCommand(name: string | undefined, rest: readonly string[]): string {
  const isHelp = (word: string) => word === '--help' || word === '-h';
  const isVersion = (word: string) => word === '--version' || word === '-V';
  if (name === undefined || [name, ...rest].some(isHelp)) return generalHelp();
  if ([name, ...rest].some(isVersion)) return version;
  if (name !== 'help') throw flagWithoutCommand(name);
  return rest[0] === undefined ? generalHelp() : commandHelp(commandNamed(rest[0]));
}

/** `gapscan --dry-run`: flags belong to a command. */
function flagWithoutCommand(argument: string): Error {
  const flag = argument.replace(/=.*$/s, '');
  const known = Object.values<Setting<unknown>>(SETTINGS).flatMap((row) => [
    `--${row.flag ?? ''}`,
    `-${row.short ?? ''}`,
  ]);
  // Whatever scan does not know either is refused by its own rules, which show no secret.
  if (!known.includes(flag)) parseFlags([flag], SETTINGS);
  return usageError(`Expected a command before ${flag}; did you mean gapscan scan ${flag}?`);
}

function commandNamed(name: string): CommandName {
  const command = COMMAND_NAMES.find((known) => known === name);
  if (command !== undefined) return command;
  const known = [...COMMAND_NAMES, 'help'];
  throw usageError(
    `Unknown command${showName(name, known)}${didYouMean(name, known)}`,
    `The commands are ${known.join(', ').replace(/, ([^,]*)$/, ' and $1')}.`,
  );
}

function obeyOutputFlags(flags: GivenFlags, { terminal, env }: CommandContext): void {
  const problems = new Problems();
  const { quiet, color } = readSettings(OUTPUT_SETTINGS, { flags, env }, problems).values;
  problems.throwIfAny();
  terminal.obey({ quiet: quiet === true, color: color ?? 'auto' });
}

function checkWords(command: CommandName, words: readonly string[]): void {
  const { words: expected, anyWord } = COMMANDS[command];
  if (anyWord !== undefined && words.length === 1) return;
  const [word, ...others] = expected ? words : [undefined, ...words];
  const extra = others[expected?.last === undefined ? 0 : 1];
  // A stray word may be a secret that slipped out of its variable.
  if (extra !== undefined) {
    const shown = showName(extra, []);
    throw usageError(`Unexpected argument${shown}: gapscan ${command} takes ${expected ? 'one word' : 'only flags'}`);
  }
  if (expected && !expected.choices.some((choice) => choice === word)) {
    const came = word === undefined ? 'nothing' : showName(word, expected.choices).trim() || 'something else';
    throw usageError(
      `Expected ${expected.choices.join(', ').replace(/, ([^,]*)$/, ' or $1')} for ${expected.name}, got ${came}`,
    );
  }
}

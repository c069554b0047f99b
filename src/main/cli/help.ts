/** The help texts, made from the tables of commands and settings. */
import type { Setting } from '../config/setting.js';
import type { CommandSpec } from './command-spec.js';
import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands.js';
import { byGroup, flagMeaning, flagTerm } from './describe-setting.js';
import { EXIT_CODES } from './exit-codes.js';
import { definition, wrap } from './text-layout.js';

const COLUMN = 27;

/** What gapscan is. */
export const PURPOSE =
  'gapscan finds every Stash scene whose metadata never reached Plex and queues a Stash2Plex sync job for each.';

/** `gapscan --help`: the commands, and the flags of the main one that people need first. */
export function generalHelp(): string {
  return lines([
    wrap(PURPOSE),
    section('Commands', [
      ...COMMAND_NAMES.flatMap((name) =>
        definition(usageOf(name).replace('gapscan ', ''), COMMANDS[name].summary, COLUMN),
      ),
      ...definition('help [COMMAND]', 'this text, or all about a command', COLUMN),
    ]),
    section('Start here', ['  gapscan demo', '  gapscan init', '  gapscan scan --dry-run']),
    ...flagSections(COMMANDS.scan, ({ isCommon }) => isCommon === true, 'Flags of scan: '),
    ['  gapscan help scan shows all of them; docs/settings.md explains them.'],
    SECRETS,
    section('Anywhere', generalFlags()),
    exitCodes(),
  ]);
}

/** `gapscan help COMMAND`. */
export function commandHelp(name: CommandName): string {
  const { summary, more, settings, examples, words } = COMMANDS[name];
  const hasFlags = Object.values<Setting<unknown>>(settings).some(({ flag }) => flag !== undefined);
  return lines([
    [...wrap(`gapscan ${name}: ${summary}`)],
    ...(more === undefined ? [] : [wrap(more)]),
    section('Usage', [`  ${usageOf(name)}${hasFlags ? ' [flags]' : ''}`]),
    ...(words ? [section(`What ${words.name} may be`, [`  ${words.choices.join(', ')}`])] : []),
    ...flagSections(COMMANDS[name], () => true),
    ...(name === 'scan' ? [SECRETS] : []),
    section('Anywhere', generalFlags()),
    ...(examples.length === 0
      ? []
      : [
          section(
            'Examples',
            examples.map((example) => `  ${example}`),
          ),
        ]),
    exitCodes(),
  ]);
}

/** `gapscan completion SHELL`. */
export function usageOf(name: CommandName): string {
  const { words, anyWord } = COMMANDS[name];
  if (anyWord !== undefined) return `gapscan ${name} [${anyWord}]`;
  const last = words?.last === undefined ? '' : ` [${words.last}]`;
  return `gapscan ${name}${words ? ` ${words.name.toUpperCase()}` : ''}${last}`;
}

const SECRETS = wrap(
  'Secrets come from STASH_API_KEY and PLEX_TOKEN, from the files that STASH_API_KEY_FILE and PLEX_TOKEN_FILE name, or from the config file; never from flags.',
);

function flagSections(
  { settings }: CommandSpec,
  isWanted: (row: Setting<unknown>) => boolean,
  before = '',
): string[][] {
  const groups = byGroup(settings, (row) => row.flag !== undefined && isWanted(row));
  return groups.map(({ title, rows }) => {
    const flags = rows.flatMap(([, row]) => definition(flagTerm(row), flagMeaning(row), COLUMN));
    return section(before === '' ? title : before + title.charAt(0).toLowerCase() + title.slice(1), flags);
  });
}

function generalFlags(): string[] {
  return [
    ...definition('-h, --help', 'all about a command', COLUMN),
    ...definition('-V, --version', 'the version', COLUMN),
  ];
}

function exitCodes(): string[] {
  return section(
    'Exit codes',
    Object.entries(EXIT_CODES).flatMap(([code, text]) => definition(code.padStart(3), text, 7)),
  );
}

function section(title: string, body: readonly string[]): string[] {
  return [title, ...body];
}

function lines(sections: readonly (readonly string[])[]): string {
  return sections.map((part) => part.join('\n')).join('\n\n');
}

/** Completion scripts for shells, made from the tables of commands and settings. */
import type { Setting } from '../config/setting.js';
import type { CommandSpec } from './command-spec.js';
import { GENERAL_FLAGS } from './parse-flags.js';

/** The shells there are scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Commands = Readonly<Record<string, CommandSpec>>;

/** The script for a shell. */
export function completionScript(shell: string, commands: Commands): string {
  const render = { bash, zsh, fish }[shell as (typeof SHELLS)[number]];
  return render(commands);
}

/** A flag as completion needs it. */
interface Flag {
  readonly name: string;
  readonly short: string | undefined;
  readonly help: string;
  readonly hasValue: boolean;
  readonly completes: Setting<unknown>['type']['completes'];
}

function flagsOf({ settings }: CommandSpec): Flag[] {
  const own = Object.values<Setting<unknown>>(settings).flatMap(({ flag, short, help, type }): Flag[] =>
    flag === undefined
      ? []
      : [{ name: flag, short, help, hasValue: type.argument !== undefined, completes: type.completes }],
  );
  const help: Flag = { name: 'help', ...GENERAL_FLAGS.help, help: 'show help', hasValue: false, completes: undefined };
  return [...own, help];
}

const spellings = ({ name, short }: Flag): string[] => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function bash(commands: Commands): string {
  const cases = Object.entries(commands).flatMap(([command, spec]) => bashCases(command, spec));
  return `# bash completion for gapscan
_gapscan() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" IFS=$'\\n'
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W $'${[...Object.keys(commands), 'help', '--help', '--version'].join('\\n')}' -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]} $prev" in
    help\\ *) COMPREPLY=($(compgen -W $'${Object.keys(commands).join('\\n')}' -- "$cur")); return ;;
${cases.join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${Object.entries(commands)
  .map(([command, spec]) => `    ${command}) COMPREPLY=(${compgenWords(bashWords(spec))}) ;;`)
  .join('\n')}
  esac
}
complete -F _gapscan gapscan
`;
}

const compgenWords = (words: readonly string[]): string => `$(compgen -W $'${words.join('\\n')}' -- "$cur")`;

const bashWords = (spec: CommandSpec): string[] => [
  ...(spec.words?.choices ?? []),
  ...flagsOf(spec).flatMap(spellings),
];

/** What may follow a flag that has a value. */
function bashCases(command: string, spec: CommandSpec): string[] {
  return flagsOf(spec)
    .filter(({ hasValue }) => hasValue)
    .map((flag) => {
      const pattern = spellings(flag)
        .map((spelling) => `${command}\\ ${spelling}`)
        .join('|');
      return `    ${pattern}) ${bashValues(flag)}return ;;`;
    });
}

function bashValues({ completes }: Flag): string {
  if (completes === undefined) return '';
  if (completes === 'file') return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); ';
  if (completes === 'directory') return 'compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")); ';
  return `COMPREPLY=(${compgenWords(completes)}); `;
}

function zsh(commands: Commands): string {
  const described = Object.entries(commands).map(([name, { summary }]) => quoted(`${name}:${zshText(summary)}`));
  const cases = Object.entries(commands).map(([name, spec]) => {
    const words = spec.words ? [quoted(`1:${spec.words.name}:(${spec.words.choices.join(' ')})`)] : [];
    return `    ${name}) _arguments -s ${[...flagsOf(spec).map(zshFlag), ...words].join(' ')} ;;`;
  });
  return `#compdef gapscan
_gapscan() {
  local -a commands
  commands=(${[...described, "'help:all about a command'"].join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) _describe command commands ;;
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _gapscan ]; then _gapscan "$@"; else compdef _gapscan gapscan; fi
`;
}

/** What zsh takes for syntax inside a description. */
const zshText = (text: string): string => text.replace(/[\\[\]:]/g, (sign) => `\\${sign}`);

function zshFlag({ name, short, help, hasValue, completes }: Flag): string {
  const value = hasValue ? `:${name}:${zshValues(completes)}` : '';
  const rest = quoted(`[${zshText(help)}]${value}`);
  // A flag given twice may be meant: those that take lists may repeat.
  const repeatable = hasValue ? '*' : '';
  const spell = (spelling: string) => `${quoted(repeatable + spelling)}${rest}`;
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])].map(spell).join(' ');
}

function zshValues(completes: Flag['completes']): string {
  if (completes === undefined) return ' ';
  if (completes === 'file') return '_files';
  return completes === 'directory' ? '_files -/' : `(${completes.join(' ')})`;
}

function fish(commands: Commands): string {
  const names = [...Object.keys(commands), 'help'];
  const first = `not __fish_seen_subcommand_from ${names.join(' ')}`;
  const lines = Object.entries(commands).flatMap(([name, spec]) => [
    `complete -c gapscan -n ${quoted(first)} -a ${name} -d ${quoted(spec.summary)}`,
    ...(spec.words ? [`complete -c gapscan -n ${quoted(seen(name))} -a ${quoted(spec.words.choices.join(' '))}`] : []),
    ...flagsOf(spec).map((flag) => `complete -c gapscan -n ${quoted(seen(name))} ${fishFlag(flag)}`),
  ]);
  return [
    '# fish completion for gapscan',
    'complete -c gapscan -f',
    ...lines,
    `complete -c gapscan -n ${quoted(first)} -a help`,
    '',
  ].join('\n');
}

const seen = (command: string): string => `__fish_seen_subcommand_from ${command}`;

function fishFlag({ name, short, help, hasValue, completes }: Flag): string {
  const values = typeof completes === 'object' ? ` -a ${quoted(completes.join(' '))}` : '';
  const files =
    completes === 'file' ? ' -r -F' : completes === 'directory' ? " -x -a '(__fish_complete_directories)'" : ' -x';
  return `-l ${name}${short === undefined ? '' : ` -s ${short}`}${hasValue ? files + values : ''} -d ${quoted(help)}`;
}

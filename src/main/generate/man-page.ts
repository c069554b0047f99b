/** The manual page gapscan(1). */
import { COMMAND_NAMES, COMMANDS, type CommandName } from '../cli/commands.js';
import { byGroup, defaultOf } from '../cli/describe-setting.js';
import { EXIT_CODES } from '../cli/exit-codes.js';
import { PURPOSE, usageOf } from '../cli/help.js';
import type { Setting } from '../config/setting.js';
import { SETTINGS } from '../config/settings-table.js';

/** The page in roff. */
export function manPage(version: string): string {
  return [
    `.TH GAPSCAN 1 "" "gapscan ${escape(version)}" "User Commands"`,
    '.SH NAME',
    'gapscan \\- find Stash scenes whose metadata never reached Plex, and queue a Stash2Plex sync job for each',
    '.SH SYNOPSIS',
    ...COMMAND_NAMES.flatMap((name, i) => [
      ...(i === 0 ? [] : ['.br']),
      `.B ${escape(usageOf(name))}`,
      '[\\fIflags\\fR]',
    ]),
    '.SH DESCRIPTION',
    escape(`${PURPOSE} It runs once and exits.`),
    ...COMMAND_NAMES.flatMap(commandText),
    '.SH OPTIONS OF SCAN',
    ...byGroup(SETTINGS, ({ flag }) => flag !== undefined).flatMap(({ title, rows }) => [
      `.SS ${escape(title)}`,
      ...rows.flatMap(([, row]) => optionText(row)),
    ]),
    '.SH ENVIRONMENT',
    ...Object.values<Setting<unknown>>(SETTINGS).flatMap(variableText),
    '.SH FILES',
    ...entry('./gapscan.yml', 'Read when no other config file is named.'),
    ...entry('~/.config/gapscan/config.yml', 'Read when there is no ./gapscan.yml. XDG_CONFIG_HOME moves ~/.config.'),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_CODES).flatMap(([code, text]) => entry(code, text)),
    '.SH EXAMPLES',
    ...COMMAND_NAMES.flatMap((name) => COMMANDS[name].examples).flatMap((example) => ['.nf', escape(example), '.fi']),
    '',
  ].join('\n');
}

function commandText(name: CommandName): string[] {
  const { summary, more = '' } = COMMANDS[name];
  return entry(usageOf(name).replace('gapscan ', ''), `${summary}. ${more}`.trim());
}

function optionText(row: Setting<unknown>): string[] {
  const { flag = '', short, type, help, more = '', env } = row;
  const argument = type.argument === undefined ? '' : ` \\fI${escape(type.argument)}\\fR`;
  const spelled = `${short === undefined ? '' : `\\fB\\-${short}\\fR, `}\\fB\\-\\-${escape(flag)}\\fR${argument}`;
  const standing = defaultOf(row) === undefined ? '' : ` Default: ${defaultOf(row) ?? ''}.`;
  const repeatable = type.isRepeatable === true ? ' Repeatable.' : '';
  const variable = env === undefined ? '' : ` Also ${env}.`;
  return ['.TP', spelled, escape(`${help}.${repeatable}${standing}${variable} ${plain(more)}`.trim())];
}

function variableText({ env, isSecret, help }: Setting<unknown>): string[] {
  if (env === undefined) return [];
  return entry(
    isSecret === true ? `${env}, ${env}_FILE` : env,
    isSecret === true ? `${help}, or a file that holds it.` : `${help}.`,
  );
}

function entry(term: string, meaning: string): string[] {
  return ['.TP', `.B ${escape(term)}`, escape(meaning)];
}

const plain = (markdown: string): string => markdown.replaceAll('`', '');

/** A backslash, a dash that is no hyphen, and a line that would begin like a request. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
}

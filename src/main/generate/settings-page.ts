/** The page docs/settings.md. */
import { byGroup, defaultOf, flagTerm } from '../cli/describe-setting.js';
import { EXIT_CODES } from '../cli/exit-codes.js';
import type { Setting } from '../config/setting.js';
import { SETTINGS } from '../config/settings-table.js';

/** The whole page. */
export function settingsPage(): string {
  const groups = byGroup(SETTINGS, () => true).flatMap(({ title, rows }) => [
    `## ${title}`,
    table(
      ['setting', 'flag', 'variable', 'default', 'meaning'],
      rows.map(([name, row]) => cells(name, row)),
    ),
  ]);
  const codes = Object.entries(EXIT_CODES).map(([code, text]) => [`\`${code}\``, text]);
  return `${[...INTRODUCTION, ...groups, '## Exit codes', table(['code', 'meaning'], codes)].join('\n\n')}\n`;
}

const INTRODUCTION = [
  '# Settings',
  '<!-- Generated from the settings table (src/main/config): npm run generate -->',
  'Each setting is taken from the first place that has it: flag, environment variable, secret file, config file, what Stash2Plex has stored in Stash, default. `gapscan config` shows what holds and where it comes from; `gapscan init` writes a config file to begin with. What is wrong is said all at once, each with its place (`gapscan.yml:3: threads: ...`), before any server is asked.',
  '## The config file',
  'YAML, or JSON where its name ends in `.json`. The first of these is read, and no other: `--config FILE`, `GAPSCAN_CONFIG`, `./gapscan.yml`, `$XDG_CONFIG_HOME/gapscan/config.yml` (`~/.config` where that is not set). Paths in it begin at its own directory, `~` is your home directory, and `${NAME}` is replaced by that environment variable (`$${` stands for a plain `${`); one that is not set is an error. `schemas/config-file.schema.json` in the package describes the file for editors.',
  '```yaml\n# gapscan.yml\nstashUrl: http://localhost:9999\nstashApiKeyFile: ~/.config/gapscan/stash.key\ndataDir: /path/to/stash/plugins/Stash2Plex/data\npathMappings:\n  - { stash: /data/clips, plex: /media/clips }\n```',
  'A key with a dot lies in a map: `stash.caFile` is `stash: { caFile: ... }`. Secrets are never taken from flags, where other users could see them, and must be printable ASCII without spaces; a variable whose name ends in `_FILE`, or a key that ends in `File`, names a file that holds one.',
];

function cells(name: string, row: Setting<unknown>): string[] {
  const { flag, env, isSecret, config = [], stored, help, more, type } = row;
  const keys = config.flatMap((key) => (isSecret === true ? [key, `${key}File`] : [key]));
  const variables = env === undefined ? [] : isSecret === true ? [env, `${env}_FILE`] : [env];
  const standing = defaultOf(row) ?? (row.default === false ? 'off' : '');
  return [
    config.length === 0 ? '' : keys.map(code).join(', '),
    flag === undefined ? '' : code(flagTerm(row)) + (type.isRepeatable === true ? ' (repeatable)' : ''),
    variables.map(code).join(', '),
    [...(stored ? [`${code(stored.name)} of Stash2Plex`] : []), ...(standing === '' ? [] : [standing])].join(
      ', else ',
    ) || (row.isRequired === true ? 'none; needed' : ''),
    sentence(help) + (more === undefined ? '' : ` ${more}`) + (name === 'config' ? '' : ''),
  ];
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

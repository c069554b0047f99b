/** The config file that `init` writes: every setting with its meaning, commented out where nothing is known. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FoundSettings } from './read-settings.js';
import { GROUPS, type Group, type Setting, type SettingTable } from './setting.js';
import { SETTINGS } from './settings-table.js';

/** Two folders up from the compiled file. */
const SCHEMA_FILE = fileURLToPath(new URL('../../../schemas/config-file.schema.json', import.meta.url));

/** A setting as the file has it. */
interface Entry {
  /** Without the map it lies in. */
  readonly key: string;
  readonly row: Setting<unknown>;
  /** Known, so not commented out. */
  readonly value: string | undefined;
  readonly note: string | undefined;
}

/** The text of the file; notes are shown beside the settings they are about. */
export function configTemplate<Table extends SettingTable>(
  found: FoundSettings<Table>,
  notes: Readonly<Record<string, string>>,
): string {
  const groups = (Object.keys(GROUPS) as Group[]).map((group) => groupText(group, found, notes)).filter(Boolean);
  return [HEAD, ...groups].join('\n');
}

const HEAD = `# yaml-language-server: $schema=${schemaReference()}
#
# Settings of gapscan. Take the "# " from a line to set what it says. Flags and the environment win over this file;
# "gapscan config" shows what holds, and where it comes from. \${NAME} is replaced by that environment variable, ~ by
# your home directory, and other paths begin at the directory of this file.
`;

/** Editors take a path, but only up to a blank. */
function schemaReference(): string {
  const isPlain = !/[\s#%\\]/.test(SCHEMA_FILE);
  return isPlain ? SCHEMA_FILE : pathToFileURL(SCHEMA_FILE).href;
}

function groupText(group: Group, found: FoundSettings<SettingTable>, notes: Readonly<Record<string, string>>): string {
  const maps = new Map<string, Entry[]>([['', []]]);
  for (const [name, row] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const [path] = row.config ?? [];
    if (path === undefined || row.group !== group) continue;
    const [key = '', parent = ''] = path.split('.').reverse();
    // Never a secret, though it may be known: the file names another that holds it.
    const value = row.isSecret === true ? undefined : found.find(name)?.value;
    const entry = { key, row, value: value === undefined ? undefined : JSON.stringify(value), note: notes[name] };
    maps.set(parent, [...(maps.get(parent) ?? []), entry]);
  }
  const lines = [...maps].flatMap(([parent, entries]) =>
    parent === '' ? entries.flatMap(plainEntry) : mapEntry(parent, entries),
  );
  return lines.length === 0 ? '' : [`# --- ${GROUPS[group]} ---`, '', ...lines].join('\n');
}

function plainEntry({ key, row, value, note }: Entry): string[] {
  const name = row.isSecret === true ? `${key}File` : key;
  const line = `${name}: ${value ?? exampleOf(row)}`;
  return [
    `# ${meaning(row)}`,
    ...(note === undefined ? [] : [`# ${note}`]),
    value === undefined ? `# ${line}` : line,
    '',
  ];
}

function mapEntry(parent: string, entries: readonly Entry[]): string[] {
  const lines = entries.map(({ key, row }) => `#   ${key}: ${exampleOf(row)}  # ${row.help}`);
  return [`# ${parent}:`, ...lines, ''];
}

function meaning({ help, isSecret, flag, env }: Setting<unknown>): string {
  const also = [...(flag === undefined ? [] : [`--${flag}`]), ...(env === undefined ? [] : [env])];
  const file = isSecret === true ? ' (a file that holds it)' : '';
  return help + file + (also.length === 0 ? '' : `; also ${also.join(', ')}`);
}

function exampleOf({ example, default: value }: Setting<unknown>): string {
  return example ?? (Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
}

/** How a setting is written and what it means, for help texts, the man page and the docs. */
import { GROUPS, type Group, type Setting, type SettingTable } from '../config/setting.js';

/** `-n, --dry-run`, `--threads N`. */
export function flagTerm({ flag = '', short, type }: Setting<unknown>): string {
  const argument = type.argument === undefined ? '' : ` ${type.argument}`;
  return `${short === undefined ? '' : `-${short}, `}--${flag}${argument}`;
}

/** What holds where nobody says anything, as people write it; undefined where that goes without saying. */
export function defaultOf({ default: value, defaultText }: Setting<unknown>): string | undefined {
  if (defaultText !== undefined) return defaultText;
  if (value === undefined || value === false) return undefined;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The clause, what repeats, what is the default, and the variable. */
export function flagMeaning(row: Setting<unknown>): string {
  const details = [
    ...(row.type.isRepeatable === true ? ['repeatable'] : []),
    ...(defaultOf(row) === undefined ? [] : [`default: ${defaultOf(row) ?? ''}`]),
  ];
  const variable = row.env === undefined ? '' : ` [${row.env}]`;
  return row.help + (details.length === 0 ? '' : ` (${details.join('; ')})`) + variable;
}

/** The settings of a table by heading; headings without any are left out. */
export function byGroup(
  table: SettingTable,
  isWanted: (row: Setting<unknown>) => boolean,
): { readonly title: string; readonly rows: readonly (readonly [name: string, row: Setting<unknown>])[] }[] {
  const rows = Object.entries(table).filter(([, row]) => isWanted(row));
  return (Object.keys(GROUPS) as Group[])
    .map((group) => ({ title: GROUPS[group], rows: rows.filter(([, row]) => row.group === group) }))
    .filter((section) => section.rows.length > 0);
}

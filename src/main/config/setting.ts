/** What a setting is: one row of the settings table. */
import type { ScanOptions } from '../scan-types.js';
import type { ConfigNode } from './config-node.js';

/** A JSON Schema, as far as settings need one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What reading a value needs to know of its surroundings. */
export interface Surroundings {
  /** Where a relative path begins: the directory of the config file, or the working directory. */
  readonly base: string;
  /** What `~` stands for. */
  readonly home: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Reads texts: of a flag, which may be given several times, or of a variable, which is one text. */
export interface TextReading extends Surroundings {
  /** A variable can hold a list only as one text with commas. */
  readonly isVariable: boolean;
  /** Notes what is wrong; returns null, so that a reader can end with it. */
  refuse(what: string): null;
}

/** Reads values of the config file. */
export interface NodeReading extends Surroundings {
  refuse(node: ConfigNode, what: string): null;
}

/** How the values of a setting are written, read, checked and described. */
export interface SettingType<T> {
  /** For the message when something else came: `a whole number from 0 to 64`. */
  readonly expected: string;
  /** Stands for the value in help texts: `N`. Without it the flag is a switch. */
  readonly argument?: string | undefined;
  /** What a shell can offer for the value. */
  readonly completes?: 'file' | 'directory' | readonly string[];
  /** The flag may be given several times. */
  readonly isRepeatable?: boolean;
  readonly schema: JsonSchema;
  /** From a flag or a variable; null where that was refused, undefined where it is a list of nothing. */
  fromTexts(texts: readonly string[], reading: TextReading): T | null | undefined;
  /** From the config file; null where that was refused. */
  fromNode(node: ConfigNode, reading: NodeReading): T | null;
  /** Whether a program's value is one. */
  is(value: unknown): value is T;
  /** The texts in a value that nobody may see, where not all of it is a secret. */
  secretsIn?(value: T): readonly string[];
  /** A value as it may be shown, where that is not the value itself. */
  shown?(value: T): unknown;
}

/** The headings of help texts and of the docs, in their order. */
export const GROUPS = {
  servers: 'Servers',
  files: 'Files',
  scenes: 'Which scenes',
  matching: 'Matching',
  gaps: 'What to do about gaps',
  output: 'Output',
  running: 'How it runs',
  notify: 'Who is told',
} as const;

/** One heading. */
export type Group = keyof typeof GROUPS;

/** What Stash2Plex has stored in Stash that can serve as a setting. */
export interface StoredSetting {
  readonly member: 'plexUrl' | 'plexToken' | 'plexLibraries';
  /** Its name there. */
  readonly name: string;
}

/** One setting. */
export interface Setting<T> {
  readonly type: SettingType<T>;
  readonly group: Group;
  /** One clause, for help texts. */
  readonly help: string;
  /** Sentences for docs/settings.md beyond that clause. */
  readonly more?: string;
  /** Without dashes. */
  readonly flag?: string;
  /** One letter. */
  readonly short?: string;
  /** Shown by `gapscan --help`. */
  readonly isCommon?: true;
  readonly env?: string;
  /** Never by flag, never shown; the variable's and the key's names with `_FILE` and `File` name a file that holds it. */
  readonly isSecret?: true;
  /** Key in the config file; a dot leads into a map. Those after the first mean the same. */
  readonly config?: readonly [key: string, ...alsoAs: string[]];
  readonly stored?: StoredSetting;
  /** Without a value there is nothing to be done. */
  readonly isRequired?: true;
  /** A value as the config file would have it, where there is no default to show. */
  readonly example?: string;
  /** What holds where nobody says anything. */
  readonly default?: NoInfer<T>;
  /** The same in words, where the value says too little or depends on something. */
  readonly defaultText?: string;
  /** The member of {@link ScanOptions} it becomes as it is. */
  readonly option?: keyof ScanOptions;
}

/** Settings by name. */
export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

/** The values of a table that were found. */
export type ValuesOf<Table extends SettingTable> = {
  readonly [Name in keyof Table]?: Table[Name] extends Setting<infer T> ? T : never;
};

/** A row; lets the compiler tell its type of value. */
export function setting<const T>(row: Setting<T>): Setting<T> {
  return row;
}

/** A row that becomes a member of {@link ScanOptions}, checked to be of that member's type. */
export function scanSetting<Option extends keyof ScanOptions>(
  option: Option,
  row: Setting<NonNullable<ScanOptions[Option]>>,
): Setting<NonNullable<ScanOptions[Option]>> {
  return { ...row, option };
}

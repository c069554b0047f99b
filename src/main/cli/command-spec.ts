/** What a command is: one entry of the table of commands. */
import type { CommandContext, CommandInput } from '../commands/context.js';
import type { SettingTable } from '../config/setting.js';

/** One command. */
export interface CommandSpec {
  /** One clause. */
  readonly summary: string;
  /** One or two sentences more. */
  readonly more?: string;
  /** The settings whose flags it takes. */
  readonly settings: SettingTable;
  /** The word it needs beside flags, one of these, and what any word behind it is called, where there may be one. */
  readonly words?: { readonly name: string; readonly choices: readonly string[]; readonly last?: string };
  /** What the one word is called that it takes beside flags, where that may be any. */
  readonly anyWord?: string;
  /** Command lines that work as they stand, where the environment says which servers. */
  readonly examples: readonly string[];
  /** It writes to the queue, and so needs the database driver. */
  readonly needsDatabase: boolean;
  /** Runs it; returns the exit code. @throws GapscanError */
  readonly run: (input: CommandInput, context: CommandContext) => Promise<number>;
}

/** What every command is run with. */
import type { Environment, GivenFlags } from '../config/sources.js';
import type { Terminal } from '../output/terminal.js';

/** What the process gives a command. */
export interface CommandContext {
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** What the command line gives it. */
export interface CommandInput {
  readonly flags: GivenFlags;
  /** What is no flag, in number and kind what the command takes. */
  readonly words: readonly string[];
}

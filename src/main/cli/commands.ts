/** The commands, loaded when they are asked for: `--help` must not wait for a database driver. */
import { unreachable } from '../../shared/unreachable.js';
import type { CommandContext } from '../commands/scan.js';

/** Every command with work to do. */
export type Command = 'scan' | 'demo';

/** Runs a command with its arguments; returns the exit code. @throws GapscanError */
export async function runCommand(command: Command, argv: readonly string[], context: CommandContext): Promise<number> {
  switch (command) {
    case 'scan':
      return (await import('../commands/scan.js')).scanCommand(argv, context);
    case 'demo':
      return (await import('../commands/demo.js')).demoCommand(argv, context);
    default:
      return unreachable(command);
  }
}

/** From arguments to an exit code. */
import { runCommand, type Command } from './commands.js';
import { DEMO_HELP, HELP, SCAN_HELP } from './help.js';
import { didYouMean, usageError } from './flags.js';
import { GapscanError, GuardError } from '../errors.js';
import type { Terminal } from '../output/terminal.js';
import { version } from '../version.js';

/** What the process gives the command line. */
export interface MainSetup {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

const BUG_EXIT_CODE = 70;
const HELP_TEXTS: Readonly<Record<Command, string>> = { scan: SCAN_HELP, demo: DEMO_HELP };

/** Runs a command; never throws. */
export async function main({ argv, env, terminal, signal }: MainSetup): Promise<number> {
  try {
    return await dispatch(argv, { env, terminal, signal });
  } catch (error: unknown) {
    return sayFailure(terminal, error, argv);
  }
}

async function dispatch(argv: readonly string[], context: Parameters<typeof runCommand>[2]): Promise<number> {
  const [name, ...rest] = argv;
  const { terminal } = context;
  if (name === '--version' || name === '-v') {
    terminal.result(version);
    return 0;
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const topic = rest[0];
    terminal.result(topic === undefined ? HELP : HELP_TEXTS[commandNamed(topic)]);
    return name === undefined ? 2 : 0;
  }
  const command = commandNamed(name);
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.result(HELP_TEXTS[command]);
    return 0;
  }
  return runCommand(command, rest, context);
}

function commandNamed(name: string): Command {
  if (name === 'scan' || name === 'demo') return name;
  // Anything that is no plain word may be a secret that slipped out of its variable.
  const shown = /^[a-z-]{1,16}$/.test(name) ? ` ${name}` : '';
  throw usageError(
    `Unknown command${shown}${didYouMean(name, ['scan', 'demo', 'help'])}`,
    'The commands are scan, demo and help.',
  );
}

/** Says what went wrong, on stdout too if JSON was asked for; returns the exit code. */
export function sayFailure(terminal: Terminal, error: unknown, argv: readonly string[]): number {
  const known = error instanceof GapscanError ? error : undefined;
  const message = known?.message ?? `Internal error: ${error instanceof Error ? error.message : String(error)}`;
  const hint = known
    ? known.hint
    : 'This is a bug in gapscan; --verbose shows where. The queue was not changed by it half-way.';
  const code = known?.code ?? 'internal';
  if (argv.includes('--json')) {
    const checks = error instanceof GuardError ? { check: error.check, checks: error.checks } : {};
    terminal.resultJson({ schema: 'gapscan.error/1', code, message, hint: hint ?? null, ...checks });
  }
  terminal.complain(`gapscan: ${message}`);
  if (hint !== undefined) terminal.complain(`  ${hint}`);
  if (argv.includes('--verbose')) for (const line of stackOf(error)) terminal.complain(line);
  return known?.exitCode ?? BUG_EXIT_CODE;
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [...(error.stack ?? '').split('\n'), ...stackOf(error.cause)];
}

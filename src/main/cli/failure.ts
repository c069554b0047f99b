/** Says what went wrong. */
import { GapscanError, GuardError } from '../errors.js';
import type { Terminal } from '../output/terminal.js';

const BUG_EXIT_CODE = 70;

/** Says a failure on stderr, and on stdout too if JSON was asked for; returns the exit code. */
export function sayFailure(terminal: Terminal, error: unknown, argv: readonly string[]): number {
  const known = error instanceof GapscanError ? error : undefined;
  const message = known?.message ?? `Internal error: ${error instanceof Error ? error.message : String(error)}`;
  const hint = known
    ? known.hint
    : 'This is a bug in gapscan; --verbose shows where. The queue was not changed by it half-way.';
  const code = known?.code ?? 'internal';
  if (terminal.isStash) terminal.resultJson({ error: hint === undefined ? message : `${message} (${hint})` });
  else if (argv.includes('--json')) {
    const checks = error instanceof GuardError ? { check: error.check, checks: error.checks } : {};
    terminal.resultJson({ schema: 'gapscan.error/1', code, message, hint: hint ?? null, ...checks });
  }
  // Several problems are one a line.
  for (const [i, line] of message.split('\n').entries()) terminal.complain(i === 0 ? `gapscan: ${line}` : line);
  if (hint !== undefined) terminal.complain(`  ${hint}`);
  if (argv.includes('--verbose') || argv.includes('-v')) for (const line of stackOf(error)) terminal.complain(line);
  return known?.exitCode ?? BUG_EXIT_CODE;
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [...(error.stack ?? '').split('\n'), ...stackOf(error.cause)];
}

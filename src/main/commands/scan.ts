/** The command `scan`. */
import { parseScanFlags, type ScanFlags } from '../cli/flags.js';
import { resolveSettings, type Settings } from '../config/settings.js';
import type { Environment } from '../config/sources.js';
import { Progress } from '../output/progress.js';
import { gapCount, renderOneLine, renderSummary } from '../output/summary.js';
import type { Terminal } from '../output/terminal.js';
import type { ScanSummary } from '../scan-types.js';

/** What commands are run with. */
export interface CommandContext {
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Scans and shows the result; returns the exit code. @throws GapscanError */
export async function scanCommand(argv: readonly string[], { env, terminal, signal }: CommandContext): Promise<number> {
  // Before anything can fail: a secret in the wrong place is quoted by the refusal.
  for (const name of ['STASH_API_KEY', 'PLEX_TOKEN']) terminal.keepSecret(env[name]);
  const flags = parseScanFlags(argv);
  // Stash may have to be asked, and may let us wait.
  terminal.draw('Looking up settings ...');
  const settings = await resolveSettings({ flags, env, signal, keepSecret: terminal.keepSecret });
  const { options } = settings;
  introduce(terminal, flags, settings);
  const { scan } = await import('../scan.js');
  const summary = await scan({ ...options, onEvent: new Progress(terminal).handle, signal });
  terminal.clearLive();
  show(terminal, flags, settings, summary);
  return exitCode(summary, flags);
}

function introduce(terminal: Terminal, flags: ScanFlags, { sources, warnings }: Settings): void {
  for (const warning of warnings) terminal.say(`Warning: ${warning}`);
  if (!flags.verbose) return;
  for (const [name, source] of Object.entries(sources)) terminal.say(`${name}: from ${source}`);
}

function show(terminal: Terminal, flags: ScanFlags, { options }: Settings, summary: ScanSummary): void {
  if (flags.json) terminal.resultJson(summary);
  else if (flags.quiet) terminal.result(renderOneLine(summary));
  else {
    const { reports = [], include = 'gaps', processQueue = false } = options;
    terminal.result(renderSummary(summary, { color: terminal.color, reports, include, processQueue }));
  }
  if (summary.error === undefined) return;
  terminal.complain(`gapscan: ${summary.error.message}`);
  if (summary.error.hint !== null) terminal.complain(`  ${summary.error.hint}`);
}

function exitCode(summary: ScanSummary, { failOnGaps }: ScanFlags): number {
  if (summary.error !== undefined) return 2;
  if (summary.verdicts.unreadable > 0) return 3;
  return failOnGaps && gapCount(summary) > 0 ? 1 : 0;
}

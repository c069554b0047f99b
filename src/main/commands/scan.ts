/** The command `scan`. */
import { GAP_KINDS } from '../../shared/verdicts.js';
import { SETTINGS } from '../config/settings-table.js';
import type { Settings } from '../config/settings.js';
import type { SettingTable } from '../config/setting.js';
import { Progress } from '../output/progress.js';
import { renderOneLine, renderSummary } from '../output/summary.js';
import type { Terminal } from '../output/terminal.js';
import { isOnOutput } from '../report/formats.js';
import type { ScanSummary } from '../scan-types.js';
import type { CommandContext, CommandInput } from './context.js';
import { watchedRun } from './watched-run.js';

/** Scans and shows the result; returns the exit code. @throws GapscanError */
export function scanCommand(input: CommandInput, context: CommandContext): Promise<number> {
  const { terminal } = context;
  // Stash may have to be asked, and may let us wait.
  terminal.draw('Looking up settings ...');
  const progress = new Progress(terminal);
  let isOutputTaken = false;
  return watchedRun(input, context, {
    begin: (settings) => {
      introduce(terminal, settings);
      isOutputTaken = settings.options.reports?.some(isOnOutput) === true;
    },
    onEvent: (event) => {
      // A report on this very terminal begins on a line of its own.
      if (isOutputTaken && event.type === 'phase' && event.phase === 'report') terminal.clearLive();
      else progress.handle(event);
    },
    end: (settings, summary) => {
      terminal.clearLive();
      show(terminal, settings, summary);
      return exitCodeOf(summary, settings);
    },
    // The summary for people lists them.
    hasShownWarnings: ({ values }) => values.json !== true && values.quiet !== true,
  });
}

function introduce(terminal: Terminal, { sources, warnings, values }: Settings): void {
  for (const warning of warnings) terminal.complain(`Warning: ${warning}`);
  if (values.verbose !== true) return;
  const table: SettingTable = SETTINGS;
  for (const [name, source] of Object.entries(sources)) {
    if (table[name]?.group !== 'output') terminal.say(`${name}: from ${source}`);
  }
}

function show(terminal: Terminal, { options, values }: Settings, summary: ScanSummary): void {
  if (values.verbose === true) {
    for (const { title, kept } of summary.plex.sections)
      terminal.say(`Library "${title}": ${kept ? 'unchanged, used as it was kept' : 'read'}`);
  }
  const { reports = [], include = 'gaps', processQueue = false } = options;
  if (values.json === true) terminal.resultJson(summary);
  else {
    const { color, columns } = terminal;
    const style = { color, columns, reports, include, processQueue };
    const text = values.quiet === true ? renderOneLine(summary) : renderSummary(summary, style);
    if (reports.some(isOnOutput)) terminal.resultBeside(text);
    else terminal.result(text);
  }
  if (summary.error === undefined) return;
  terminal.complain(`gapscan: ${summary.error.message}`);
  if (summary.error.hint !== null) terminal.complain(`  ${summary.error.hint}`);
}

/** What a server would not do. */
const SERVER_FAILURES: readonly string[] = ['process_queue_failed', 'refresh_plex_failed'];

/** What a finished scan ends with. */
export function exitCodeOf(summary: ScanSummary, { values }: Settings): number {
  if (summary.error !== undefined) return SERVER_FAILURES.includes(summary.error.code) ? 4 : 2;
  if (summary.verdicts.unreadable > 0) return 3;
  const wanted = [...(values.failOn ?? []), ...(values.failOnGaps === true ? GAP_KINDS : [])];
  return wanted.some((verdict) => summary.verdicts[verdict] > 0) ? 1 : 0;
}

/** The command `scan`. */
import { GAP_KINDS } from '../../shared/verdicts.js';
import { SETTINGS } from '../config/settings-table.js';
import { resolveSettings, type Settings } from '../config/settings.js';
import type { SettingTable } from '../config/setting.js';
import { Progress } from '../output/progress.js';
import { describeWarning, renderOneLine, renderSummary } from '../output/summary.js';
import type { Terminal } from '../output/terminal.js';
import type { ScanEvent, ScanSummary, ScanWarning } from '../scan-types.js';
import type { CommandContext, CommandInput } from './context.js';

/** Scans and shows the result; returns the exit code. @throws GapscanError */
export async function scanCommand({ flags }: CommandInput, { env, terminal, signal }: CommandContext): Promise<number> {
  // Stash may have to be asked, and may let us wait.
  terminal.draw('Looking up settings ...');
  const settings = await resolveSettings({ flags, env, signal, keepSecret: terminal.keepSecret });
  introduce(terminal, settings);
  const { scan } = await import('../scan.js');
  const progress = new Progress(terminal);
  const unsaid: ScanWarning[] = [];
  const onEvent = (event: ScanEvent): void => {
    progress.handle(event);
    if (event.type === 'warning') unsaid.push(event.warning);
  };
  try {
    const summary = await scan({ ...settings.options, onEvent, signal });
    terminal.clearLive();
    show(terminal, settings, summary);
    // The summary for people lists them.
    if (settings.values.json !== true && settings.values.quiet !== true) unsaid.length = 0;
    return exitCode(summary, settings);
  } finally {
    for (const warning of unsaid) terminal.complain(`Warning: ${describeWarning(warning)}`);
  }
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
  if (values.json === true) terminal.resultJson(summary);
  else if (values.quiet === true) terminal.result(renderOneLine(summary));
  else {
    const { reports = [], include = 'gaps', processQueue = false } = options;
    terminal.result(renderSummary(summary, { color: terminal.color, reports, include, processQueue }));
  }
  if (summary.error === undefined) return;
  terminal.complain(`gapscan: ${summary.error.message}`);
  if (summary.error.hint !== null) terminal.complain(`  ${summary.error.hint}`);
}

function exitCode(summary: ScanSummary, { values }: Settings): number {
  if (summary.error !== undefined) return summary.error.code === 'process_queue_failed' ? 4 : 2;
  if (summary.verdicts.unreadable > 0) return 3;
  const wanted = [...(values.failOn ?? []), ...(values.failOnGaps === true ? GAP_KINDS : [])];
  return wanted.some((verdict) => summary.verdicts[verdict] > 0) ? 1 : 0;
}

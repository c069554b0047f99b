/** A scan with all that tells of it: the log file, the notifications, progress. What differs is who looks on. */
import { resolveSettings, type Settings, type SettingsSetup } from '../config/settings.js';
import { GapscanError } from '../errors.js';
import type { Notifier } from '../notify/notifier.js';
import type { RunEnding } from '../notify/notification.js';
import { LogFile } from '../output/log-file.js';
import { describeWarning, renderOneLine } from '../output/summary.js';
import { dataPaths } from '../state/data-dir.js';
import type { ScanEvent, ScanSummary, ScanWarning } from '../scan-types.js';
import type { CommandContext, CommandInput } from './context.js';

/** Who looks on. */
export interface Audience {
  /** The settings are known, the scan begins. */
  begin(settings: Settings): void;
  onEvent(event: ScanEvent): void;
  /** Shows the result; returns the exit code. */
  end(settings: Settings, summary: ScanSummary): number;
  /** Whether {@link end} has shown the warnings of the summary. */
  hasShownWarnings(settings: Settings): boolean;
}

/** Scans under the eyes of an audience; returns the exit code. @throws GapscanError */
export async function watchedRun(
  input: CommandInput,
  context: CommandContext,
  audience: Audience,
  session?: SettingsSetup['session'],
): Promise<number> {
  const telling = new Telling(context);
  let settings: Settings | undefined;
  let summary: ScanSummary | undefined;
  try {
    const { env, terminal, signal } = context;
    const onEvent = (event: ScanEvent): void => {
      telling.log?.handle(event);
      audience.onEvent(event);
    };
    const setup = { flags: input.flags, env, signal, keepSecret: terminal.keepSecret, onEvent, session };
    settings = await resolveSettings({
      ...setup,
      onLocal: (values) => {
        telling.prepare(values);
      },
    });
    audience.begin(settings);
    summary = await scanAloud(settings, context, audience, onEvent);
    const exitCode = audience.end(settings, summary);
    await telling.finish({ exitCode, summary, failure: summary.error }, settings);
    return exitCode;
  } catch (error: unknown) {
    await telling.finish(failedEnding(error, summary), settings);
    throw error;
  }
}

async function scanAloud(
  settings: Settings,
  { terminal, signal }: CommandContext,
  audience: Audience,
  tell: (event: ScanEvent) => void,
): Promise<ScanSummary> {
  const { scan } = await import('../scan.js');
  const unsaid: ScanWarning[] = [];
  const onEvent = (event: ScanEvent): void => {
    tell(event);
    if (event.type === 'warning') unsaid.push(event.warning);
  };
  try {
    const summary = await scan({ ...settings.options, onEvent, signal });
    if (audience.hasShownWarnings(settings)) unsaid.length = 0;
    return summary;
  } finally {
    for (const warning of unsaid) terminal.complain(`Warning: ${describeWarning(warning)}`);
  }
}

function failedEnding(error: unknown, summary: ScanSummary | undefined): RunEnding {
  const known = error instanceof GapscanError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const failure = { code: known?.code ?? 'internal', message, hint: known?.hint ?? null };
  return { exitCode: known?.exitCode ?? 70, summary, failure };
}

/** The log file and the notifications of one run, as far as the settings ask for them. */
class Telling {
  log: LogFile | undefined;
  #notifier: Promise<Notifier> | undefined;
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  prepare(values: Settings['values']): void {
    const { terminal } = this.#context;
    const { logFile, notifyWebhook, notifyDiscord, notifyNtfy, notifyPing } = values;
    if ([notifyWebhook, notifyDiscord, notifyNtfy, notifyPing].some((urls) => urls !== undefined)) {
      this.#notifier = import('../notify/notifier.js').then(({ Notifier }) => new Notifier(values, terminal));
    }
    if (logFile !== undefined) this.log = new LogFile(logFile, terminal);
    this.log?.write('info', 'The run begins');
  }

  async finish(ending: RunEnding, settings: Settings | undefined): Promise<void> {
    const { summary, failure, exitCode } = ending;
    if (failure) this.log?.write('error', failure.message, { code: failure.code, hint: failure.hint, exitCode });
    if (summary) this.log?.write('info', renderOneLine(summary), { exitCode, summary });
    if (!this.#notifier) return;
    const options = settings?.options;
    const stateDir = options && dataPaths(options.dataDir, options.stateDir).stateDir;
    await (await this.#notifier).finish(ending, stateDir, options?.dryRun !== true);
  }
}

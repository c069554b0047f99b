/** The command `plugin`: a scan as a task of Stash. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findDataDir } from '../config/find-data-dir.js';
import { LOCAL_CONFIG } from '../config/find-config.js';
import { variable, type Environment, type GivenFlags } from '../config/sources.js';
import { Progress } from '../output/progress.js';
import { renderOneLine, renderSummary } from '../output/summary.js';
import type { ScanEvent } from '../scan-types.js';
import { ConfigError } from '../errors.js';
import { isOnOutput } from '../report/formats.js';
import { readPluginCall, type PluginCall } from '../plugin/connection.js';
import { PluginProgress } from '../plugin/plugin-progress.js';
import type { CommandContext } from './context.js';
import { exitCodeOf } from './scan.js';
import { watchedRun } from './watched-run.js';

/** More than any connection needs. */
const MAX_INPUT = 1_000_000;

/** Scans for Stash; returns the exit code. @throws GapscanError, which Stash is told as the task's error */
export async function pluginCommand(_: unknown, context: CommandContext): Promise<number> {
  const { terminal } = context;
  terminal.speakToStash();
  const call = readPluginCall(await readInput());
  const session = { cookie: call.cookie, isLocalTls: call.url.startsWith('https:') };
  terminal.keepSecret(call.cookie?.replace(/^[^=]*=/, ''));
  const progress = new Progress(terminal);
  const bar = new PluginProgress(terminal);
  const input = { flags: flagsFor(call), words: [] };
  return watchedRun(
    input,
    { ...context, env: environmentFor(call, context.env) },
    {
      begin: ({ warnings, options }) => {
        if (options.reports?.some(isOnOutput) === true) throw outputTaken();
        for (const warning of warnings) terminal.complain(`Warning: ${warning}`);
        if (call.mode === 'queue') terminal.say('Missing scenes are not queued: their jobs would keep Stash busy');
      },
      onEvent: (event: ScanEvent) => {
        progress.handle(event);
        bar.handle(event);
      },
      end: (settings, summary) => {
        const { processQueue = false } = settings.options;
        const style = { color: false, reports: settings.options.reports ?? [], include: 'gaps' as const, processQueue };
        for (const line of renderSummary(summary, style).split('\n')) if (line.trim() !== '') terminal.say(line);
        terminal.progress(1);
        const { error } = summary;
        terminal.resultJson(error === undefined ? { output: renderOneLine(summary) } : { error: error.message });
        return exitCodeOf(summary, settings);
      },
      hasShownWarnings: () => true,
    },
    session,
  );
}

/** Stash reads the task's answer there. */
function outputTaken(): ConfigError {
  return new ConfigError('reports: expected a file, got standard output, which inside Stash is for Stash', {
    code: 'config_invalid',
    hint: 'Name a file, or leave reports out of the config file that this task reads.',
  });
}

async function readInput(): Promise<string> {
  // Nobody types a connection.
  if (process.stdin.isTTY) return '';
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_INPUT) break;
  }
  return text;
}

/** The Stash that asks is the one that is looked at, whatever the config file says. */
function flagsFor({ url, mode }: PluginCall): GivenFlags {
  const own: [string, string[]][] = mode === 'report' ? [['dry-run', ['true']]] : [['gaps', ['empty,stale']]];
  return new Map([['stash-url', [url]], ...own]);
}

/** Where settings are that nobody names: Stash's working directory is not the user's. */
function environmentFor({ pluginDirectory, configDirectory }: PluginCall, env: Environment): Environment {
  const config = pluginDirectory && join(pluginDirectory, LOCAL_CONFIG);
  const places = [pluginDirectory && dirname(pluginDirectory), configDirectory && join(configDirectory, 'plugins')];
  const dataDir = places.map((place) => (place ? findDataDir(place) : undefined)).find(Boolean);
  const ownConfig = variable(env, 'GAPSCAN_CONFIG') === undefined && config && existsSync(config);
  return {
    ...env,
    ...(ownConfig ? { GAPSCAN_CONFIG: config } : {}),
    ...(dataDir !== undefined && variable(env, 'STASH_PLUGIN_DATA') === undefined && { STASH_PLUGIN_DATA: dataDir }),
  };
}

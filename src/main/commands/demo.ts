/** The command `demo`: the real scan against sample servers, twice. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Problems } from '../config/problems.js';
import { readSettings } from '../config/read-settings.js';
import type { ValuesOf } from '../config/setting.js';
import { OUTPUT_SETTINGS } from '../config/settings-table.js';
import { makeDemoWorld } from '../demo/demo-world.js';
import { startSamplePlex } from '../demo/sample-plex.js';
import { startSampleStash } from '../demo/sample-stash.js';
import type { SampleServer } from '../demo/sample-server.js';
import type { SampleWorld } from '../demo/world.js';
import { plural } from '../output/format.js';
import { Progress } from '../output/progress.js';
import { gapCount, renderOneLine, renderSummary, sentence } from '../output/summary.js';
import type { Terminal } from '../output/terminal.js';
import { scan } from '../scan.js';
import { makeTempDirectory } from '../temp-directory.js';
import type { ReportFile, ScanOptions, ScanSummary } from '../scan-types.js';
import type { CommandContext, CommandInput } from './context.js';
import { DEMO_SETTINGS } from './own-settings.js';
import { ownCommand } from '../cli/own-command.js';

const DEMO_KEY = 'demo-stash-key';
const DEMO_TOKEN = 'demo-plex-token';
const DEMO_TABLE = { ...DEMO_SETTINGS, ...OUTPUT_SETTINGS };

/** Runs the demo; returns the exit code. @throws GapscanError */
export async function demoCommand(input: CommandInput, { env, terminal, signal }: CommandContext): Promise<number> {
  const problems = new Problems();
  const flags = readSettings(DEMO_TABLE, { flags: input.flags, env }, problems).values;
  problems.throwIfAny();
  const { scenes = DEMO_SETTINGS.scenes.default ?? 0, seed = DEMO_SETTINGS.seed.default ?? 0 } = flags;
  const world = makeDemoWorld({ scenes, seed });
  const directory = makeTempDirectory('gapscan-demo-');
  const servers: SampleServer[] = [];
  try {
    const options = await startDemo(world, directory, servers, flags.realPace === true);
    terminal.say(
      `Sample Stash at ${options.stash.url} and sample Plex at ${options.plex.url}, ${plural(scenes, 'made-up scene')}`,
    );
    const onEvent = new Progress(terminal).handle;
    const first = await scan({ ...options, onEvent, signal });
    const second = await scan({ ...options, onEvent, signal });
    terminal.clearLive();
    show(terminal, flags, options, first, second, env);
    return second.queue.enqueued + second.queue.refreshed === 0 ? 0 : 70;
  } catch (error: unknown) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  } finally {
    for (const server of servers) await server.close();
  }
}

async function startDemo(
  world: SampleWorld,
  directory: string,
  servers: SampleServer[],
  isCosted: boolean,
): Promise<ScanOptions> {
  const dataDir = join(directory, 'data');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'sync_timestamps.json'), JSON.stringify(world.syncTimestamps));
  const stash = await startSampleStash({ world, apiKey: DEMO_KEY, isCosted });
  servers.push(stash);
  const plex = await startSamplePlex({ world, token: DEMO_TOKEN, isCosted });
  servers.push(plex);
  const reports: ReportFile[] = (['ndjson', 'html'] as const).map((format) => ({
    path: join(directory, `report.${format}`),
    format,
  }));
  return {
    stash: { url: stash.url, secret: DEMO_KEY },
    plex: { url: plex.url, secret: DEMO_TOKEN },
    dataDir,
    reports,
    include: 'all',
  };
}

function show(
  terminal: Terminal,
  flags: ValuesOf<typeof OUTPUT_SETTINGS>,
  options: ScanOptions,
  first: ScanSummary,
  second: ScanSummary,
  env: CommandContext['env'],
): void {
  if (flags.json === true) {
    terminal.resultJson({ schema: 'gapscan.demo/1', first, second });
    return;
  }
  if (flags.quiet === true) {
    terminal.result(`${renderOneLine(first)}\n${renderOneLine(second)}`);
    return;
  }
  // What to do next is about a real library; the demo says its own.
  const { color, columns } = terminal;
  const style = { color, columns, reports: options.reports ?? [], include: 'all' as const, processQueue: true };
  const again = second.queue.enqueued + second.queue.refreshed;
  terminal.result(
    [
      renderSummary(first, style),
      '',
      ...sentence(
        `Second run: ${plural(gapCount(second), 'gap')}, ${plural(again, 'job')} queued; ${plural(second.queue.already_queued, 'job')} already waiting`,
        columns,
      ),
      `Queue:  ${join(options.dataDir, 'queue', 'data.db')}`,
      ...(options.reports ?? [])
        .filter(({ format }) => format === 'html')
        .map(({ path }) => `Next: open ${pathToFileURL(path).href} in a browser`),
      ...sentence(`Next: try it on your own library with ${ownCommand(process.argv[1], env)} scan --dry-run`, columns),
    ].join('\n'),
  );
}

/** Runs every check, each whether or not the others fail. */
import type { LocalPaths } from '../config/local-paths.js';
import { Problems } from '../config/problems.js';
import type { Setting, SettingTable } from '../config/setting.js';
import { SETTINGS } from '../config/settings-table.js';
import { plexOptions, stashOptions } from '../config/server-options.js';
import { readLocalSettings, resolveSettings, type LocalSettings, type SettingsSetup } from '../config/settings.js';
import { askStashSettings, openInStash, takeStored } from '../config/stored-settings.js';
import { GapscanError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import { plural } from '../output/format.js';
import { connectPlex } from '../plex/connection.js';
import { connectStash } from '../stash/connection.js';
import { blockedBy } from '../status/blocked.js';
import { readLocalStatus, type LocalStatus } from '../status/read-status.js';
import { ended, fail, failed, notChecked, pass, warn, type CheckId, type Finding } from './check.js';
import {
  checkBreaker,
  checkDataDir,
  checkDisk,
  checkQueue,
  checkRuntime,
  checkSyncTimestamps,
  checkWorker,
} from './local-checks.js';
import { checkPaths } from './path-check.js';
import { checkPlex, plexUnanswered, type PlexFindings } from './plex-checks.js';
import { checkStash, unanswered } from './stash-checks.js';

type Findings = Record<CheckId, Finding>;

/** Nobody waits long for a diagnosis, and one failure is what it is about. */
const PATIENCE = { timeoutSeconds: 10, retries: 0 };

/** All findings. @throws InterruptedError */
export async function examine(setup: SettingsSetup, findPaths: () => Promise<LocalPaths>): Promise<Findings> {
  const read = await readSettingsForAll(setup);
  const local = read.local;
  const stash = local && openStash(local, setup.signal);
  try {
    const stashFindings =
      stash === undefined || stash instanceof GapscanError
        ? unanswered(stash ? failed(stash) : notSet('stashUrl'), 'it is not known where Stash is')
        : await checkStash(stash, local?.found.values.stashApiKey !== undefined);
    const reachable = stash instanceof GapscanError || stashFindings.stash.status === 'fail' ? undefined : stash;
    const settings = await settingsFinding(setup, read, reachable);
    const plex = await examinePlex(setup, local);
    const paths = await ended(() => {
      if (reachable === undefined) return notChecked('Stash gave no answer', 'stash');
      return checkPaths(reachable, plex, local?.found.values.pathMappings ?? []);
    });
    return { ...stashFindings, ...plex.findings, paths, settings, ...(await examineFiles(setup, findPaths)) };
  } finally {
    if (!(stash instanceof GapscanError)) await stash?.close();
  }
}

interface ReadSettings {
  readonly local: LocalSettings | undefined;
  /** What is wrong with them. */
  readonly failure: Finding | undefined;
}

async function readSettingsForAll(setup: SettingsSetup): Promise<ReadSettings> {
  const problems = new Problems();
  try {
    const local = await readLocalSettings(setup, problems);
    try {
      problems.throwIfAny();
      return { local, failure: undefined };
    } catch (error: unknown) {
      return { local, failure: failed(error) };
    }
  } catch (error: unknown) {
    return { local: undefined, failure: failed(error) };
  }
}

const notSet = (name: string): Finding => fail(`${name} is not set`, `Set ${placesOf(name)}.`);

function placesOf(name: string): string {
  const { flag, env, config } = (SETTINGS as SettingTable)[name] ?? {};
  const places = [flag && `--${flag}`, env, config && `${config[0]} in the config file`].filter(Boolean);
  return places.join(' or ');
}

function openStash(
  { found: { values } }: LocalSettings,
  signal: AbortSignal,
): ServerConnection | GapscanError | undefined {
  if (values.stashUrl === undefined) return undefined;
  return opened(() =>
    connectStash({ ...stashOptions(values.stashUrl ?? '', values, 'STASH_API_KEY'), ...PATIENCE }, signal),
  );
}

function opened(open: () => ServerConnection): ServerConnection | GapscanError {
  try {
    return open();
  } catch (error: unknown) {
    if (error instanceof GapscanError) return error;
    throw error;
  }
}

/** Completes the settings by what Stash has stored, and says where each came from. */
async function settingsFinding(
  { keepSecret, signal }: SettingsSetup,
  { local, failure }: ReadSettings,
  stash: ServerConnection | undefined,
): Promise<Finding> {
  if (local === undefined || failure !== undefined) return failure ?? notSet('stashUrl');
  const { found } = local;
  const { values } = found;
  const finding = await ended(async () => {
    if (stash === undefined || openInStash(SETTINGS, found).length === 0) return pass('');
    const problems = new Problems();
    const options = { ...stashOptions(values.stashUrl ?? '', values, 'STASH_API_KEY'), ...PATIENCE };
    takeStored(SETTINGS, found, await askStashSettings(options, signal), problems);
    keepSecret(found.values.plexToken);
    problems.throwIfAny();
    return pass('');
  });
  if (finding.status === 'fail') return finding;
  const missing = (['stashUrl', 'plexUrl', 'plexToken'] as const).find((name) => found.values[name] === undefined);
  if (missing !== undefined) return notSet(missing);
  return pass(
    [...found.entries()]
      .filter(([name]) => (SETTINGS as SettingTable)[name]?.group !== 'output')
      .map(([name, { value, source }]) => `${name} ${shown(name, value)} (${source})`)
      .join(', '),
  );
}

function shown(name: string, value: unknown): string {
  const row: Setting<unknown> | undefined = (SETTINGS as SettingTable)[name];
  if (row?.isSecret === true) return '[secret]';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function examinePlex({ signal }: SettingsSetup, local: LocalSettings | undefined): Promise<PlexFindings> {
  const values = local?.found.values;
  if (values?.plexUrl === undefined) return plexUnanswered(notSet('plexUrl'), 'it is not known where Plex is');
  const { plexUrl, libraries } = values;
  const source = local?.found.find('plexToken')?.source;
  const plex = opened(() => connectPlex({ ...plexOptions(plexUrl, values, source), ...PATIENCE }, signal));
  if (plex instanceof GapscanError) return plexUnanswered(failed(plex), 'Plex could not be asked');
  try {
    return await checkPlex(plex, libraries);
  } finally {
    await plex.close();
  }
}

type FileCheck = Extract<
  CheckId,
  'runtime' | 'disk' | 'data_dir' | 'sync_timestamps' | 'queue' | 'breaker' | 'blocked' | 'worker'
>;

async function examineFiles(
  setup: SettingsSetup,
  findPaths: () => Promise<LocalPaths>,
): Promise<Record<FileCheck, Finding>> {
  const runtime = await ended(checkRuntime);
  let paths: LocalPaths;
  try {
    paths = await findPaths();
  } catch (error: unknown) {
    const unknown = notChecked('the data directory is not known', 'data_dir');
    const others = {
      disk: unknown,
      sync_timestamps: unknown,
      queue: unknown,
      breaker: unknown,
      blocked: unknown,
      worker: unknown,
    };
    return { runtime, data_dir: failed(error), ...others };
  }
  const files = {
    runtime,
    disk: await ended(() => checkDisk(paths)),
    data_dir: await ended(() => checkDataDir(paths)),
    sync_timestamps: await ended(() => checkSyncTimestamps(paths)),
  };
  return { ...files, ...(await examineQueue(setup, paths)) };
}

async function examineQueue(
  setup: SettingsSetup,
  paths: LocalPaths,
): Promise<Record<'queue' | 'breaker' | 'blocked' | 'worker', Finding>> {
  const now = Date.now() / 1000;
  let status: LocalStatus;
  try {
    status = await readLocalStatus(paths, setup.signal);
  } catch (error: unknown) {
    const unknown = notChecked('the queue cannot be read', 'queue');
    return { queue: failed(error), breaker: unknown, blocked: unknown, worker: unknown };
  }
  return {
    queue: await ended(() => checkQueue(paths, status, setup.signal)),
    breaker: checkBreaker(status, now),
    blocked: await ended(() => checkBlocked(setup, status)),
    worker: checkWorker(status, now),
  };
}

/** Jobs for scenes Plex lacks are queued on purpose; whatever else blocks is a fault. */
async function checkBlocked(setup: SettingsSetup, status: LocalStatus): Promise<Finding> {
  const taken = status.counts.taken.rows;
  let faults: Awaited<ReturnType<typeof askFaults>> | undefined;
  let why = '';
  try {
    faults = await askFaults(setup, status);
  } catch (error: unknown) {
    why = failed(error).message;
  }
  const blocked = blockedBy({ ...status, taken, faults: faults ?? new Map() });
  const message = blocked.map(({ reason, rows }) => `${plural(rows, 'row')} ${reason}`).join(', ');
  const cure = `Run: ${blocked.map(({ command }) => command).join('; ')}`;
  if (blocked.some(({ reason }) => reason !== 'missing')) return fail(message, cure);
  if (blocked.length > 0) return warn(message, cure);
  if (faults === undefined) return warn(`Only in part: ${why}`, 'See what is wrong with the servers first.');
  return pass('No waiting row is known to fail');
}

async function askFaults(setup: SettingsSetup, { waiting }: LocalStatus) {
  if (waiting.length === 0) return new Map<number, never>();
  const { options } = await resolveSettings(setup);
  const { judgeRows } = await import('../scan/judge-rows.js');
  return judgeRows(
    {
      ...options,
      stash: { ...options.stash, ...PATIENCE },
      plex: { ...options.plex, ...PATIENCE },
      signal: setup.signal,
    },
    waiting,
  );
}

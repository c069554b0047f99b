/** The checks of Stash and of the plugin in it. */
import type { ServerConnection } from '../http/server-connection.js';
import { ask, member, textOrUndefined } from '../stash/ask.js';
import { isActive, jobsIn, type StashJob } from '../stash/jobs.js';
import { DOCTOR_PLUGIN_QUERY, DOCTOR_QUERY } from '../stash/queries.js';
import { fail, failed, notChecked, pass, warn, type CheckId, type Finding } from './check.js';
import { judgePluginSettings, type PluginSettings } from './plugin-settings.js';

/** The checks that only Stash can answer. */
type StashCheck = Extract<CheckId, 'stash' | 'stash_state' | 'stash_jobs' | 'plugin' | 'plugin_settings'>;

/** Asks all of them; without an answer the others say so. */
export async function checkStash(stash: ServerConnection, hasKey: boolean): Promise<Record<StashCheck, Finding>> {
  const began = performance.now();
  const question = { document: DOCTOR_QUERY, variables: {} };
  try {
    const about = await ask(stash, question, 'its version and state', readAbout);
    const took = Math.round(performance.now() - began);
    const plugin = await checkPlugin(stash);
    return {
      stash: pass(
        `Stash ${about.version} at ${stash.urlOf('')} answered in ${took} ms; ${hasKey ? 'the key is accepted' : 'it needs no key'}`,
      ),
      stash_state: stateFinding(about.status),
      stash_jobs: jobsFinding(about.jobs),
      ...plugin,
    };
  } catch (error: unknown) {
    return unanswered(failed(error), 'Stash gave no answer');
  }
}

/** What the checks say when Stash could not be asked. */
export function unanswered(finding: Finding, reason: string): Record<StashCheck, Finding> {
  const unknown = notChecked(reason, 'stash');
  return { stash: finding, stash_state: unknown, stash_jobs: unknown, plugin: unknown, plugin_settings: unknown };
}

interface About {
  readonly version: string;
  readonly status: string;
  readonly jobs: readonly StashJob[];
}

function readAbout(data: unknown): About | undefined {
  const status = textOrUndefined(member(member(data, 'systemStatus'), 'status'));
  const version = textOrUndefined(member(member(data, 'version'), 'version')) ?? '(of unknown version)';
  const jobs = jobsIn(data);
  return status === undefined || jobs === undefined ? undefined : { version, status, jobs };
}

function stateFinding(status: string): Finding {
  if (status === 'OK') return pass('Stash is ready');
  if (status === 'NEEDS_MIGRATION') {
    return fail(
      `Stash waits for its database to be migrated (${status})`,
      'Open Stash in a browser and let it migrate.',
    );
  }
  if (status === 'SETUP')
    return fail(`Stash has not been set up yet (${status})`, 'Open Stash in a browser and set it up.');
  return warn(`Stash is in a state gapscan does not know (${status})`, 'Open Stash in a browser and look.');
}

function jobsFinding(jobs: readonly StashJob[]): Finding {
  const active = jobs.filter(isActive);
  const [first] = active.filter(({ status }) => status === 'RUNNING');
  if (active.length === 0) return pass('Nothing runs or waits in the job queue of Stash');
  const doing = first === undefined ? 'Tasks wait' : `"${first.description}" runs`;
  const behind = active.length - (first === undefined ? 0 : 1);
  const fix = /process queue/i.test(first?.description ?? '')
    ? 'If it runs for long, gapscan queue drop --missing takes out the jobs that hold it.'
    : 'Wait for it to end: one task runs at a time.';
  return warn(`${doing} in Stash, ${behind} behind it`, fix);
}

async function checkPlugin(
  stash: ServerConnection,
): Promise<Pick<Record<StashCheck, Finding>, 'plugin' | 'plugin_settings'>> {
  try {
    const question = { document: DOCTOR_PLUGIN_QUERY, variables: {} };
    const found = await ask(stash, question, 'the plugins and their settings', readPlugin);
    return {
      plugin: pluginFinding(found.plugin),
      plugin_settings: judgePluginSettings(found.settings),
    };
  } catch (error: unknown) {
    const finding = failed(error);
    return { plugin: finding, plugin_settings: finding };
  }
}

function readPlugin(data: unknown): { plugin: unknown; settings: PluginSettings | undefined } | undefined {
  const plugins = member(data, 'plugins') ?? [];
  const configuration = member(data, 'configuration');
  if (!Array.isArray(plugins) || configuration === undefined) return undefined;
  const settings = member(member(configuration, 'plugins'), 'Stash2Plex');
  return {
    plugin: plugins.find((plugin: unknown) => member(plugin, 'id') === 'Stash2Plex'),
    settings: typeof settings === 'object' && settings !== null ? (settings as PluginSettings) : undefined,
  };
}

function pluginFinding(plugin: unknown): Finding {
  if (plugin === undefined) {
    return fail(
      'Stash2Plex is not installed in Stash',
      'Install it in Stash: Settings, Plugins; without it nothing works on the queue.',
    );
  }
  const version = textOrUndefined(member(plugin, 'version')) ?? 'of unknown version';
  if (member(plugin, 'enabled') === false) {
    return fail(`Stash2Plex ${version} is installed, but not enabled`, 'Enable it in Stash: Settings, Plugins.');
  }
  return pass(`Stash2Plex ${version} is installed and enabled`);
}

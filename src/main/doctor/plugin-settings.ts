/** Stash2Plex's own settings, judged as it judges them itself: one that is out of bounds fails them all. */
import { fail, pass, warn, type Finding } from './check.js';

/** As Stash has them stored: only what somebody has set. */
export type PluginSettings = Readonly<Record<string, unknown>>;

const LEAST_TOKEN_LENGTH = 10;

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  reconcile_interval: ['never', 'hourly', 'daily', 'weekly'],
  reconcile_scope: ['all', '24h', '7days'],
};

const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  max_tags: [10, 500],
  max_retries: [1, 20],
  poll_interval: [0.1, 60],
  plex_connect_timeout: [1, 30],
  plex_read_timeout: [5, 120],
  dlq_retention_days: [1, 365],
  reconcile_batch_size: [10, 1000],
};

/** Judges them; undefined where there are none. */
export function judgePluginSettings(settings: PluginSettings | undefined): Finding {
  if (settings === undefined) {
    return fail('Stash2Plex has never been configured', 'Set its plex_url and plex_token in Stash: Settings, Plugins.');
  }
  const [wrong] = refusals(settings);
  if (wrong !== undefined) return fail(wrong, 'Correct it in Stash: Settings, Plugins, Stash2Plex.');
  const explained = explain(settings);
  const [doubt] = doubts(settings);
  return doubt === undefined ? pass(explained) : warn(`${doubt.what}; ${explained}`, doubt.fix);
}

function* refusals(settings: PluginSettings): Generator<string> {
  const text = (name: string) => (typeof settings[name] === 'string' ? settings[name].trim() : '');
  if (!/^https?:\/\/./i.test(text('plex_url'))) yield 'plex_url is not set, or is no http(s) URL';
  const { length } = text('plex_token');
  if (length < LEAST_TOKEN_LENGTH) {
    yield length === 0
      ? 'plex_token is not set'
      : `plex_token has ${length} characters; Stash2Plex refuses fewer than ${LEAST_TOKEN_LENGTH}`;
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = settings[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || !choices.includes(value.trim().toLowerCase())) {
      yield `${name} should be ${choices.join(', ')}, which refuses all settings`;
    }
  }
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = settings[name];
    if (value === undefined || value === '') continue;
    const number = Number(value);
    if (!(number >= least && number <= most))
      yield `${name} should be from ${least} to ${most}, which refuses all settings`;
  }
  if (!isOn(settings, 'enabled', true)) yield 'Stash2Plex is switched off by its setting "enabled"';
}

function* doubts(settings: PluginSettings): Generator<{ readonly what: string; readonly fix: string }> {
  if (!isOn(settings, 'strict_matching', true)) {
    const what = 'strict_matching is off: where several items have a name, the worker takes one of them';
    yield { what, fix: 'Switch strict_matching on.' };
  }
  const library = settings['plex_library'];
  if (typeof library !== 'string' || library.trim() === '') {
    const what = 'plex_library is empty: the worker uses every library, but its own reconciliation stops with an error';
    yield { what, fix: 'Name the libraries in plex_library.' };
  }
}

function explain(settings: PluginSettings): string {
  const skips = isOn(settings, 'skip_not_found', false)
    ? 'skip_not_found is on: a job for a scene Plex lacks is dropped at the first try'
    : 'skip_not_found is off: a job for a scene Plex lacks is tried 12 times, for up to two hours';
  const interval = settings['reconcile_interval'];
  const reconciles =
    typeof interval === 'string' && interval.trim().toLowerCase() !== 'never'
      ? `reconcile_interval is ${interval.trim()}: it also looks for gaps by itself`
      : 'reconcile_interval is never: it does not look for gaps by itself';
  return `${skips}; ${reconciles}`;
}

function isOn(settings: PluginSettings, name: string, standing: boolean): boolean {
  const value = settings[name];
  if (value === undefined || value === null || value === '') return standing;
  return value === true || value === 1 || (typeof value === 'string' && /^(?:true|1|yes)$/i.test(value.trim()));
}

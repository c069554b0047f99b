/** Checks what a program passes to `scan`, where nothing has checked types or ranges at run time. */
import { ONE_OUTPUT, isOnOutput } from '../report/formats.js';
import type { ScanOptions, ServerOptions } from '../scan-types.js';
import { describeValue, kindOfValue, Problems } from './problems.js';
import type { Setting } from './setting.js';
import { SETTINGS } from './settings-table.js';
import { readUrl } from './types/url.js';

/** What may be known of a value that a program without types has passed. */
type Unchecked<T> = { readonly [Key in keyof T]?: unknown };

/** @throws ConfigError that says everything that is wrong with the options of a scan */
export function checkScanOptions(options: ScanOptions): void {
  const problems = new Problems('options');
  const given: unknown = options;
  if (!isObject(given)) problems.add('options', `expected an object, got ${kindOfValue(given)}`);
  else checkMembers(given, problems);
  problems.throwIfAny();
}

function checkMembers(options: Unchecked<ScanOptions>, problems: Problems): void {
  checkServer('stash', options.stash, problems);
  checkServer('plex', options.plex, problems);
  if (options.dataDir === undefined) problems.add('dataDir', 'expected a path, got nothing');
  for (const { option, type } of Object.values<Setting<unknown>>(SETTINGS)) {
    if (option !== undefined) checkOption(option, options[option], type, problems);
  }
  checkSince(options.since, problems);
  if (SETTINGS.reports.type.is(options.reports) && options.reports.filter(isOnOutput).length > 1)
    problems.add('reports', ONE_OUTPUT);
  if (SETTINGS.gaps.type.is(options.gaps) && options.gaps.includes('lost') && options.audit !== true) {
    problems.add('gaps', 'lost scenes are found only by an audit; set audit: true');
  }
  if (options.since !== undefined && options.ids !== undefined) problems.add('since', 'cannot be combined with ids');
}

function checkOption(name: string, value: unknown, type: Setting<unknown>['type'], problems: Problems): void {
  if (value === undefined || type.is(value)) return;
  // A URL may hold a password, whatever is wrong with it.
  const came = /url/i.test(name) ? kindOfValue(value) : describeValue(value);
  problems.add(name, `expected ${type.expected}, got ${came}`);
}

const SERVER_MEMBERS = {
  caFile: SETTINGS.stashCaFile.type,
  insecure: SETTINGS.stashInsecure.type,
  timeoutSeconds: SETTINGS.timeoutSeconds.type,
  retries: SETTINGS.retries.type,
} as const;

function checkServer(name: 'stash' | 'plex', server: unknown, problems: Problems): void {
  if (!isObject(server)) {
    problems.add(name, `expected {url, ...}, got ${kindOfValue(server)}`);
    return;
  }
  const { url, secret, ...rest }: Unchecked<ServerOptions> = server;
  const problem = typeof url === 'string' ? problemOfUrl(name, url) : `expected a URL, got ${kindOfValue(url)}`;
  if (problem !== undefined) problems.add(`${name}.url`, problem);
  if (secret !== undefined && typeof secret !== 'string') {
    problems.add(`${name}.secret`, `expected a text, got ${kindOfValue(secret)}`);
  }
  for (const member of Object.keys(SERVER_MEMBERS) as (keyof typeof SERVER_MEMBERS)[]) {
    checkOption(`${name}.${member}`, rest[member], SERVER_MEMBERS[member], problems);
  }
}

function problemOfUrl(name: 'stash' | 'plex', text: string): string | undefined {
  const reading = readUrl(text, `http://localhost:${name === 'plex' ? 32400 : 9999}`);
  if ('problem' in reading) return reading.problem;
  return reading.isShortened ? `expected the base URL; did you mean ${reading.url}?` : undefined;
}

function checkSince(since: unknown, problems: Problems): void {
  if (since === undefined) return;
  const { epochSeconds, field }: Unchecked<NonNullable<ScanOptions['since']>> = isObject(since) ? since : {};
  if (!SETTINGS.since.type.is(epochSeconds) || !SETTINGS.sinceField.type.is(field)) {
    problems.add('since', 'expected {epochSeconds: a number, field: updated_at or created_at}');
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

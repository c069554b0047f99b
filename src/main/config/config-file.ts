/** The config file: YAML or JSON, checked key by key. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { didYouMean } from '../cli/flags.js';
import { ConfigError } from '../errors.js';
import { REPORT_ENDINGS, reportFormatOf } from '../report/formats.js';
import type { PathMapping } from '../scan-types.js';
import { parseDuration } from './duration.js';
import { parseConfig } from './parse-config.js';

const text = v.pipe(v.string('a text'), v.trim(), v.nonEmpty('a text that is not empty'));
const whole = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected));
};
const flag = v.boolean('true or false');
const GAP = 'a list of empty, stale, missing';

const libraries = v.union(
  [v.array(v.union([text, v.pipe(v.number(), v.transform(String))])), v.pipe(v.string(), v.transform(splitList))],
  'a list of library titles or keys',
);

const MAPPINGS = 'a list of {stash: directory, plex: directory}';
/** A map of one rule written without its list, {stash: ..., plex: ...}, must not be taken for a rule from "stash" to ... */
const directory = v.pipe(text, v.regex(/[\\/:]/));
const pathMappings = v.union(
  [
    v.array(
      v.union([
        v.strictObject({ stash: text, plex: text }),
        v.pipe(
          v.strictObject({ from: text, to: text }),
          v.transform(({ from, to }): PathMapping => ({ stash: from, plex: to })),
        ),
      ]),
    ),
    v.pipe(
      v.record(directory, text),
      v.transform((map): PathMapping[] => Object.entries(map).map(([stash, plex]) => ({ stash, plex }))),
    ),
  ],
  MAPPINGS,
);

const SPAN = 'a span like 12h or 7d, or seconds';
const retryAfter = v.union(
  [
    v.pipe(v.number(), v.finite(SPAN), v.minValue(0, SPAN)),
    v.pipe(v.string(), v.transform(parseDuration), v.number(SPAN)),
  ],
  SPAN,
);

const REPORT = `a file ending in ${REPORT_ENDINGS}`;

const SERVER = '{caFile, insecure}';
const server = v.strictObject({ caFile: v.optional(text), insecure: v.optional(flag) }, SERVER);

const schema = v.strictObject({
  stashUrl: v.optional(text),
  stashApiKey: v.optional(text),
  stashApiKeyFile: v.optional(text),
  plexUrl: v.optional(text),
  plexToken: v.optional(text),
  plexTokenFile: v.optional(text),
  libraries: v.optional(libraries),
  dataDir: v.optional(text),
  stateDir: v.optional(text),
  gaps: v.optional(v.array(v.picklist(['empty', 'stale', 'missing'], GAP), GAP)),
  threads: v.optional(whole(0, 64)),
  pathMappings: v.optional(pathMappings),
  plexDate: v.optional(v.picklist(['auto', 'counts', 'ignored'], 'auto, counts or ignored')),
  retryAfter: v.optional(retryAfter),
  retryFailed: v.optional(flag),
  allowUnsafeNames: v.optional(flag),
  processQueue: v.optional(flag),
  reports: v.optional(
    v.array(
      v.pipe(
        v.string(REPORT),
        v.check((path) => reportFormatOf(path) !== undefined, REPORT),
      ),
      'a list of files',
    ),
  ),
  include: v.optional(v.picklist(['gaps', 'all'], 'gaps or all')),
  timeoutSeconds: v.optional(whole(1, 3600)),
  retries: v.optional(whole(0, 20)),
  stash: v.optional(server),
  plex: v.optional(server),
});

/** The config file's content, checked; paths are absolute. */
export type FileConfig = v.InferOutput<typeof schema>;

/** A config file, and what should be said about it. */
export interface ConfigRead {
  readonly config: FileConfig;
  readonly warnings: readonly string[];
}

/** Reads and checks a config file. @throws ConfigError */
export function readConfigFile(path: string): ConfigRead {
  const value = parseConfig(path, readText(path));
  const checked = v.safeParse(schema, value ?? {});
  if (!checked.success) throw refusal(path, checked.issues);
  const config = withAbsolutePaths(checked.output, dirname(resolve(path)));
  return { config, warnings: permissionWarnings(path, config) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause: unknown) {
    throw invalid(`Cannot read the config file ${path}`, 'Check that it exists and may be read.', cause);
  }
}

type Issue = v.InferIssue<typeof schema>;

function refusal(path: string, [issue]: [Issue, ...Issue[]]): ConfigError {
  const items = issue.path ?? [];
  const keys = items.map(({ key }) => String(key));
  const holder = items.at(-1)?.input;
  if (keys.length === 0 || Array.isArray(items[0]?.input)) {
    const came = kindOf(holder ?? issue.input);
    return invalid(`Expected keys with values in ${path}, got ${came}`, 'For example: threads: 2');
  }
  const unknown = issue.expected === 'never';
  if (unknown && !Array.isArray(holder)) return unknownKey(path, keys);
  // A list where keys are expected comes as the unknown key 0.
  const [expected, key, input] = unknown
    ? [SERVER, keys.slice(0, -1).join('.'), holder]
    : [issue.message, keys.join('.'), issue.input];
  return invalid(`Expected ${expected} for "${key}" in ${path}, got ${describe(input, key)}`, 'Correct it there.');
}

function unknownKey(path: string, keys: readonly string[]): ConfigError {
  const known = keys.length === 1 ? Object.keys(schema.entries) : Object.keys(server.entries);
  const last = keys.at(-1) ?? '';
  // A secret without its key, `abc123: `, is a key to the parser.
  const shown = /^[a-z_.-]{1,30}$/i.test(last) ? ` "${keys.join('.')}"` : '';
  return invalid(`Unknown key${shown} in ${path}${didYouMean(last, known)}`, `Known keys: ${known.join(', ')}.`);
}

/** Keys whose value may hold a secret, if only by mistake. */
const GUARDED_KEY = /key|token|url|^stash$|^plex$/i;

function describe(value: unknown, key: string): string {
  if (GUARDED_KEY.test(key)) return kindOf(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'a text';
  return typeof value === 'object' ? 'keys with values' : `a ${typeof value}`;
}

function withAbsolutePaths(config: FileConfig, base: string): FileConfig {
  const withCa = (options: FileConfig['stash']) =>
    options && { ...options, ...(options.caFile !== undefined && { caFile: resolve(base, options.caFile) }) };
  return {
    ...config,
    ...(config.dataDir !== undefined && { dataDir: resolve(base, config.dataDir) }),
    ...(config.stateDir !== undefined && { stateDir: resolve(base, config.stateDir) }),
    ...(config.stashApiKeyFile !== undefined && { stashApiKeyFile: resolve(base, config.stashApiKeyFile) }),
    ...(config.plexTokenFile !== undefined && { plexTokenFile: resolve(base, config.plexTokenFile) }),
    ...(config.reports && { reports: config.reports.map((path) => resolve(base, path)) }),
    ...(config.stash && { stash: withCa(config.stash) }),
    ...(config.plex && { plex: withCa(config.plex) }),
  };
}

function permissionWarnings(path: string, { stashApiKey, plexToken }: FileConfig): string[] {
  const holdsSecret = stashApiKey !== undefined || plexToken !== undefined;
  if (!holdsSecret || process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return [];
  return [`${path} holds a secret and can be read by other users; run: chmod 600 ${path}`];
}

function splitList(list: string): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function invalid(message: string, hint: string, cause?: unknown): ConfigError {
  return new ConfigError(message, { code: 'config_invalid', hint, cause });
}

/** The config file: YAML or JSON, checked key by key. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import * as v from 'valibot';
import { parseDocument } from 'yaml';
import { didYouMean } from '../cli/flags.js';
import { ConfigError } from '../errors.js';
import type { PathMapping } from '../scan-types.js';
import { parseDuration } from './duration.js';

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
      v.record(text, text),
      v.transform((map): PathMapping[] => Object.entries(map).map(([stash, plex]) => ({ stash, plex }))),
    ),
  ],
  MAPPINGS,
);

const retryAfter = v.union(
  [v.pipe(v.number(), v.minValue(0)), v.pipe(v.string(), v.transform(parseDuration), v.number())],
  'a span like 12h or 7d, or seconds',
);

const server = v.strictObject({ caFile: v.optional(text), insecure: v.optional(flag) }, '{caFile, insecure}');

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
  reports: v.optional(v.array(text, 'a list of files')),
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

function parseConfig(path: string, source: string): unknown {
  // YAML is a superset of JSON, but a .json file with YAML in it is a mistake somebody wants to know of.
  const document = parseDocument(source, { strict: true, schema: extname(path) === '.json' ? 'json' : 'core' });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const [position] = error.linePos ?? [];
  const where = position ? ` at line ${position.line}, column ${position.col}` : '';
  // The parser quotes the offending line, which may hold a secret; the first line of its message does not.
  throw invalid(`The config file ${path} is not valid${where}: ${error.code}`, 'Correct it there.', error);
}

type Issue = v.InferIssue<typeof schema>;

function refusal(path: string, [issue]: [Issue, ...Issue[]]): ConfigError {
  const key = issue.path?.map((item) => String(item.key)).join('.') ?? '';
  if (issue.expected === 'never' && issue.path) {
    const known = issue.path.length === 1 ? Object.keys(schema.entries) : Object.keys(server.entries);
    return invalid(
      `Unknown key "${key}" in ${path}${didYouMean(key.split('.').at(-1) ?? '', known)}`,
      `Known keys: ${known.join(', ')}.`,
    );
  }
  if (key === '')
    return invalid(`Expected keys and values in ${path}, got ${describe(issue.input, '')}`, 'See the README.');
  const expected = issue.type === 'strict_object' || issue.type === 'union' ? issue.message : issue.message;
  return invalid(
    `Expected ${expected} for "${key}" in ${path}, got ${describe(issue.input, key)}`,
    'Correct it there.',
  );
}

function describe(value: unknown, key: string): string {
  if (/key|token/i.test(key)) return `a ${typeof value}`;
  const shown = JSON.stringify(value) as string | undefined;
  return shown === undefined ? typeof value : shown.slice(0, 80);
}

function withAbsolutePaths(config: FileConfig, base: string): FileConfig {
  const from = (path: string | undefined) => (path === undefined ? {} : { path: resolve(base, path) });
  const withCa = (options: FileConfig['stash']) =>
    options && { ...options, ...(options.caFile !== undefined && { caFile: resolve(base, options.caFile) }) };
  return {
    ...config,
    ...(config.dataDir !== undefined && { dataDir: from(config.dataDir).path }),
    ...(config.stateDir !== undefined && { stateDir: from(config.stateDir).path }),
    ...(config.stashApiKeyFile !== undefined && { stashApiKeyFile: from(config.stashApiKeyFile).path }),
    ...(config.plexTokenFile !== undefined && { plexTokenFile: from(config.plexTokenFile).path }),
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

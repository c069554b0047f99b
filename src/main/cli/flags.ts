/** The flags of the command line: their names, their parsers, and refusals that say what was expected. */
import { parseArgs } from 'node:util';
import leven from 'leven';
import { GAP_KINDS, type GapKind } from '../../shared/verdicts.js';
import { ConfigError } from '../errors.js';
import type { ReportFile, SinceFilter } from '../scan-types.js';
import { REPORT_ENDINGS, reportFormatOf } from '../report/formats.js';
import { parseDuration } from '../config/duration.js';

/** What the command line of `scan` says; undefined where it says nothing. */
export interface ScanFlags {
  readonly stashUrl?: string | undefined;
  readonly plexUrl?: string | undefined;
  readonly libraries?: readonly string[] | undefined;
  readonly dataDir?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly config?: string | undefined;
  readonly gaps?: readonly GapKind[] | undefined;
  readonly since?: SinceFilter | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly threads?: number | undefined;
  readonly reports?: readonly ReportFile[] | undefined;
  readonly include?: 'gaps' | 'all' | undefined;
  readonly dryRun: boolean;
  readonly retryFailed?: boolean | undefined;
  readonly allowUnsafeNames?: boolean | undefined;
  readonly processQueue?: boolean | undefined;
  readonly force: boolean;
  readonly failOnGaps: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const OUTPUT_OPTIONS = {
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const SCAN_OPTIONS = {
  'stash-url': { type: 'string' },
  'plex-url': { type: 'string' },
  library: { type: 'string', multiple: true },
  'data-dir': { type: 'string' },
  'state-dir': { type: 'string' },
  config: { type: 'string' },
  gaps: { type: 'string' },
  since: { type: 'string' },
  'since-field': { type: 'string' },
  ids: { type: 'string' },
  threads: { type: 'string' },
  report: { type: 'string', multiple: true },
  include: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'retry-failed': { type: 'boolean' },
  'allow-unsafe-names': { type: 'boolean' },
  'process-queue': { type: 'boolean' },
  force: { type: 'boolean' },
  'fail-on-gaps': { type: 'boolean' },
  ...OUTPUT_OPTIONS,
} as const;

const DEMO_OPTIONS = { scenes: { type: 'string' }, seed: { type: 'string' }, ...OUTPUT_OPTIONS } as const;

/** What the command line of `demo` says. */
export interface DemoFlags {
  readonly scenes: number;
  readonly seed: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** A refusal of the command line. */
export function usageError(message: string, hint = 'Run gapscan --help for all commands and flags.'): ConfigError {
  return new ConfigError(message, { code: 'usage', hint });
}

/** Flags people try for secrets. What follows the word may be the secret itself, so only the part up to it is shown. */
const SECRET_FLAG = /^--?[a-z-]*?(?:token|api-?key|password|secret|cookie)/i;
/** Whatever does not look like the name of a flag may hold a secret too. */
const PLAIN_FLAG = /^--?[a-z-]{1,30}$/;

/** Parses the flags of `scan`. @throws ConfigError */
export function parseScanFlags(argv: readonly string[], now = Date.now()): ScanFlags {
  refuseUnknown(argv, Object.keys(SCAN_OPTIONS));
  const { values } = strictly(() => parseArgs({ args: [...argv], options: SCAN_OPTIONS, strict: true }));
  refuseBlank(values);
  return {
    stashUrl: values['stash-url'],
    plexUrl: values['plex-url'],
    libraries: values.library,
    dataDir: values['data-dir'],
    stateDir: values['state-dir'],
    config: values.config,
    gaps: values.gaps === undefined ? undefined : parseGaps('--gaps', values.gaps),
    since: parseSince(values.since, values['since-field'], now),
    ids: values.ids === undefined ? undefined : parseIds(values.ids),
    threads: values.threads === undefined ? undefined : parseInteger('--threads', values.threads, 0, 64),
    reports: values.report?.map((path) => parseReport('--report', path)),
    include: values.include === undefined ? undefined : parseInclude(values.include),
    dryRun: values['dry-run'] === true,
    retryFailed: values['retry-failed'],
    allowUnsafeNames: values['allow-unsafe-names'],
    processQueue: values['process-queue'],
    force: values.force === true,
    failOnGaps: values['fail-on-gaps'] === true,
    json: values.json === true,
    quiet: values.quiet === true,
    verbose: values.verbose === true,
  };
}

/** Parses the flags of `demo`. @throws ConfigError */
export function parseDemoFlags(argv: readonly string[]): DemoFlags {
  refuseUnknown(argv, Object.keys(DEMO_OPTIONS));
  const { values } = strictly(() => parseArgs({ args: [...argv], options: DEMO_OPTIONS, strict: true }));
  return {
    scenes: parseInteger('--scenes', values.scenes ?? '3000', 100, 50_000),
    seed: parseInteger('--seed', values.seed ?? '1', 0, 1_000_000),
    json: values.json === true,
    quiet: values.quiet === true,
    verbose: values.verbose === true,
  };
}

function refuseUnknown(argv: readonly string[], known: readonly string[]): void {
  for (const argument of argv) {
    const flag = argument.replace(/=.*$/s, '');
    if (!flag.startsWith('-') || known.includes(flag.slice(2)) || flag === '-h') continue;
    const [secret] = SECRET_FLAG.exec(flag) ?? [];
    if (secret !== undefined) {
      throw usageError(
        `${secret} does not exist: secrets are not taken from flags, where other users could see them`,
        'Set STASH_API_KEY or PLEX_TOKEN, their _FILE forms, or the config file.',
      );
    }
    const names = known.map((name) => `--${name}`);
    throw usageError(`Unknown flag${PLAIN_FLAG.test(flag) ? ` ${flag}` : ''}${didYouMean(flag, names)}`);
  }
}

/** `; did you mean X?` when something known is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const [nearest] = [...known].sort((a, b) => leven(word, a) - leven(word, b));
  return nearest !== undefined && leven(word, nearest) <= Math.max(2, word.length / 3)
    ? `; did you mean ${nearest}?`
    : '';
}

/** `--data-dir "$DIR"` with DIR unset must not quietly mean another directory. */
function refuseBlank(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    const blank = [value].flat().some((text) => typeof text === 'string' && text.trim() === '');
    if (blank) throw usageError(`Expected a value for --${name}, got ""`);
  }
}

function strictly<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause: unknown) {
    const reason = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    // A stray word may be a secret that slipped out of its variable.
    throw usageError(
      reason.startsWith('Unexpected argument') ? 'Unexpected argument: only flags are taken here' : reason,
    );
  }
}

/** Parses a list of gap kinds. @throws ConfigError */
export function parseGaps(name: string, text: string): GapKind[] {
  const kinds = text.split(',').map((kind) => kind.trim());
  for (const kind of kinds) {
    if (!GAP_KINDS.some((known) => known === kind)) {
      throw usageError(`Expected a comma list of ${GAP_KINDS.join(', ')} for ${name}, got "${kind}"`);
    }
  }
  return GAP_KINDS.filter((kind) => kinds.includes(kind));
}

function parseInclude(text: string): 'gaps' | 'all' {
  if (text === 'gaps' || text === 'all') return text;
  throw usageError(`Expected gaps or all for --include, got "${text}"`);
}

function parseIds(text: string): number[] {
  const ids = text.split(',').map((id) => id.trim());
  const wrong = ids.find((id) => !/^[1-9]\d{0,9}$/.test(id) || Number(id) >= 2 ** 31);
  if (wrong !== undefined) throw usageError(`Expected scene ids like 1,2,3 for --ids, got "${wrong}"`);
  return ids.map(Number);
}

function parseInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw usageError(`Expected a whole number from ${min} to ${max} for ${name}, got "${text}"`);
}

/** Parses the name of a report file; its ending says the format. @throws ConfigError */
export function parseReport(name: string, path: string): ReportFile {
  const format = reportFormatOf(path);
  if (format !== undefined) return { path, format };
  throw usageError(`Expected a file ending in ${REPORT_ENDINGS} for ${name}, got "${path}"`);
}

function parseSince(text: string | undefined, field: string | undefined, now: number): SinceFilter | undefined {
  if (field !== undefined && field !== 'updated_at' && field !== 'created_at') {
    throw usageError(`Expected updated_at or created_at for --since-field, got "${field}"`);
  }
  if (text === undefined) {
    if (field !== undefined)
      throw usageError('--since-field says which time --since looks at, but --since is not given');
    return undefined;
  }
  return { epochSeconds: parseMoment(text, now), field: field ?? 'updated_at' };
}

/** A day, or a day and a time of day; without an offset the day is one of UTC and the time is local, as in ISO dates of JavaScript. */
const ISO_MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

function parseMoment(text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return now / 1000 - ago;
  const [match, year, month, day] = ISO_MOMENT.exec(text) ?? [];
  // Date.parse takes 31 February for 3 March.
  const dayExists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  const moment = match !== undefined && dayExists ? Date.parse(match) : NaN;
  if (!Number.isNaN(moment)) return moment / 1000;
  throw usageError(`Expected a span like 30m, 24h, 7d, 2w or an ISO date like 2026-01-31 for --since, got "${text}"`);
}

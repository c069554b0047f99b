/**
 * Every setting, one row each (those of the two servers and of the directories are in server-settings.ts). Flags, variables, config keys, help texts, the man page, completion, the JSON Schema of the
 * config file, docs/settings.md and the checks of the library API are all made from these rows.
 */
import { DEFAULT_GAPS, GAP_KINDS, VERDICTS } from '../../shared/verdicts.js';
import { NOTIFY_SETTINGS, UNWATCHED_SETTINGS } from './nightly-settings.js';
import { DIRECTORY_SETTINGS, SERVER_SETTINGS } from './server-settings.js';
import { scanSetting, setting, type SettingTable } from './setting.js';
import { sceneIds } from './types/ids.js';
import { reportFiles, someOf } from './types/lists.js';
import { ignoreRules } from './types/ignore.js';
import { pathMappings } from './types/path-mappings.js';
import { choice, fileAsGiven, onOff, wholeNumber } from './types/simple.js';
import { moment, span } from './types/time.js';
import { serverUrl } from './types/url.js';

/** How any command talks. */
export const OUTPUT_SETTINGS = {
  json: setting({ type: onOff(), group: 'output', flag: 'json', isCommon: true, help: 'one JSON object on stdout' }),
  quiet: setting({
    type: onOff(),
    group: 'output',
    flag: 'quiet',
    short: 'q',
    isCommon: true,
    help: 'one line of result; warnings and failures are still told on stderr',
  }),
  verbose: setting({ type: onOff(), group: 'output', flag: 'verbose', short: 'v', isCommon: true, help: 'say more' }),
  color: setting({
    type: choice(['auto', 'always', 'never']),
    group: 'output',
    flag: 'color',
    default: 'auto',
    help: 'whether the result has colours',
    more: '`auto` means on a terminal; there `NO_COLOR` switches them off, and elsewhere `FORCE_COLOR` switches them on.',
  }),
} satisfies SettingTable;

/** Which config file is read. */
export const CONFIG_SETTINGS = {
  config: setting({
    type: fileAsGiven,
    group: 'files',
    flag: 'config',
    short: 'c',
    isCommon: true,
    env: 'GAPSCAN_CONFIG',
    help: 'the config file, YAML or JSON',
    defaultText: './gapscan.yml, else ~/.config/gapscan/config.yml',
    more: 'The first that exists is read, and no other. `XDG_CONFIG_HOME` moves `~/.config`.',
  }),
} satisfies SettingTable;

/** What a scan looks at, and what it does about gaps. */
const SCAN_ONLY_SETTINGS = {
  reports: scanSetting('reports', {
    type: reportFiles,
    example: '[gaps.ndjson]',
    group: 'files',
    flag: 'report',
    isCommon: true,
    config: ['reports'],
    help: 'write a report: .ndjson, .json, .csv, .md or .html; FORMAT:- for stdout',
    more: '`-` alone is NDJSON on standard output. The report is then all that stands there; the summary goes to standard error.',
  }),
  include: scanSetting('include', {
    type: choice(['gaps', 'all']),
    group: 'files',
    flag: 'include',
    config: ['include'],
    default: 'gaps',
    help: 'which scenes reports list',
  }),
  csvBom: scanSetting('csvBom', {
    type: onOff(),
    group: 'files',
    flag: 'csv-bom',
    config: ['csvBom'],
    default: false,
    help: 'begin CSV reports with a byte order mark, which Excel wants',
  }),
  since: setting({
    type: moment,
    group: 'scenes',
    flag: 'since',
    isCommon: true,
    help: 'only scenes updated since: 30m, 24h, 7d, 2w, 2026-01-31',
    more: 'A date is one of UTC; a date with a time and without an offset is local.',
  }),
  sinceField: setting({
    type: choice(['updated_at', 'created_at']),
    group: 'scenes',
    flag: 'since-field',
    default: 'updated_at',
    help: 'which time --since looks at',
  }),
  ids: scanSetting('ids', {
    type: sceneIds,
    group: 'scenes',
    flag: 'ids',
    help: 'only these scenes: 1,2,10-20, @FILE, - for stdin',
    more: 'Ids are separated by commas, blanks or lines.',
  }),
  audit: scanSetting('audit', {
    type: onOff(),
    group: 'scenes',
    flag: 'audit',
    config: ['audit'],
    default: false,
    help: 'also look at scenes in sync: those whose item is empty, gone or partly written are lost',
    more: 'Every scene is then read whole, so it takes as long as the first scan. It only reports, unless `--gaps` names `lost`.',
  }),
  pathMappings: scanSetting('pathMappings', {
    type: pathMappings,
    example: '[{ stash: /data, plex: /media }]',
    group: 'matching',
    config: ['pathMappings'],
    help: 'directories that Stash and Plex call by different names',
    more: 'A list of `{stash: /data, plex: /media}`; `{from, to}` and a map `{"/data": "/media"}` mean the same.',
  }),
  ignore: scanSetting('ignore', {
    type: ignoreRules,
    example: '{ paths: [/data/private], tags: [No Plex], studios: [] }',
    group: 'matching',
    config: ['ignore'],
    help: 'scenes to be left alone, by directory, tag or studio',
    more: 'Directories as Stash spells them, whole names of tags and studios; any file of a scene counts.',
  }),
  plexDate: scanSetting('plexDate', {
    type: choice(['auto', 'counts', 'ignored']),
    group: 'matching',
    config: ['plexDate'],
    default: 'auto',
    help: 'whether a date in Plex counts as metadata',
    more: "In libraries without a metadata agent Plex takes dates from the files, so `auto` counts them there only if they are the scene's own.",
  }),
  dryRun: scanSetting('dryRun', {
    type: onOff(),
    group: 'gaps',
    flag: 'dry-run',
    short: 'n',
    isCommon: true,
    help: 'write nothing, say what would be done',
  }),
  gaps: scanSetting('gaps', {
    type: someOf(GAP_KINDS),
    group: 'gaps',
    flag: 'gaps',
    isCommon: true,
    config: ['gaps'],
    default: DEFAULT_GAPS,
    help: 'which kinds of gap to queue, with commas',
    more: '`lost` is found only by `--audit`.',
  }),
  limit: scanSetting('limit', {
    type: wholeNumber(1, Infinity),
    group: 'gaps',
    flag: 'limit',
    isCommon: true,
    help: 'queue at most so many jobs in this run; the next takes the next',
  }),
  retryAfter: scanSetting('retryAfterSeconds', {
    type: span,
    example: '7d',
    group: 'gaps',
    config: ['retryAfter'],
    default: 604_800,
    defaultText: '7d',
    help: 'for how long a finished job is not repeated for an unchanged scene',
  }),
  retryFailed: scanSetting('retryFailed', {
    type: onOff(),
    group: 'gaps',
    flag: 'retry-failed',
    config: ['retryFailed'],
    default: false,
    help: 'queue again what was given up',
  }),
  allowUnsafeNames: scanSetting('allowUnsafeNames', {
    type: onOff(),
    group: 'gaps',
    flag: 'allow-unsafe-names',
    config: ['allowUnsafeNames'],
    default: false,
    help: 'queue jobs whose file name belongs to another item',
  }),
  plexMaxAge: scanSetting('plexMaxAgeSeconds', {
    type: span,
    example: '7d',
    group: 'running',
    config: ['plexMaxAge'],
    default: 604_800,
    defaultText: '7d',
    help: 'for how long a Plex library that does not change is not read again; 0 for never',
    more: 'Any change in the library moves its counter in Plex, and then it is read.',
  }),
  gentle: scanSetting('gentle', {
    type: onOff(),
    group: 'running',
    flag: 'gentle',
    config: ['gentle'],
    default: false,
    help: 'ask each server for one page at a time',
    more: 'Without it they are asked for a few at once, and for fewer when they slow down.',
  }),
  fresh: scanSetting('fresh', {
    type: onOff(),
    group: 'running',
    flag: 'fresh',
    default: false,
    help: 'read every Plex library, also those that have not changed',
  }),
  pictures: scanSetting('pictures', {
    type: choice(['poster', 'all', 'none']),
    group: 'gaps',
    flag: 'pictures',
    config: ['pictures'],
    default: 'poster',
    help: 'which pictures jobs carry',
    more: '`all` adds the background, which in Stash is a preview clip.',
  }),
  stashUrlForWorker: scanSetting('stashUrlForWorker', {
    type: serverUrl('http://stash:9999'),
    example: 'http://stash:9999',
    group: 'gaps',
    flag: 'stash-url-for-worker',
    env: 'GAPSCAN_STASH_URL_FOR_WORKER',
    config: ['stashUrlForWorker'],
    defaultText: 'what Stash itself says',
    help: "URL by which the plugin's worker reaches Stash, for pictures",
  }),
  processQueue: scanSetting('processQueue', {
    type: onOff(),
    group: 'gaps',
    flag: 'process-queue',
    isCommon: true,
    config: ['processQueue'],
    default: false,
    help: 'ask Stash to work on the queue afterwards',
    more: 'Starts the plugin\'s task "Process Queue".',
  }),
  refreshPlex: scanSetting('refreshPlex', {
    type: onOff(),
    group: 'gaps',
    flag: 'refresh-plex',
    config: ['refreshPlex'],
    default: false,
    help: 'ask Plex to scan the directories of scenes it has not scanned',
    more: 'At most 50 directories, never a whole library; the scan does not wait for it.',
  }),
  force: scanSetting('force', {
    type: onOff(),
    group: 'gaps',
    flag: 'force',
    help: 'pass the guards against implausible answers',
  }),
  threads: scanSetting('threads', {
    type: wholeNumber(0, 64),
    example: '2',
    group: 'running',
    flag: 'threads',
    config: ['threads'],
    defaultText: 'by library size and cores, up to 4',
    help: 'worker threads, 0 for none',
  }),
  failOn: setting({
    type: someOf(VERDICTS),
    group: 'running',
    flag: 'fail-on',
    help: 'exit with 1 when scenes have one of these verdicts, with commas',
  }),
  failOnGaps: setting({
    type: onOff(),
    group: 'running',
    flag: 'fail-on-gaps',
    help: 'exit with 1 when there are gaps',
  }),
} satisfies SettingTable;

/** All settings of a scan. */
export const SETTINGS = {
  ...SERVER_SETTINGS,
  ...CONFIG_SETTINGS,
  ...DIRECTORY_SETTINGS,
  ...SCAN_ONLY_SETTINGS,
  ...UNWATCHED_SETTINGS,
  ...NOTIFY_SETTINGS,
  ...OUTPUT_SETTINGS,
} satisfies SettingTable;

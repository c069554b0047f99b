/** Settings of single commands, which no other command and no config file knows. */
import { LISTED_VERDICTS } from '../../shared/verdicts.js';
import { setting, type Setting, type SettingTable } from '../config/setting.js';
import type { GivenFlags } from '../config/sources.js';
import { DIRECTORY_SETTINGS, SERVER_SETTINGS } from '../config/server-settings.js';
import { ROW_KINDS, ROW_STATES } from '../queue/row-words.js';
import { CONFIG_SETTINGS, SETTINGS } from '../config/settings-table.js';
import { sceneIds } from '../config/types/ids.js';
import { someOf } from '../config/types/lists.js';
import { choice, fileAsGiven, onOff, text, wholeNumber } from '../config/types/simple.js';
import { span } from '../config/types/time.js';

/** `demo`. */
export const DEMO_SETTINGS = {
  scenes: setting({
    type: wholeNumber(100, 50_000),
    group: 'running',
    flag: 'scenes',
    default: 3000,
    help: 'size of the library',
  }),
  seed: setting({
    type: wholeNumber(0, 1_000_000),
    group: 'running',
    flag: 'seed',
    default: 1,
    help: 'another library of the same kind',
  }),
  realPace: setting({
    type: onOff(),
    group: 'running',
    flag: 'real-pace',
    default: false,
    help: 'let the sample servers take what real ones take',
    more: 'Each row at the price that was measured on a real Stash, and 1,100 items a second from Plex.',
  }),
} satisfies SettingTable;

/** `init`. */
export const INIT_SETTINGS = {
  ...SERVER_SETTINGS,
  ...DIRECTORY_SETTINGS,
  file: setting({
    type: fileAsGiven,
    group: 'files',
    flag: 'config',
    short: 'c',
    defaultText: './gapscan.yml',
    help: 'the file to write',
  }),
} satisfies SettingTable;

/** Where the servers and the data directory are, for commands that look at both. */
export const PLACE_SETTINGS = { ...SERVER_SETTINGS, ...CONFIG_SETTINGS, ...DIRECTORY_SETTINGS } satisfies SettingTable;

/** Of the flags given to a command those that are not its own. */
export function withoutOwn(flags: GivenFlags, table: SettingTable): GivenFlags {
  const own = new Set(Object.values<Setting<unknown>>(table).map(({ flag }) => flag));
  return new Map([...flags].filter(([flag]) => !own.has(flag)));
}

const rows = { group: 'scenes' } as const;

/** What can be done with the queue. */
export const QUEUE_WORDS = ['list', 'drop', 'restore'] as const;

/** `queue`. */
export const QUEUE_SETTINGS = {
  states: setting({ ...rows, type: someOf(ROW_STATES), flag: 'state', help: 'list: only rows in these states' }),
  kinds: setting({ ...rows, type: someOf(ROW_KINDS), flag: 'kind', help: 'list: only rows of these kinds' }),
  olderThan: setting({
    ...rows,
    type: span,
    flag: 'older-than',
    help: 'list: only rows inserted so long ago: 12h, 7d',
  }),
  unsafe: setting({ ...rows, type: onOff(), flag: 'unsafe', help: 'drop: rows that would hit another item' }),
  missing: setting({ ...rows, type: onOff(), flag: 'missing', help: 'drop: rows whose file name no item has' }),
  undecodable: setting({
    ...rows,
    type: onOff(),
    flag: 'undecodable',
    help: 'drop: rows at which the worker would stop',
  }),
  ids: setting({ ...rows, type: sceneIds, flag: 'ids', help: 'drop: the rows with these ids, as list shows them' }),
  scenes: setting({ ...rows, type: sceneIds, flag: 'scenes', help: 'list, drop: the rows of these scenes' }),
  run: setting({ ...rows, type: choice(['last']), flag: 'run', help: 'drop: the rows that the last run inserted' }),
  dryRun: setting({
    type: onOff(),
    group: 'gaps',
    flag: 'dry-run',
    short: 'n',
    help: 'drop: take nothing out, say what would be taken out',
  }),
  yes: setting({ type: onOff(), group: 'gaps', flag: 'yes', short: 'y', help: 'drop: do not ask first' }),
  force: SETTINGS.force,
} satisfies SettingTable;

/** `explain`: which item, and what of a scan's settings its answer rests on beside those of the config file. */
export const EXPLAIN_SETTINGS = {
  plex: setting({
    ...rows,
    type: text('KEY'),
    flag: 'plex',
    help: 'the scene that is the Plex item with this rating key',
  }),
  gaps: SETTINGS.gaps,
  retryFailed: SETTINGS.retryFailed,
  allowUnsafeNames: SETTINGS.allowUnsafeNames,
} satisfies SettingTable;

/** `list`. */
export const LIST_SETTINGS = {
  verdicts: setting({
    ...rows,
    type: someOf(LISTED_VERDICTS),
    flag: 'verdict',
    help: 'only findings of these verdicts',
  }),
  under: setting({
    ...rows,
    type: text('DIR'),
    flag: 'under',
    help: 'only scenes whose file lies in or below this directory, as Stash spells it',
  }),
} satisfies SettingTable;

/** `status`. */
export const STATUS_SETTINGS = {
  offline: setting({
    type: onOff(),
    group: 'running',
    flag: 'offline',
    help: 'ask no server; which rows can never succeed is then not known',
  }),
  scene: setting({
    ...rows,
    type: wholeNumber(1, 2 ** 31 - 1),
    flag: 'scene',
    help: 'also the job this scene waits for',
  }),
} satisfies SettingTable;

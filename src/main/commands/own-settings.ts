/** Settings of single commands, which no other command and no config file knows. */
import { setting, type SettingTable } from '../config/setting.js';
import { DIRECTORY_SETTINGS, SERVER_SETTINGS } from '../config/server-settings.js';
import { fileAsGiven, wholeNumber } from '../config/types/simple.js';

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

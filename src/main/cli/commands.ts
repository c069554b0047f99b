/** Every command: what it does, what it takes, and the module that does it, loaded only then: help must not wait for a database driver. */
import {
  DEMO_SETTINGS,
  EXPLAIN_SETTINGS,
  INIT_SETTINGS,
  LIST_SETTINGS,
  PLACE_SETTINGS,
  QUEUE_SETTINGS,
  QUEUE_WORDS,
  STATUS_SETTINGS,
} from '../commands/own-settings.js';
import { OUTPUT_SETTINGS, SETTINGS } from '../config/settings-table.js';
import type { CommandSpec } from './command-spec.js';
import { completionScript, SHELLS } from './completion.js';

/** The names of the commands, in the order of help texts. */
export const COMMAND_NAMES = [
  'scan',
  'list',
  'explain',
  'doctor',
  'status',
  'queue',
  'demo',
  'init',
  'config',
  'plugin',
  'completion',
] as const;

/** The name of a command. */
export type CommandName = (typeof COMMAND_NAMES)[number];

const { json: JSON_SETTING, ...TALK_SETTINGS } = OUTPUT_SETTINGS;

/** The commands by name. */
export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  scan: {
    summary: 'compare all scenes with Plex, queue a job for every gap',
    settings: SETTINGS,
    examples: [
      'gapscan scan --dry-run --report gaps.ndjson',
      'gapscan scan --gaps empty,stale --process-queue',
      'gapscan scan --since 24h --json',
    ],
    needsDatabase: true,
    run: async (input, context) => (await import('../commands/scan.js')).scanCommand(input, context),
  },
  list: {
    summary: 'show the findings of the last scan, by verdict or directory',
    more: 'Reads what the last scan kept in its state directory, and asks no server. A dry run keeps nothing.',
    settings: { ...PLACE_SETTINGS, ...LIST_SETTINGS, ...OUTPUT_SETTINGS },
    examples: ['gapscan list', 'gapscan list --verdict ambiguous,missing --under /data/new', 'gapscan list --json'],
    needsDatabase: false,
    run: async (input, context) => (await import('../commands/list.js')).listFindings(input, context),
  },
  explain: {
    summary: 'say what a scan would do with one scene, and why',
    more: 'SCENE is an id, or the path of a file as Stash spells it. Writes nothing, not even beside the queue.',
    settings: { ...PLACE_SETTINGS, ...EXPLAIN_SETTINGS, ...OUTPUT_SETTINGS },
    anyWord: 'SCENE',
    examples: ['gapscan explain 1', 'gapscan explain --plex 101', 'gapscan explain 1 --json'],
    needsDatabase: true,
    run: async (input, context) => (await import('../commands/explain.js')).explainCommand(input, context),
  },
  doctor: {
    summary: 'look at all that a scan rests on, and say what to do about what is wrong',
    more: 'Changes nothing. Exits with 1 if a check fails.',
    settings: { ...PLACE_SETTINGS, ...OUTPUT_SETTINGS },
    examples: ['gapscan doctor', 'gapscan doctor --json'],
    needsDatabase: false,
    run: async (input, context) => (await import('../commands/doctor.js')).doctorCommand(input, context),
  },
  status: {
    summary: 'show the queue, what blocks it, and the last runs',
    more: 'Reads both servers to tell which waiting rows can never succeed, and changes nothing.',
    settings: { ...PLACE_SETTINGS, ...STATUS_SETTINGS, ...OUTPUT_SETTINGS },
    examples: ['gapscan status', 'gapscan status --offline --json'],
    needsDatabase: true,
    run: async (input, context) => (await import('../commands/status.js')).statusCommand(input, context),
  },
  queue: {
    summary: 'list the rows of the queue, take waiting ones out, put them back',
    more: 'Rows that are taken out are kept in a file of the state directory, from which restore puts them back. --unsafe and --missing read both servers.',
    settings: { ...PLACE_SETTINGS, ...QUEUE_SETTINGS, ...OUTPUT_SETTINGS },
    words: { name: 'action', choices: QUEUE_WORDS, last: 'FILE' },
    examples: [
      'gapscan queue list',
      'gapscan queue drop --missing --dry-run',
      'gapscan queue drop --run last --yes',
      'gapscan queue restore',
    ],
    needsDatabase: true,
    run: async (input, context) => (await import('../commands/queue.js')).queueCommand(input, context),
  },
  demo: {
    summary: 'the whole thing against built-in sample servers, twice',
    more: 'Needs no network and no set-up. The report stays in a temporary directory.',
    settings: { ...DEMO_SETTINGS, json: JSON_SETTING, ...TALK_SETTINGS },
    examples: ['gapscan demo', 'gapscan demo --scenes 500'],
    needsDatabase: true,
    run: async (input, context) => (await import('../commands/demo.js')).demoCommand(input, context),
  },
  init: {
    summary: 'write a config file to begin with',
    more: 'Asks Stash for what it can know and, on a terminal, you for the rest. Nothing is ever overwritten, and no secret is written.',
    settings: { ...INIT_SETTINGS, ...TALK_SETTINGS },
    examples: ['gapscan init', 'gapscan init --config nightly.yml --stash-url http://localhost:9999'],
    needsDatabase: false,
    run: async (input, context) => (await import('../commands/init.js')).initCommand(input, context),
  },
  config: {
    summary: 'show every setting, its value and where it comes from',
    more: 'Takes the flags of scan, to show what they would change. Secrets are not shown.',
    settings: SETTINGS,
    examples: ['gapscan config', 'gapscan config --json'],
    needsDatabase: false,
    run: async (input, context) => (await import('../commands/config.js')).configCommand(input, context),
  },
  plugin: {
    summary: 'run as a task of Stash, which starts it itself',
    more: 'Speaks the protocol of raw plugins on standard input and output; see docs/nightly.md for how to install it.',
    settings: {},
    examples: [],
    needsDatabase: true,
    run: async (input, context) => (await import('../commands/plugin.js')).pluginCommand(input, context),
  },
  completion: {
    summary: 'print a completion script for a shell',
    settings: {},
    words: { name: 'shell', choices: SHELLS },
    examples: ['gapscan completion bash > gapscan-completion.bash'],
    needsDatabase: false,
    run: ({ words }, { terminal }) => {
      terminal.result(completionScript(words[0] ?? '', COMMANDS));
      return Promise.resolve(0);
    },
  },
};

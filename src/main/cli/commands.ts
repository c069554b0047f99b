/** Every command: what it does, what it takes, and the module that does it, loaded only then: help must not wait for a database driver. */
import { DEMO_SETTINGS, INIT_SETTINGS } from '../commands/own-settings.js';
import { OUTPUT_SETTINGS, SETTINGS } from '../config/settings-table.js';
import type { CommandSpec } from './command-spec.js';
import { completionScript, SHELLS } from './completion.js';

/** The names of the commands, in the order of help texts. */
export const COMMAND_NAMES = ['scan', 'demo', 'init', 'config', 'plugin', 'completion'] as const;

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
    examples: ['gapscan plugin < connection.json'],
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

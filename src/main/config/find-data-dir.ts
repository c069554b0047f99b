/** Looks for Stash2Plex's data directory where Stash says its plugins are, if that path is visible here. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Found } from './read-settings.js';
import { variable, type Environment } from './sources.js';
import type { AskStash } from './stored-settings.js';

/** The file that marks the plugin's directory. */
export const PLUGIN_MARKER = 'Stash2Plex.yml';
const MAX_DEPTH = 2;

/** What was found, or where it was looked for. */
export interface DataDirLookup {
  readonly dataDir?: Found | undefined;
  /** As Stash sees it. */
  readonly pluginsPath?: string | undefined;
}

/** Where Stash told its plugin to keep data, when gapscan is started by it; else below the plugins of Stash. */
export async function lookForDataDir(env: Environment, askStash: AskStash): Promise<DataDirLookup> {
  const told = variable(env, 'STASH_PLUGIN_DATA');
  if (told !== undefined) return { dataDir: { value: told, source: 'STASH_PLUGIN_DATA' } };
  const { pluginsPath } = await askStash();
  const dataDir = pluginsPath === undefined ? undefined : findDataDir(pluginsPath);
  if (dataDir === undefined) return { pluginsPath };
  return { dataDir: { value: dataDir, source: "below Stash's plugins" }, pluginsPath };
}

/** The plugin's data directory below a plugins directory, which it makes when it first runs; undefined without a plugin. */
export function findDataDir(pluginsPath: string): string | undefined {
  const plugin = findMarker(pluginsPath, MAX_DEPTH);
  return plugin === undefined ? undefined : join(plugin, 'data');
}

function findMarker(directory: string, depth: number): string | undefined {
  if (existsSync(join(directory, PLUGIN_MARKER))) return directory;
  if (depth === 0) return undefined;
  for (const name of directoriesIn(directory)) {
    const found = findMarker(join(directory, name), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function directoriesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) =>
      statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory(),
    );
  } catch {
    // Not visible from here, as in most Docker set-ups: the person has to say where it is.
    return [];
  }
}

/** The values of a config file by setting: every key is known, and said once. */
import { statSync } from 'node:fs';
import { plainValue, type ConfigNode, type MapNode } from './config-node.js';
import { parseConfig, type ConfigText } from './parse-config.js';
import { kindOfValue, type Problems } from './problems.js';
import type { SettingTable } from './setting.js';
import type { Environment } from './sources.js';
import { didYouMean, showName } from './suggest.js';

/** The keys of a config file that were found, each still to be read as what its setting takes. */
export interface ConfigFile {
  /** As it is shown. */
  readonly path: string;
  /** By the name of the setting. */
  readonly values: ReadonlyMap<string, ConfigNode>;
  /** By the name of the secret setting, where the file names another that holds it. */
  readonly secretFiles: ReadonlyMap<string, ConfigNode>;
  readonly warnings: readonly string[];
}

/** What a key of the file says. */
interface KeyMeaning {
  readonly setting: string;
  readonly isSecretFile: boolean;
}

/** Every key the config file may have, with a dot where it lies in a map. */
function configKeys(table: SettingTable): Map<string, KeyMeaning> {
  const keys = new Map<string, KeyMeaning>();
  for (const [name, { config = [], isSecret = false }] of Object.entries(table)) {
    for (const key of config) {
      keys.set(key, { setting: name, isSecretFile: false });
      if (isSecret) keys.set(`${key}File`, { setting: name, isSecretFile: true });
    }
  }
  return keys;
}

/** Parses a config file and sorts its keys. @throws ConfigError when it is no YAML or JSON at all */
export function openConfig(source: ConfigText, table: SettingTable, env: Environment, problems: Problems): ConfigFile {
  const root = parseConfig(source, env, problems);
  const sorter = new KeySorter(source.path, configKeys(table), problems);
  if (root?.kind === 'map') sorter.sort(root, '');
  else if (root && !(root.kind === 'scalar' && root.value === null)) {
    const what = `expected keys with values, for example threads: 2, got ${kindOfValue(plainValue(root))}`;
    problems.addInFile(source.path, root.line, what);
  }
  const { values, secretFiles } = sorter;
  const holdsSecret = [...values.keys()].some((name) => table[name]?.isSecret === true);
  return { path: source.path, values, secretFiles, warnings: permissionWarnings(source.path, holdsSecret) };
}

class KeySorter {
  readonly values = new Map<string, ConfigNode>();
  readonly secretFiles = new Map<string, ConfigNode>();
  readonly #path: string;
  readonly #keys: ReadonlyMap<string, KeyMeaning>;
  readonly #problems: Problems;

  constructor(path: string, keys: ReadonlyMap<string, KeyMeaning>, problems: Problems) {
    this.#path = path;
    this.#keys = keys;
    this.#problems = problems;
  }

  sort(map: MapNode, prefix: string): void {
    for (const { name, node } of map.entries) {
      const key = prefix + name;
      const meaning = this.#keys.get(key);
      const below = this.#namesBelow(`${key}.`);
      if (meaning) this.#take(meaning, node);
      else if (below.length === 0) this.#refuseUnknown(name, prefix, node);
      else if (node.kind === 'map') this.sort(node, `${key}.`);
      // What is left of a map whose keys are all commented out says nothing.
      else if (node.kind !== 'scalar' || node.value !== null) this.#refuseNoMap(key, below, node);
    }
  }

  #take({ setting, isSecretFile }: KeyMeaning, node: ConfigNode): void {
    const taken = isSecretFile ? this.secretFiles : this.values;
    const before = taken.get(setting);
    if (before) this.#refuse(node, `says the same as ${before.key} on line ${before.line}; keep one of them`);
    else taken.set(setting, node);
  }

  #namesBelow(prefix: string): string[] {
    return [...this.#keys.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  #refuseNoMap(key: string, below: readonly string[], node: ConfigNode): void {
    const url = this.#keys.has(`${key}Url`) && node.kind === 'scalar' ? `; did you mean ${key}Url?` : '';
    this.#refuse(node, `expected keys (${below.join(', ')}), got ${kindOfValue(plainValue(node))}${url}`);
  }

  #refuseUnknown(name: string, prefix: string, node: ConfigNode): void {
    const siblings = this.#namesBelow(prefix).map((key) => key.replace(/\..*$/, ''));
    const known = [...new Set(siblings)];
    // A secret without its key, `abc123: `, is a key to the parser.
    const shown = showName(name, known).trim();
    const where = shown === '' ? '' : `${prefix}${shown}: `;
    const guess = didYouMean(name, known);
    const what = guess === '' ? `unknown key; known are ${known.join(', ')}` : `unknown key${guess}`;
    this.#problems.addInFile(this.#path, node.line, where + what);
  }

  #refuse({ line, key }: ConfigNode, what: string): void {
    this.#problems.addInFile(this.#path, line, `${key}: ${what}`);
  }
}

function permissionWarnings(path: string, holdsSecret: boolean): string[] {
  if (!holdsSecret || process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return [];
  return [`${path} holds a secret and can be read by other users; run: chmod 600 ${path}`];
}

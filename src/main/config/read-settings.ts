/** Finds the value of every setting that can be had without asking a server: flag, environment, secret file, config file. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ConfigFile } from './config-file.js';
import type { ConfigNode } from './config-node.js';
import { homeDirectory } from './find-config.js';
import type { Problems } from './problems.js';
import type { Setting, SettingTable, Surroundings, ValuesOf } from './setting.js';
import { variable, type Environment, type GivenFlags } from './sources.js';
import { path, resolvePath } from './types/simple.js';

/** What settings are read from. */
export interface SettingSources {
  readonly flags: GivenFlags;
  readonly env: Environment;
  readonly config?: ConfigFile | undefined;
  readonly now?: number;
}

/** A value and where it came from. */
export interface Found {
  readonly value: unknown;
  /** `--threads`, `STASH_URL`, `gapscan.yml:3`. */
  readonly source: string;
  /** The file that holds a secret. */
  readonly file?: string;
}

/** The settings that were found. */
export class FoundSettings<Table extends SettingTable> {
  readonly #found = new Map<string, Found>();
  readonly #refused = new Set<string>();

  /** The values by name. */
  get values(): ValuesOf<Table> {
    return Object.fromEntries([...this.#found].map(([name, { value }]) => [name, value])) as ValuesOf<Table>;
  }

  /** One value with its source. */
  find(name: string): Found | undefined {
    return this.#found.get(name);
  }

  /** Takes a value. */
  add(name: string, found: Found): void {
    this.#found.set(name, found);
  }

  /** Notes that somebody said something that was refused: the setting is wrong, but not missing. */
  refuse(name: string): void {
    this.#refused.add(name);
  }

  /** Nobody has said anything. */
  isOpen(name: keyof Table & string): boolean {
    return !this.#found.has(name) && !this.#refused.has(name);
  }

  /** Every setting that has a value, in the order of the table. */
  entries(): IterableIterator<[string, Found]> {
    return this.#found.entries();
  }
}

/** Reads all settings of a table; what is wrong is added to the problems, whatever else is. */
export function readSettings<Table extends SettingTable>(
  table: Table,
  sources: SettingSources,
  problems: Problems,
): FoundSettings<Table> {
  const found = new FoundSettings<Table>();
  const reader = new Reader(sources, problems);
  for (const [name, row] of Object.entries(table)) {
    // Also where a flag or variable wins: what is wrong in the file is to be corrected all the same.
    const fromFile = reader.fromConfig(name, row);
    const value = firstSaid(
      () => reader.fromFlag(row),
      () => reader.fromVariable(row),
      () => reader.fromSecretVariable(row),
      fromFile,
    );
    if (value === null) found.refuse(name);
    else if (value) found.add(name, value);
  }
  return found;
}

/** What a place says: a value, something that was refused, or nothing. */
type Said = Found | null | undefined;

function firstSaid(...places: readonly (() => Said)[]): Said {
  for (const place of places) {
    const said = place();
    if (said !== undefined) return said;
  }
  return undefined;
}

/** A line break, a space or a letter outside ASCII cannot be sent in a header: the request would hang. */
const SENDABLE = /^[\x21-\x7e]+$/;

class Reader {
  readonly #sources: SettingSources;
  readonly #problems: Problems;
  readonly #here: Surroundings;
  readonly #there: Surroundings;

  constructor(sources: SettingSources, problems: Problems) {
    const { env, config, now = Date.now() } = sources;
    this.#sources = sources;
    this.#problems = problems;
    this.#here = { base: process.cwd(), home: homeDirectory(env), now };
    this.#there = { ...this.#here, base: config ? dirname(resolve(config.path)) : process.cwd() };
  }

  fromFlag(row: Setting<unknown>): Said {
    const texts = row.flag === undefined ? undefined : this.#sources.flags.get(row.flag);
    return texts && this.#fromTexts(row, `--${row.flag ?? ''}`, texts, false);
  }

  fromVariable(row: Setting<unknown>): Said {
    const text = row.env === undefined ? undefined : variable(this.#sources.env, row.env);
    if (row.env === undefined || text === undefined) return undefined;
    return row.isSecret === true ? this.#secret(row.env, text) : this.#fromTexts(row, row.env, [text], true);
  }

  fromSecretVariable({ env, isSecret }: Setting<unknown>): Said {
    if (env === undefined || isSecret !== true) return undefined;
    const file = variable(this.#sources.env, `${env}_FILE`);
    return file === undefined ? undefined : this.#secretIn(`${env}_FILE`, resolvePath(file, this.#here));
  }

  /** Checks at once what the config file says, and reads a secret file it names only if it is needed. */
  fromConfig(name: string, row: Setting<unknown>): () => Said {
    const { config } = this.#sources;
    const node = config?.values.get(name);
    const file = config?.secretFiles.get(name);
    const value = node && this.#fromNode(row.type, node);
    const secretFile = file && this.#fromNode(path('file'), file);
    return () => {
      if (value) return row.isSecret === true ? this.#secret(value.source, String(value.value)) : value;
      if (value === null) return null;
      return secretFile && this.#secretIn(secretFile.source, String(secretFile.value));
    };
  }

  #fromTexts({ type }: Setting<unknown>, source: string, texts: readonly string[], isVariable: boolean): Said {
    const refuse = (what: string): null => this.#refuse(source, what);
    const value = type.fromTexts(texts, { ...this.#here, isVariable, refuse });
    return value === undefined || value === null ? value : { value, source };
  }

  #fromNode(type: Setting<unknown>['type'], node: ConfigNode): Found | null {
    if (node.isBroken) return null;
    const file = this.#sources.config?.path ?? '';
    const refuse = ({ line, key }: ConfigNode, what: string): null => {
      this.#problems.addInFile(file, line, `${key}: ${what}`);
      return null;
    };
    const value = type.fromNode(node, { ...this.#there, refuse });
    return value === null ? null : { value, source: `${file}:${node.line}` };
  }

  #secretIn(source: string, file: string): Said {
    try {
      const secret = readFileSync(file, 'utf8').trim();
      return secret === ''
        ? this.#refuse(source, `the secret file ${file} is empty`)
        : { ...this.#secret(source, secret), file };
    } catch (error: unknown) {
      const reason = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      return this.#refuse(source, `cannot read the secret file ${file}${reason}`);
    }
  }

  #secret(source: string, value: string): Found {
    if (!SENDABLE.test(value)) {
      const cause = 'was more than the secret copied: a line break, quotes, a whole line?';
      this.#problems.add(source, `expected a secret of printable ASCII without spaces, got something else; ${cause}`);
    }
    return { source, value };
  }

  #refuse(place: string, what: string): null {
    this.#problems.add(place, what);
    return null;
  }
}

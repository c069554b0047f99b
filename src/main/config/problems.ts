/** What is wrong with the settings, gathered so that it can be said all at once. */
import { ConfigError } from '../errors.js';

/** One problem. */
export interface Problem {
  /** `--threads`, `STASH_URL`, `gapscan.yml:3`. */
  readonly place: string;
  readonly what: string;
  /** Of the config file. */
  readonly line?: number;
}

/** Collects problems; each is one line that begins with the place where it stands. */
export class Problems {
  readonly #list: Problem[] = [];
  readonly #subject: string;

  /** @param subject what the problems are problems of, in the plural */
  constructor(subject = 'settings') {
    this.#subject = subject;
  }

  /** How many there are. */
  get count(): number {
    return this.#list.length;
  }

  /** All of them: in the order they were noted, those of the file in its order. */
  get list(): readonly Problem[] {
    return [...this.#list].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  /** Notes a problem: `<place>: <what>`. */
  add(place: string, what: string): void {
    this.#list.push({ place, what });
  }

  /** Notes a problem of a file: `<file>:<line>: <what>`. */
  addInFile(file: string, line: number, what: string): void {
    this.#list.push({ place: `${file}:${line}`, what, line });
  }

  /** @throws ConfigError that says every problem, one a line */
  throwIfAny(): void {
    if (this.#list.length === 0) return;
    const lines = this.list.map(({ place, what }) => `${place}: ${what}`);
    const headline = lines.length === 1 ? [] : [`${lines.length} problems with the ${this.#subject}`];
    // Nobody has to read a manual to correct a flag, but files and the environment have several owners.
    const isUsage = this.#list.every(({ place }) => place.startsWith('-'));
    throw new ConfigError([...headline, ...lines].join('\n'), {
      code: isUsage ? 'usage' : 'config_invalid',
      hint: isUsage
        ? 'Run gapscan --help for all commands and flags.'
        : 'docs/settings.md explains every setting; gapscan config shows where each comes from.',
    });
  }
}

/** What came instead of what was expected. Only for values that cannot be secrets. */
export function describeValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? JSON.stringify(value.slice(0, 80)) : kindOfValue(value);
}

/** The kind of what came; shows nothing of it. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'a text';
  return typeof value === 'object' ? 'keys with values' : `a ${typeof value}`;
}

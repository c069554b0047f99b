/** Secrets: where they come from, and what they may look like. Their values appear in no message. */
import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.js';
import { firstOf, type Environment, type Found } from './sources.js';

/** Where one secret may come from, beside the environment. */
export interface SecretPlaces {
  /** Environment variable; the same with `_FILE` names a file. */
  readonly name: string;
  /** From the config file. */
  readonly value: string | undefined;
  /** Named by the config file; absolute. */
  readonly file: string | undefined;
}

/**
 * Finds a secret: environment, secret file, config file, file named there. Undefined when nobody has it.
 * @throws ConfigError when a secret file cannot be read or is empty
 */
export function findSecret(env: Environment, { name, value, file }: SecretPlaces): Found | undefined {
  const envFile = firstOf(['', env[`${name}_FILE`]])?.value;
  return (
    firstOf([name, env[name]]) ??
    (envFile === undefined ? undefined : readSecret(`${name}_FILE`, envFile)) ??
    firstOf(['config file', value]) ??
    (file === undefined ? undefined : readSecret('a file named by the config file', file))
  );
}

function readSecret(source: string, path: string): Found {
  const secret = readText(source, path).trim();
  if (secret !== '') return { source, value: secret };
  throw invalid(`The secret file ${path} (${source}) is empty`, 'Put the secret in it, and nothing else.');
}

function readText(source: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause: unknown) {
    throw invalid(`Cannot read the secret file ${path} (${source})`, 'Check that it exists and may be read.', cause);
  }
}

/**
 * Refuses what cannot be sent as a header: a line break inside, a space, a letter outside ASCII. Such a request never
 * leaves, and the connection would wait for it for ever.
 * @throws ConfigError
 */
export function checkSecret(what: string, { value, source }: Found): void {
  if (/^[\x21-\x7e]+$/.test(value)) return;
  throw invalid(
    `Expected printable ASCII without spaces for ${what} from ${source}, got something else`,
    'Was more than the secret copied: a line break, quotes, a whole line?',
  );
}

function invalid(message: string, hint: string, cause?: unknown): ConfigError {
  return new ConfigError(message, { code: 'config_invalid', hint, cause });
}

/** Refusals of a command line as a whole. */
import { ConfigError } from '../errors.js';

/** A refusal of the command line. */
export function usageError(message: string, hint = 'Run gapscan --help for all commands and flags.'): ConfigError {
  return new ConfigError(message, { code: 'usage', hint });
}

/** Whether the database driver works here: its native half is built for one version of Node.js, on one kind of machine. */
import { ConfigError } from '../errors.js';

/** Opens a database in memory, since the driver loads its native half only then. @throws ConfigError with the cure */
export async function checkDatabaseDriver(): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  try {
    new Database(':memory:').close();
  } catch (cause: unknown) {
    throw new ConfigError(`The database driver better-sqlite3 ${problemOf(cause)}`, {
      code: 'native_module_unusable',
      hint: 'Run npm rebuild better-sqlite3, or npm ci, where gapscan is installed.',
      cause,
    });
  }
}

/** The texts are those of Node.js, of its loader, and of the package that looks for the built file. */
export function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes('NODE_MODULE_VERSION'))
    return `was built for another version of Node.js than this one (${process.version})`;
  if (message.includes('bindings file')) return 'is not built, as after npm ci --ignore-scripts';
  return `cannot be loaded: ${message.split('\n', 1)[0] ?? ''}`;
}

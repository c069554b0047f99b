/** Whether the database driver works here: its native half is built for one version of Node.js, on one kind of machine. */
import { createRequire } from 'node:module';
import { ConfigError } from '../errors.js';

const INSTALL_AGAIN =
  'Install gapscan again, and npm takes a newer one; in a checkout: npm install --no-save better-sqlite3@13.';

/** Opens a database in memory, since the driver loads its native half only then. @throws ConfigError with the cure */
export async function checkDatabaseDriver(): Promise<void> {
  const version = driverVersion();
  if (endsAbruptly(version, process.versions.node)) {
    throw unusable(`${version} ends Node.js ${process.versions.node} abruptly`, INSTALL_AGAIN);
  }
  const { default: Database } = await import('better-sqlite3');
  try {
    new Database(':memory:').close();
  } catch (cause: unknown) {
    const hint = 'Run npm rebuild better-sqlite3, or npm ci, where gapscan is installed.';
    throw unusable(problemOf(cause), hint, cause);
  }
}

function unusable(problem: string, hint: string, cause?: unknown): ConfigError {
  const message = `The database driver better-sqlite3 ${problem}`;
  return new ConfigError(message, { code: 'native_module_unusable', hint, cause });
}

/** The driver's version. */
export function driverVersion(): string {
  const { version } = createRequire(import.meta.url)('better-sqlite3/package.json') as { readonly version: string };
  return version;
}

/**
 * The driver's objects before version 13 are Node's `ObjectWrap`s, which since Node.js 24.19 look for their environment when they
 * are collected: where the collector runs between two tasks, or at the end, there is none, and the process aborts. Seen with
 * 12.11.1 on 24.21.0 in every second run; version 13 rests on Node-API, and needs Node.js 22.
 */
export function endsAbruptly(driver: string, node: string): boolean {
  const [driverMajor = 0] = numbersOf(driver);
  const [major = 0, minor = 0] = numbersOf(node);
  return driverMajor < 13 && (major > 24 || (major === 24 && minor >= 19));
}

const numbersOf = (version: string): number[] => version.split('.').map(Number);

/** The texts are those of Node.js, of its loader, and of the package that looks for the built file. */
export function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes('NODE_MODULE_VERSION'))
    return `was built for another version of Node.js than this one (${process.version})`;
  if (/bindings file|Cannot find module .*better_sqlite3\.node/.test(message))
    return 'is not built, as after npm ci --ignore-scripts';
  return `cannot be loaded: ${message.split('\n', 1)[0] ?? ''}`;
}

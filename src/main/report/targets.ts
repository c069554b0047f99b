/** Where reports may be written: tried before the scan, and never over a file that somebody needs. */
import { readdirSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ConfigError } from '../errors.js';
import { checkReplaceable } from '../replace-file.js';
import type { ReportFile } from '../scan-types.js';
import { isOnOutput } from './formats.js';

/** What no report may replace. */
export interface GuardedPaths {
  readonly files: readonly string[];
  /** Nothing below these either. */
  readonly directories: readonly string[];
}

/**
 * Tries every target, so that a long scan is not done in vain.
 * @throws ConfigError when one is guarded, under whatever name, or cannot be written
 */
export function checkReports(reports: readonly ReportFile[], guarded: GuardedPaths): void {
  for (const report of reports) {
    if (isOnOutput(report)) continue;
    const { path } = report;
    try {
      checkDirectory(dirname(resolve(path)));
      const guardedFile = guardedBy(path, guarded);
      if (guardedFile !== undefined) throw refused(path, guardedFile);
      checkReplaceable(path);
    } catch (cause: unknown) {
      if (cause instanceof ConfigError) throw cause;
      throw unwritable(path, cause);
    }
  }
}

/** A report cannot be written. */
export function unwritable(path: string, cause: unknown): ConfigError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Name a writable file with --report.';
  return new ConfigError(`Cannot write the report ${path}: ${reason}`, { code: 'report_unwritable', hint, cause });
}

function refused(path: string, guardedFile: string): ConfigError {
  return new ConfigError(`The report ${path} would replace ${guardedFile}, which is needed`, {
    code: 'report_unwritable',
    hint: 'Name another file with --report.',
  });
}

function checkDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new Error(`the directory ${directory} does not exist`);
}

/** The guarded file that a path leads to, by its name or, as a hard link or through linked directories, by what it is. */
function guardedBy(path: string, { files, directories }: GuardedPaths): string | undefined {
  const name = canonical(path);
  const byName =
    files.find((file) => canonical(file) === name) ??
    directories.find((directory) => name.startsWith(canonical(directory) + sep));
  if (byName !== undefined) return byName;
  const target = identify(path);
  if (target === undefined) return undefined;
  const all = [...files, ...directories.flatMap(filesIn)];
  return all.find((file) => identify(file) === target);
}

/** One spelling per place, whatever links lead there; folded, since some file systems take `A` for `a`. */
function canonical(path: string): string {
  return spell(resolve(path)).normalize('NFC').toLowerCase();
}

function spell(path: string): string {
  const directory = dirname(path);
  if (directory === path) return path;
  const real = realDirectory(directory);
  return join(real ?? spell(directory), basename(path));
}

function realDirectory(directory: string): string | undefined {
  try {
    return realpathSync(directory);
  } catch {
    return undefined;
  }
}

/** What a file is on its disk; undefined where there is none, or none to be seen. */
function identify(path: string): string | undefined {
  let stats: BigIntStats | undefined;
  try {
    stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
  return stats && `${stats.dev} ${stats.ino}`;
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

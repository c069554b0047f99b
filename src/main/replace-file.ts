/** Replaces files whole: readers see the old one or the new one, never half of either. */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** How a file is written. */
export interface Writing {
  /** Unflushed, it may be left cut off by a crash of the machine: for what is checked when it is read. */
  readonly durability: 'flushed' | 'unflushed';
  /** Permissions of a file that did not exist, before the process's mask. */
  readonly mode: number;
}

const ORDINARY: Writing = { durability: 'flushed', mode: 0o666 };

/**
 * Writes the pieces under a temporary name beside the file, flushes them unless told not to, and moves them into place; an
 * existing file's permissions stay. Throws as `fs` does, and where {@link checkReplaceable} would.
 */
export function replaceFile(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  { durability, mode: newMode }: Writing = ORDINARY,
): void {
  const mode = modeOf(path);
  withTemporary(path, newMode, (temporary, file) => {
    for (const piece of pieces) writeWhole(file, typeof piece === 'string' ? Buffer.from(piece) : piece);
    if (mode !== undefined) fchmodSync(file, mode);
    if (durability === 'flushed') fsyncSync(file);
    // A link made meanwhile would be lost.
    modeOf(path);
    renameSync(temporary, path);
  });
}

/** Tries what {@link replaceFile} needs, leaving no file: before hours of work, not after. Throws as it would. */
export function checkReplaceable(path: string): void {
  modeOf(path);
  withTemporary(path, ORDINARY.mode, (temporary) => {
    rmSync(temporary);
  });
}

/** Runs an action on a new file beside `path`, which is gone if it fails. */
function withTemporary(path: string, mode: number, action: (temporary: string, file: number) => void): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  // Never one that exists, or a link that waits under this name.
  const file = openSync(temporary, 'wx', mode);
  try {
    try {
      action(temporary, file);
    } finally {
      closeSync(file);
    }
  } catch (cause: unknown) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

/** The permissions of a file that may be replaced; undefined when there is none. */
function modeOf(path: string): number | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) throw new Error('it is a link; name the file it points to');
  if (stats?.isDirectory() === true) throw new Error('it is a directory');
  if (stats?.isFile() === false) throw new Error('it is not a file');
  return stats && stats.mode & 0o777;
}

/** A write may take less than it was given, as on a disk that is nearly full. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

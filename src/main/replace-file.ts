/** Replaces files whole: readers see the old one or the new one, never half of either. */
import { randomBytes } from 'node:crypto';
import { closeSync, lstatSync, openSync, rmSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';

/** How a file is written. */
export interface Writing {
  /** Unflushed, it may be left cut off by a crash of the machine: for what is checked when it is read. */
  readonly durability: 'flushed' | 'unflushed';
  /** Permissions of a file that did not exist, before the process's mask. */
  readonly mode: number;
}

/** Temporary files that are being written. */
const unfinished = new Set<string>();

const ORDINARY: Writing = { durability: 'flushed', mode: 0o666 };

/**
 * Writes the pieces under a temporary name beside the file, flushes them unless told not to, and moves them into place; an
 * existing file's permissions stay. The next piece is made while one is written. Fails as `fs` does, and where
 * {@link checkReplaceable} would.
 */
export async function replaceFile(
  path: string,
  pieces: Iterable<string | Uint8Array>,
  { durability, mode: newMode }: Writing = ORDINARY,
): Promise<void> {
  const mode = modeOf(path);
  const temporary = temporaryName(path);
  const file = await open(temporary, 'wx', newMode);
  unfinished.add(temporary);
  try {
    try {
      await writeAll(file, pieces);
      if (mode !== undefined) await file.chmod(mode);
      if (durability === 'flushed') await file.sync();
    } finally {
      await file.close();
    }
    // A link made meanwhile would be lost.
    modeOf(path);
    await rename(temporary, path);
  } catch (cause: unknown) {
    await rm(temporary, { force: true });
    throw cause;
  } finally {
    unfinished.delete(temporary);
  }
}

/** Removes what is being written, where the process ends before it is done. */
export function dropUnfinished(): void {
  for (const temporary of unfinished) rmSync(temporary, { force: true });
}

/** Tries what {@link replaceFile} needs, leaving no file: before hours of work, not after. Throws as it would. */
export function checkReplaceable(path: string): void {
  modeOf(path);
  const temporary = temporaryName(path);
  const file = openSync(temporary, 'wx', ORDINARY.mode);
  try {
    closeSync(file);
  } finally {
    rmSync(temporary);
  }
}

/** Never the name of a file that exists, or of a link that waits under it: it is opened for a new file only. */
const temporaryName = (path: string): string => `${path}.${randomBytes(6).toString('hex')}.tmp`;

/** The permissions of a file that may be replaced; undefined when there is none. */
function modeOf(path: string): number | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) throw new Error('it is a link; name the file it points to');
  if (stats?.isDirectory() === true) throw new Error('it is a directory');
  if (stats?.isFile() === false) throw new Error('it is not a file');
  return stats && stats.mode & 0o777;
}

async function writeAll(file: FileHandle, pieces: Iterable<string | Uint8Array>): Promise<void> {
  let written = Promise.resolve();
  try {
    for (const piece of pieces) {
      await written;
      written = writeWhole(file, typeof piece === 'string' ? Buffer.from(piece) : piece);
    }
  } finally {
    await written;
  }
}

/** A write may take less than it was given, as on a disk that is nearly full. */
async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

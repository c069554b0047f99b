/** Replaces files whole: readers see the old one or the new one, never half of either. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes the pieces under a temporary name beside the file, flushes them, and moves them into place. Throws as `fs` does. */
export function replaceFile(path: string, pieces: Iterable<string | Uint8Array>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      for (const piece of pieces) writeWhole(file, typeof piece === 'string' ? Buffer.from(piece) : piece);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause: unknown) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

/** A write may take less than it was given, as on a disk that is nearly full. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** A private place for temporary files, wherever there can be one. */
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueError } from './errors.js';

/** Where SQLite would look too, so that one setting serves both. */
const places = () => [process.env['SQLITE_TMPDIR'], tmpdir(), '/var/tmp', '/tmp'];

/** Makes one that only this user can read; whoever asked removes it. @throws QueueError when there is no place for it */
export function makeTempDirectory(prefix = 'gapscan-'): string {
  let cause: unknown;
  for (const place of places()) {
    if (place === undefined || place === '') continue;
    try {
      return mkdtempSync(join(place, prefix));
    } catch (error: unknown) {
      cause = error;
    }
  }
  throw new QueueError('There is no directory for temporary files', {
    code: 'queue_unusable',
    hint: 'Set TMPDIR to a directory that exists and may be written.',
    cause,
  });
}

/**
 * A file nobody else can open, gone with its descriptor. Throws as `fs` does, and as {@link makeTempDirectory}.
 * @param parent a directory that is there; default: one for temporary files
 */
export function openNamelessFile(parent?: string): number {
  const directory = parent === undefined ? makeTempDirectory() : mkdtempSync(join(parent, 'held-'));
  try {
    return openSync(join(directory, 'held'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

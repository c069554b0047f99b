/** gapscan's own small files: MessagePack, versioned, replaced atomically, rebuilt when they cannot be used. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Packr } from 'msgpackr';
import { QueueError } from '../errors.js';
import { makeDirectory } from '../make-directory.js';
import { checkReplaceable, replaceFile, type Writing } from '../replace-file.js';

/** How state is packed. */
export const packr = new Packr({ structuredClone: true, useRecords: false });

/** A state file's content, or why there is none. */
export type StateRead<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Reads a state file and checks it with `accept`. Never throws: state can always be rebuilt. */
export function readState<T>(path: string, accept: (value: unknown) => value is T): StateRead<T> {
  try {
    const value: unknown = packr.unpack(readFileSync(path));
    return accept(value)
      ? { kind: 'read', value }
      : { kind: 'unusable', reason: 'it is of another version or damaged' };
  } catch (error: unknown) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'absent' };
    return { kind: 'unusable', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Replaces a state file. @throws QueueError */
export async function writeState(path: string, value: unknown): Promise<void> {
  await writePieces(path, [packr.pack(value)]);
}

/** Replaces a file of the state directory. @throws QueueError */
export async function writePieces(path: string, pieces: Iterable<Uint8Array>, writing?: Writing): Promise<void> {
  try {
    makeDirectory(dirname(path));
    await replaceFile(path, pieces, writing);
  } catch (cause: unknown) {
    throw stateUnwritable(path, cause);
  }
}

/** Tries whether state files can be written, before a long scan is done in vain. @throws QueueError */
export function checkStateFiles(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      makeDirectory(dirname(path));
      checkReplaceable(path);
    } catch (cause: unknown) {
      throw stateUnwritable(path, cause);
    }
  }
}

/** A file of the state directory cannot be used. */
export function stateUnwritable(path: string, cause: unknown): QueueError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Check permissions and free space, or name another place with --state-dir.';
  return new QueueError(`Cannot write ${path}: ${reason}`, { code: 'state_unwritable', hint, cause });
}

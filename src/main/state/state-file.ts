/** gapscan's own small files: MessagePack, versioned, replaced atomically, rebuilt when they cannot be used. */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Packr } from 'msgpackr';
import { QueueError } from '../errors.js';
import { replaceFile } from '../replace-file.js';

const packr = new Packr({ structuredClone: true, useRecords: false });

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
export function writeState(path: string, value: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, [packr.pack(value)]);
  } catch (cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new QueueError(`Cannot write ${path}: ${reason}`, {
      code: 'queue_unusable',
      hint: 'Check permissions and free space.',
      cause,
    });
  }
}

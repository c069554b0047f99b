/** An early look at the queue file, so that a long scan is not done in vain. Nothing is opened by SQLite yet. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { queueFailure, queueUnusable } from './errors.js';

const HEADER = 'SQLite format 3\0';

/**
 * Checks that the queue file, if there is one, is a SQLite database that may be written, and else that it may be created.
 * @throws QueueError
 */
export function checkQueueFile(queueFile: string): void {
  try {
    check(queueFile);
  } catch (cause: unknown) {
    throw queueFailure(queueFile, 0, cause);
  }
}

function check(queueFile: string): void {
  const stats = statSync(queueFile, { throwIfNoEntry: false });
  if (stats === undefined) {
    checkWritable(queueFile, existingParent(queueFile), 'cannot be created');
    return;
  }
  if (!stats.isFile()) throw queueUnusable(queueFile, 'it is not a file');
  checkWritable(queueFile, queueFile, 'cannot be written');
  checkWritable(queueFile, dirname(queueFile), 'cannot be written: its directory is read-only');
  // A file of no bytes is what SQLite leaves before the first table is made.
  if (stats.size > 0 && readHeader(queueFile) !== HEADER) throw queueUnusable(queueFile, 'it is not a SQLite database');
}

function existingParent(path: string): string {
  const parent = dirname(path);
  const stats = statSync(parent, { throwIfNoEntry: false });
  if (stats && !stats.isDirectory()) throw queueUnusable(path, `${parent} is not a directory`);
  return stats ? parent : existingParent(parent);
}

function checkWritable(queueFile: string, path: string, problem: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause: unknown) {
    throw queueUnusable(queueFile, problem, cause);
  }
}

function readHeader(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEADER.length);
    readSync(file, bytes, 0, bytes.length, 0);
    return bytes.toString('latin1');
  } finally {
    closeSync(file);
  }
}

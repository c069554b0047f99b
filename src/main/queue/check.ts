/** An early look at the queue file, so that a long scan is not done in vain. Nothing is opened by SQLite yet. */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { queueFailure, queueUnusable } from './errors.js';

const HEADER = 'SQLite format 3\0';
const WRITABLE = constants.R_OK | constants.W_OK;

/**
 * Checks that the queue file, if there is one, is a SQLite database that may be used, and else, to write, that it may be
 * created.
 * @throws QueueError
 */
export function checkQueueFile(queueFile: string, use: 'read' | 'write'): void {
  try {
    check(queueFile, use);
  } catch (cause: unknown) {
    throw queueFailure(queueFile, 0, cause);
  }
}

function check(queueFile: string, use: 'read' | 'write'): void {
  const stats = statSync(queueFile, { throwIfNoEntry: false });
  if (stats === undefined) {
    const parent = existingParent(queueFile);
    if (use === 'write') checkAccess(queueFile, parent, WRITABLE, 'cannot be created');
    return;
  }
  if (!stats.isFile()) throw queueUnusable(queueFile, 'it is not a file');
  checkAccess(queueFile, queueFile, constants.R_OK, 'it may not be read');
  if (use === 'write') {
    checkAccess(queueFile, queueFile, WRITABLE, 'cannot be written');
    checkAccess(queueFile, dirname(queueFile), WRITABLE, 'cannot be written: its directory is read-only');
  }
  // A file of no bytes is what SQLite leaves before the first table is made.
  if (stats.size > 0 && readHeader(queueFile) !== HEADER) throw queueUnusable(queueFile, 'it is not a SQLite database');
}

function existingParent(path: string): string {
  const parent = dirname(path);
  const stats = statSync(parent, { throwIfNoEntry: false });
  if (stats && !stats.isDirectory()) throw queueUnusable(path, `${parent} is not a directory`);
  return stats ? parent : existingParent(parent);
}

function checkAccess(queueFile: string, path: string, access: number, problem: string): void {
  try {
    accessSync(path, access);
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

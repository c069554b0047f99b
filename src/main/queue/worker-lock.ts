/** Whether a worker of Stash2Plex is alive: it holds a lock on `worker.lock`, which stays on the disk when nobody does. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';

/** `unknown`: this system has no means to tell. */
export type WorkerState = 'alive' | 'none' | 'unknown';

/** Asks the kernel; changes nothing and makes no file. */
export function askWorkerState(lockFile: string): WorkerState {
  let file: number;
  try {
    file = openSync(lockFile, 'r');
  } catch (cause: unknown) {
    return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'none' : 'unknown';
  }
  try {
    return tryLock(file) ?? lookUpLock(lockFile);
  } finally {
    // Closing also releases what was just taken.
    closeSync(file);
  }
}

/** Node.js has no flock, but the command of that name works on a descriptor it inherits. Undefined without it. */
function tryLock(file: number): WorkerState | undefined {
  // Shared, so that two who look do not take each other for a worker.
  const { status } = spawnSync('flock', ['-s', '-n', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file],
    timeout: 5000,
  });
  return status === 0 ? 'none' : status === 1 ? 'alive' : undefined;
}

/** The kernel's list has only what this container may see: being in it says something, being absent nothing. */
function lookUpLock(lockFile: string): WorkerState {
  try {
    const { ino } = statSync(lockFile);
    const isHeld = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .some((line) => /\bFLOCK\b.*\bWRITE\b/.test(line) && line.includes(`:${ino} `));
    return isHeld ? 'alive' : 'unknown';
  } catch {
    return 'unknown';
  }
}

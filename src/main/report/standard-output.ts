/** Writes to standard output as to a file: in order, and not before what is written has been taken. */
import { writeSync } from 'node:fs';

const FILE_DESCRIPTOR = 1;
const PAUSE_MS = 5;

/** Writes the pieces. Whoever reads may have enough (`| head`): then the rest is nobody's loss. Throws as `fs` does. */
export function writeToOutput(pieces: Iterable<string | Uint8Array>): void {
  try {
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      for (let at = 0; at < bytes.length;) at += writeSome(bytes, at);
    }
  } catch (error: unknown) {
    if (codeOf(error) !== 'EPIPE') throw error;
  }
}

/** A pipe that is full takes nothing for a while. */
function writeSome(bytes: Uint8Array, at: number): number {
  try {
    return writeSync(FILE_DESCRIPTOR, bytes, at);
  } catch (error: unknown) {
    if (codeOf(error) !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    return 0;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

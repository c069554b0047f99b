/** A temporary directory that goes away with its test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes one; call it inside a test. */
export function tempDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gapscan-test-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

#!/usr/bin/env node
/** The executable: signals, exit code, and a watch on whatever would keep the process alive. */
import { main } from './cli/main.js';

const controller = new AbortController();
const INTERRUPTED = 130;
/** After the result, nothing should be left to wait for. */
const LINGER_MS = 2000;

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The first asks for a clean stop; whoever asks twice wants it now.
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  });
}

// A reader that has gone away (`gapscan ... | head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
});

setTimeout(() => {
  process.stderr.write('gapscan: something kept the process alive; it was ended\n');
  process.exit();
}, LINGER_MS).unref();

#!/usr/bin/env node
/** The executable: signals, streams that fail, the exit code, and a watch on whatever would keep the process alive. */
import { main, sayFailure } from './cli/main.js';
import { Terminal } from './output/terminal.js';

const INTERRUPTED = 130;
const UNWRITABLE = 2;
/** After the result, nothing should be left to wait for. */
const LINGER_MS = 2000;

const argv = process.argv.slice(2);
const { env, stdout, stderr } = process;
const controller = new AbortController();
const terminal = new Terminal({ stdout, stderr, env, quiet: argv.includes('--quiet') });
let finished = false;
let resultLost = false;

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The first asks for a clean stop; whoever asks twice wants it now.
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  });
}

stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has gone away (`gapscan ... | head`) is no error of ours.
  if (error.code === 'EPIPE') return;
  if (!resultLost) terminal.complain(`gapscan: Cannot write the result to stdout: ${error.message}`);
  resultLost = true;
  process.exitCode = UNWRITABLE;
});

// With nowhere left to complain, the work still goes on and the exit code still counts.
stderr.on('error', () => undefined);

process.on('uncaughtException', (error) => {
  process.exit(sayFailure(terminal, error, argv));
});

// When nothing is left that could wake the process, it would end here as if all were well.
process.on('beforeExit', () => {
  if (finished) return;
  finished = true;
  process.exitCode = sayFailure(terminal, new Error('the work came to a halt without an end'), argv);
});

void main({ argv, env, terminal, signal: controller.signal }).then((exitCode) => {
  finished = true;
  process.exitCode = resultLost ? UNWRITABLE : exitCode;
  setTimeout(() => {
    terminal.complain('gapscan: something kept the process alive; it was ended');
    process.exit();
  }, LINGER_MS).unref();
});

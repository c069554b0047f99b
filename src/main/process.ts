/** The process: signals, streams that fail, the exit code, and a watch on whatever would keep the process alive. */
import { sayFailure } from './cli/failure.js';
import { main } from './cli/main.js';
import { Terminal } from './output/terminal.js';
import { dropUnfinished } from './replace-file.js';

/** As shells tell it: 128 and the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const UNWRITABLE = 2;
/** After the result, nothing should be left to wait for. */
const LINGER_MS = 2000;

const argv = process.argv.slice(2);
const { env, stdout, stderr } = process;
const controller = new AbortController();
const terminal = new Terminal({ stdout, stderr, env });
let interrupted: keyof typeof EXIT_CODES | undefined;
let finished = false;
let resultLost = false;

for (const name of Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]) {
  process.on(name, () => {
    // The first asks for a clean stop; whoever asks twice wants it now.
    if (interrupted !== undefined) {
      dropUnfinished();
      terminal.complain('gapscan: Ended at once; gapscan status shows what is queued');
      process.exit(EXIT_CODES[name]);
    }
    interrupted = name;
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
  process.exitCode = resultLost ? UNWRITABLE : bySignal(exitCode);
  setTimeout(() => {
    terminal.complain('gapscan: something kept the process alive; it was ended');
    process.exit();
  }, LINGER_MS).unref();
});

/** A run that was interrupted says by which signal; one that had already come to its end says how. */
function bySignal(exitCode: number): number {
  return exitCode === EXIT_CODES.SIGINT && interrupted !== undefined ? EXIT_CODES[interrupted] : exitCode;
}

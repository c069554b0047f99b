/** Runs the built command line as a person would: a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../dist/main/bin.js', import.meta.url));

/** How a process ended and what it said. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** A process that is running. */
export interface CliProcess {
  readonly pid: number;
  readonly ended: Promise<CliResult>;
  /** What it has said on stderr so far. */
  said(): string;
  kill(signal: NodeJS.Signals): void;
}

/** Where and with what a process is run, beside its environment. */
export interface CliSurroundings {
  readonly cwd?: string;
  /** Standard input. */
  readonly input?: string;
  /** Another executable than the built one. */
  readonly bin?: string;
  /** The user to run as: no permission stops root. */
  readonly uid?: number | undefined;
  readonly maxFileKilobytes?: number;
}

/** Nobody's own config file has a say in tests. */
const CLEAN = { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nonexistent' };

/** Starts the command line with a clean environment. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { cwd, input, bin = BIN, uid, maxFileKilobytes }: CliSurroundings = {},
): CliProcess {
  const started = performance.now();
  const limited = ['-c', `ulimit -f ${maxFileKilobytes ?? 0}; exec "$0" "$@"`, process.execPath, bin, ...args];
  const [command, all] = maxFileKilobytes === undefined ? [process.execPath, [bin, ...args]] : ['bash', limited];
  const child = spawn(command, all, {
    env: { ...CLEAN, ...env },
    stdio: 'pipe',
    cwd,
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // It may have ended before it has read all.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, milliseconds: performance.now() - started });
    });
  });
  return { pid: child.pid ?? 0, ended, said: () => stderr, kill: (signal) => child.kill(signal) };
}

/** Runs the command line to its end. */
export function runCli(...setup: Parameters<typeof startCli>): Promise<CliResult> {
  return startCli(...setup).ended;
}

/** The user `nobody` where tests run as root, so that files can be out of reach; else the user they run as. */
export const ordinaryUser = process.getuid?.() === 0 ? { uid: 65_534 } : {};

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

/** What a process is not allowed. */
interface Limits {
  /** The user to run as: no permission stops root. */
  readonly uid?: number | undefined;
  readonly maxFileKilobytes?: number;
}

/** Starts the command line with a clean environment. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { uid, maxFileKilobytes }: Limits = {},
): CliProcess {
  const started = performance.now();
  const limited = ['-c', `ulimit -f ${maxFileKilobytes ?? 0}; exec "$0" "$@"`, process.execPath, BIN, ...args];
  const [command, all] = maxFileKilobytes === undefined ? [process.execPath, [BIN, ...args]] : ['bash', limited];
  const child = spawn(command, all, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'pipe',
    ...(uid !== undefined && { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end();
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

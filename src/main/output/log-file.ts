/** A log for machines: one JSON object a line, appended to a file. */
import { appendFileSync } from 'node:fs';
import { ConfigError } from '../errors.js';
import type { ScanEvent } from '../scan-types.js';
import type { Terminal } from './terminal.js';

/** How much a line matters. */
export type LogLevel = 'info' | 'warning' | 'error';

/** Appends lines; each is written at once, so that what was said survives a kill. */
export class LogFile {
  readonly #path: string;
  readonly #terminal: Terminal;
  #isBroken = false;

  /** @throws ConfigError when nothing can be appended: before the work, not after */
  constructor(path: string, terminal: Terminal) {
    this.#path = path;
    this.#terminal = terminal;
    try {
      appendFileSync(path, '');
    } catch (cause: unknown) {
      throw new ConfigError(`Cannot write the log file ${path} (${reasonOf(cause)})`, {
        code: 'config_invalid',
        hint: 'Set --log-file to a file in a directory that exists and that gapscan may write to.',
        cause,
      });
    }
  }

  /** Appends a line; a disk that is full later on does not stop the work. */
  write(level: LogLevel, message: string, more: Readonly<Record<string, unknown>> = {}): void {
    if (this.#isBroken) return;
    const line = this.#terminal.safeJson({ time: new Date().toISOString(), level, message, ...more });
    try {
      appendFileSync(this.#path, `${line}\n`);
    } catch (cause: unknown) {
      this.#isBroken = true;
      this.#terminal.complain(`Warning: The log file ${this.#path} can no longer be written (${reasonOf(cause)})`);
    }
  }

  /** Appends what a scan tells; its progress, row by row, would only fill the file. */
  readonly handle = (event: ScanEvent): void => {
    if (event.type === 'phase') this.write('info', `Phase ${event.phase}`, { phase: event.phase });
    else if (event.type === 'retry') {
      const { server, attempt, delayMs } = event;
      this.write('warning', event.reason, { server, attempt, delayMs });
    } else if (event.type === 'waiting') {
      const { server, seconds } = event;
      this.write('warning', `No answer from ${server} for ${seconds} s`, { server, seconds });
    } else if (event.type === 'warning') {
      const { message, ...more } = event.warning;
      this.write('warning', message, more);
    }
  };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

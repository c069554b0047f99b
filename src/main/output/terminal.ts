/** The one place that writes to stdout and stderr. */
import { sanitize } from './sanitize.js';

/** A stream as far as output needs it. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where output goes and how it may look. */
export interface TerminalSetup {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly quiet: boolean;
}

/** Writes results and talk, keeps the live line out of their way, and lets no secret through. */
export class Terminal {
  /** Whether a line may be redrawn: a terminal, not a CI log. */
  readonly live: boolean;
  readonly #setup: TerminalSetup;
  readonly #secrets: string[] = [];
  #liveLine = '';

  constructor(setup: TerminalSetup) {
    this.#setup = setup;
    this.live = setup.stderr.isTTY === true && !setup.env['CI'] && setup.env['TERM'] !== 'dumb' && !setup.quiet;
  }

  /** Whether stdout shows colours: a terminal that was not asked to do without. */
  get color(): boolean {
    return this.#setup.stdout.isTTY === true && !this.#setup.env['NO_COLOR'] && this.#setup.env['TERM'] !== 'dumb';
  }

  /** A value that must never be shown, from now on. The last line of defence: nothing should contain it anyway. */
  keepSecret(value: string | undefined): void {
    if (value !== undefined && value.length >= 4) this.#secrets.push(value);
  }

  /** The result: goes to stdout whatever else is said. */
  result(text: string): void {
    this.clearLive();
    this.#setup.stdout.write(this.#redact(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** One line of talk; silenced by `quiet`. */
  say(line: string): void {
    if (!this.#setup.quiet) this.complain(line);
  }

  /** One line that is shown even when quiet. */
  complain(line: string): void {
    this.clearLive();
    this.#setup.stderr.write(`${this.#redact(sanitize(line))}\n`);
  }

  /** Replaces the live line; does nothing unless {@link live}. */
  draw(line: string): void {
    if (!this.live) return;
    const text = this.#redact(sanitize(line)).slice(0, (this.#setup.stderr.columns ?? 80) - 1);
    if (text === this.#liveLine) return;
    this.#setup.stderr.write(`\r\u001b[2K${text}`);
    this.#liveLine = text;
  }

  /** Takes the live line away. */
  clearLive(): void {
    if (this.#liveLine === '') return;
    this.#setup.stderr.write('\r\u001b[2K');
    this.#liveLine = '';
  }

  #redact(text: string): string {
    return this.#secrets.reduce((safe, secret) => safe.replaceAll(secret, '[secret]'), text);
  }
}

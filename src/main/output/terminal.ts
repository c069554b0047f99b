/** The one place that writes to stdout and stderr. */
import { Redactor } from './redact.js';
import { sanitize } from './sanitize.js';
import { cutEnd } from './width.js';
import { stashLine, type StashLevel } from './stash-line.js';

const FALLBACK_COLUMNS = 80;
const RECENT_LINES = 20;
/** In fewer nothing can be laid out. */
const LEAST_COLUMNS = 40;

/** A stream as far as output needs it. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What the person asked for. */
export interface OutputWishes {
  readonly quiet: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

/** Where output goes and what is known of it. */
export interface TerminalSetup {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Writes results and talk, keeps the live line out of their way, and lets no secret through. */
export class Terminal {
  readonly #setup: TerminalSetup;
  readonly #redactor = new Redactor();
  #wishes: OutputWishes = { quiet: false, color: 'auto' };
  #liveLine = '';
  #isStash = false;
  readonly #recent: string[] = [];

  constructor(setup: TerminalSetup) {
    this.#setup = setup;
  }

  /** Does as it is told from now on. */
  obey(wishes: OutputWishes): void {
    this.#wishes = wishes;
  }

  /** Speaks to Stash instead of a person from now on. */
  speakToStash(): void {
    this.#isStash = true;
  }

  /** Whether nobody but Stash listens. */
  get isStash(): boolean {
    return this.#isStash;
  }

  /** The last lines that were said, for whoever was not there. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /** JSON of a value in one line, without any secret. */
  safeJson(value: unknown): string {
    return this.#redactor.json(value);
  }

  /** How far the work has come, from 0 to 1; Stash draws a bar. */
  progress(fraction: number): void {
    if (this.#isStash) this.#setup.stderr.write(stashLine('p', fraction.toFixed(3)));
  }

  /** Whether a line may be redrawn: a terminal, not a CI log. */
  get live(): boolean {
    const { stderr, env } = this.#setup;
    return !this.#isStash && stderr.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb' && !this.#wishes.quiet;
  }

  /** Whether stdout shows colours: as asked; else never with `NO_COLOR`, always with `FORCE_COLOR`; else on a terminal. */
  get color(): boolean {
    const { stdout, env } = this.#setup;
    if (this.#wishes.color !== 'auto') return this.#wishes.color === 'always';
    if (env['NO_COLOR']) return false;
    const forced = env['FORCE_COLOR'];
    if (forced !== undefined && forced !== '') return !['0', 'false'].includes(forced);
    return stdout.isTTY === true && env['TERM'] !== 'dumb';
  }

  /** Columns of the results: of the terminal, or as `COLUMNS` says; undefined where nobody says. */
  get columns(): number | undefined {
    const { stdout, env } = this.#setup;
    const said = Number(env['COLUMNS']);
    const columns = (stdout.isTTY === true ? stdout.columns : undefined) ?? (Number.isInteger(said) ? said : 0);
    return columns < LEAST_COLUMNS ? undefined : columns;
  }

  /** Takes a value that must never be shown from now on. */
  readonly keepSecret = (value: string | undefined): void => {
    this.#redactor.keep(value);
  };

  /** The result: goes to stdout whatever else is said. */
  result(text: string): void {
    this.clearLive();
    this.#setup.stdout.write(this.#redactor.text(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** The result where standard output holds a report. */
  resultBeside(text: string): void {
    this.clearLive();
    this.#setup.stderr.write(this.#redactor.text(`${text}\n`));
  }

  /** The result as one line of JSON. */
  resultJson(value: unknown): void {
    this.clearLive();
    this.#setup.stdout.write(`${this.#redactor.json(value)}\n`);
  }

  /** One line of talk; silenced by `quiet`. */
  say(line: string): void {
    if (!this.#wishes.quiet) this.#line(line, 'i');
  }

  /** One line that is shown even when quiet. */
  complain(line: string): void {
    this.#line(line, line.startsWith('Warning:') ? 'w' : 'e');
  }

  #line(line: string, level: StashLevel): void {
    this.clearLive();
    const safe = this.#redactor.text(sanitize(line));
    this.#recent.push(safe);
    if (this.#recent.length > RECENT_LINES) this.#recent.shift();
    this.#setup.stderr.write(this.#isStash ? stashLine(level, safe) : `${safe}\n`);
  }

  /** Replaces the live line; does nothing unless {@link live}. */
  draw(line: string): void {
    if (!this.live) return;
    const text = cutEnd(this.#redactor.text(sanitize(line)), this.#width - 1);
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

  /** A terminal that does not know its width says 0. */
  get #width(): number {
    const { columns } = this.#setup.stderr;
    return columns === undefined || columns < 2 ? FALLBACK_COLUMNS : columns;
  }
}

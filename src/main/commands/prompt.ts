/** Asks the person at the terminal. */
import { createInterface, type Interface } from 'node:readline/promises';
import { Problems } from '../config/problems.js';
import { readSettings, type Found } from '../config/read-settings.js';
import type { Setting } from '../config/setting.js';
import { InterruptedError } from '../errors.js';
import type { CommandContext } from './context.js';

/** Questions and answers. */
export class Prompt {
  readonly #lines: Interface;
  readonly #context: CommandContext;
  /** The end of the input, Ctrl-D, is an answer too: no more questions. */
  #isOver = false;

  private constructor(context: CommandContext) {
    this.#context = context;
    this.#lines = createInterface({ input: process.stdin, output: process.stderr });
    this.#lines.on('close', () => (this.#isOver = true));
  }

  /** Undefined where nobody can be asked. */
  static onTerminal(context: CommandContext): Prompt | undefined {
    return process.stdin.isTTY && process.stderr.isTTY ? new Prompt(context) : undefined;
  }

  /** Asks for a setting that has a flag until it is one, or nothing is said. */
  async askFor(row: Setting<unknown>, question: string): Promise<Found | undefined> {
    while (!this.#isOver) {
      const answer = (await this.#ask(`${question}: `)).trim();
      if (answer === '') return undefined;
      const found = this.#read(row, answer);
      if (found) return found;
    }
    return undefined;
  }

  /** Asks a question that is answered by yes or no; anything but a yes is a no. */
  async confirm(question: string): Promise<boolean> {
    return /^y(?:es)?$/i.test((await this.#ask(`${question} [y/N] `)).trim());
  }

  /** Lets go of the terminal. */
  close(): void {
    this.#lines.close();
  }

  /** As if it had been said by flag; says what is wrong with it. */
  #read(row: Setting<unknown>, answer: string): Found | undefined {
    const problems = new Problems();
    const flags = new Map([[row.flag ?? '', [answer]]]);
    const found = readSettings({ answer: row }, { flags, env: {} }, problems).find('answer');
    for (const { what } of problems.list) this.#context.terminal.complain(`  ${what}`);
    return found;
  }

  async #ask(question: string): Promise<string> {
    const ended = new Promise<string>((resolve) =>
      this.#lines.once('close', () => {
        resolve('');
      }),
    );
    try {
      return await Promise.race([this.#lines.question(question, { signal: this.#context.signal }), ended]);
    } catch (cause: unknown) {
      throw this.#context.signal.aborted ? new InterruptedError(cause) : cause;
    }
  }
}

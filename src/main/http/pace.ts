/**
 * How many pages are asked of a server at once: as many as it bears. A server that answers ever more slowly has other guests;
 * it is asked fewer, and more again when it has recovered.
 */

/** Answers by which the pace is judged; one alone says nothing. */
const SAMPLE = 8;
/** So much longer than at first, and it has slowed down; so much longer at most, and it has recovered. */
const SLOWER = 3;
const RECOVERED = 1.5;
/** Whoever answers within this is in nobody's way. */
const PROMPT_MS = 1000;

/** Milliseconds an answer took, and its bytes. */
interface Answered {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** Lets requests through, so many at once. */
export class Pace {
  readonly #most: number;
  #limit: number;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];
  #answers: Answered[] = [];
  /** What a byte took at first: pages are of different sizes. */
  #usual: number | undefined;

  /** @param most pages at once */
  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** Pages at once, as it is now. */
  get limit(): number {
    return this.#limit;
  }

  /** Asks when it is its turn. */
  async take<T extends { readonly body: Uint8Array }>(ask: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inFlight++;
    const started = performance.now();
    try {
      const answer = await ask();
      this.note({ milliseconds: performance.now() - started, bytes: answer.body.length });
      return answer;
    } finally {
      this.#inFlight--;
      this.#letIn();
    }
  }

  /** Takes how long an answer took. */
  note(answer: Answered): void {
    this.#answers.push(answer);
    if (this.#answers.length < SAMPLE) return;
    const now = middle(this.#answers.map(({ milliseconds, bytes }) => milliseconds / Math.max(bytes, 1)));
    const milliseconds = middle(this.#answers.map((each) => each.milliseconds));
    this.#answers = [];
    this.#usual ??= now;
    if (now > this.#usual * SLOWER && milliseconds > PROMPT_MS) this.#limit = Math.max(1, this.#limit - 1);
    else if (now <= this.#usual * RECOVERED || milliseconds <= PROMPT_MS)
      this.#limit = Math.min(this.#most, this.#limit + 1);
  }

  #letIn(): void {
    for (let room = this.#limit - this.#inFlight; room > 0; room--) this.#waiting.shift()?.();
  }
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** What is done once the jobs are queued. Nothing of it may lose the summary: it says that they are. */
import type { GapAction } from '../../shared/verdicts.js';
import { GapscanError } from '../errors.js';
import { plural } from '../output/format.js';
import type { ScanSummary, ScanWarning, SummaryError } from '../scan-types.js';

/** What can be left to write. */
type Leftover = 'state' | 'report';

/** One thing that is left to write. */
export interface LeftToDo {
  readonly what: Leftover;
  readonly write: () => Promise<void>;
}

/** Runs what is left to do and keeps what went wrong. */
export class AfterCommit {
  readonly #jobs: number;
  readonly #warn: (warning: ScanWarning) => void;
  #error: SummaryError | undefined;

  /** @param counts what became of the gaps; undefined when nothing was queued, as in a dry run */
  constructor(counts: Readonly<Record<GapAction, number>> | undefined, warn: (warning: ScanWarning) => void) {
    this.#jobs = counts === undefined ? 0 : counts.enqueued + counts.refreshed;
    this.#warn = warn;
  }

  /** Does things at once: their files need not wait for one another. An expected failure is kept, and stops none of the others. */
  async attempt(things: readonly LeftToDo[]): Promise<void> {
    const failures = await Promise.all(things.map(failureOf));
    // Only now, in the order of the things: which of them is done first is chance.
    for (const failure of failures) if (failure !== undefined) this.#failed(failure);
  }

  #failed({ what, error }: Failure): void {
    if (!(error instanceof GapscanError)) throw error;
    const { code, hint } = error;
    const message = `${this.#queued()}he ${what} could not be written: ${error.message}`;
    this.note({ code, message, hint: hint ?? null });
  }

  /** The first failure says how the run ends; the others must not go unsaid. */
  note(error: SummaryError): void {
    if (this.#error === undefined) this.#error = error;
    else this.#warn({ code: error.code, message: error.message });
  }

  /** The member `error` of the summary, if anything failed. */
  get failure(): Pick<ScanSummary, 'error'> {
    return this.#error === undefined ? {} : { error: this.#error };
  }

  #queued(): string {
    if (this.#jobs === 0) return 'T';
    return `${plural(this.#jobs, 'job')} ${this.#jobs === 1 ? 'is' : 'are'} queued, but t`;
  }
}

interface Failure {
  readonly what: Leftover;
  readonly error: unknown;
}

async function failureOf({ what, write }: LeftToDo): Promise<Failure | undefined> {
  try {
    await write();
    return undefined;
  } catch (error: unknown) {
    return { what, error };
  }
}

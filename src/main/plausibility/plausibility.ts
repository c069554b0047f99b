/** Half-failed questions: what was read is compared with itself and with the last good run, before anything is written. */
import { GuardError, type PlausibilityCheck } from '../errors.js';
import type { ScanWarning } from '../scan-types.js';

/** One check that tripped. */
export interface Implausible {
  readonly check: PlausibilityCheck;
  /** What was found, with numbers. */
  readonly message: string;
  /** What may be behind it. */
  readonly hint: string;
  /** It was found by comparing with the last good run, which goes on counting until its file is gone. */
  readonly isByLastRun?: boolean;
}

/** What the judge goes by. */
export interface PlausibilitySetup {
  /** Whoever runs it says that it is right. */
  readonly force: boolean;
  /** Where the last good run is remembered. */
  readonly lastRunFile: string;
}

/** The judge of one run. */
export class Plausibility {
  /** What was passed by force. */
  readonly warnings: ScanWarning[] = [];
  readonly #setup: PlausibilitySetup;

  constructor(setup: PlausibilitySetup) {
    this.#setup = setup;
  }

  /** Whether nothing has tripped: only such a run may be compared with later. */
  get isGood(): boolean {
    return this.warnings.length === 0;
  }

  /** Stops the run where something tripped, unless that is forced. @throws GuardError */
  judge(found: readonly Implausible[]): void {
    const [first] = found;
    if (first === undefined) return;
    if (!this.#setup.force) throw this.#stop(first, found);
    for (const { check, message } of found) {
      this.warnings.push({ code: check, message: `${message}; passed with --force [${check}]` });
    }
  }

  #stop(first: Implausible, found: readonly Implausible[]): GuardError {
    const others = new Set(found.map(({ check }) => check));
    others.delete(first.check);
    const checks = [first.check, ...others] as const;
    const messages = found.map(({ message }) => message).join('; ');
    const pass = found.some(({ isByLastRun }) => isByLastRun)
      ? `If this is right, run again with --force; to take it for granted from now on, delete ${this.#setup.lastRunFile}.`
      : 'If this is right, run again with --force.';
    return new GuardError(`${messages}; nothing was written [${checks.join(', ')}]`, `${first.hint} ${pass}`, checks);
  }
}

/** The frame of one run: its phases and their times, its warnings, its abort signal, and all that must be closed after it. */
import { InterruptedError } from '../errors.js';
import type { AskedOfServer, PhaseName, ScanEvent, ScanOptions, ScanSummary, ScanWarning } from '../scan-types.js';
import { version } from '../version.js';

interface Closable {
  close(): unknown;
}

/** What a summary needs beside the frame's own times and warnings. */
export type SummaryFigures = Pick<
  ScanSummary,
  'plex' | 'scenes' | 'verdicts' | 'queue' | 'sinceLastRun' | 'roots' | 'missing' | 'refreshPlex' | 'processQueue'
>;

interface Counted {
  readonly requests: number;
  readonly retries: number;
  readonly rows: number;
  readonly bytes: number;
  readonly waitSeconds: number;
}

/** Who worked, and on what lines. */
export interface Traffic {
  readonly stash: Counted;
  readonly plex: Counted;
  readonly threads: number;
}

const NOTHING: Counted = { requests: 0, retries: 0, rows: 0, bytes: 0, waitSeconds: 0 };
const NO_TRAFFIC: Traffic = { stash: NOTHING, plex: NOTHING, threads: 0 };

/** One run of the scan. */
export class ScanRun {
  /** Aborted by the caller's signal and when the run ends, so that nothing in flight outlives it. */
  readonly signal: AbortSignal;
  /** Known once both servers are connected. */
  traffic = NO_TRAFFIC;
  readonly #controller = new AbortController();
  readonly #options: ScanOptions;
  readonly #startedAt = new Date();
  readonly #phases: { name: PhaseName; startedAt: number }[] = [];
  readonly #warnings: ScanWarning[] = [];
  readonly #owned: Closable[] = [];
  readonly #onAbort = () => {
    this.#controller.abort();
  };

  constructor(options: ScanOptions) {
    this.#options = options;
    this.signal = this.#controller.signal;
    if (options.signal?.aborted === true) this.#onAbort();
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Tells the caller something. */
  readonly emit = (event: ScanEvent): void => {
    this.#options.onEvent?.(event);
  };

  /** Notes a warning for the summary and tells the caller; what is read again says nothing new. */
  readonly warn = (warning: ScanWarning): void => {
    if (this.#warnings.some(({ code, message }) => code === warning.code && message === warning.message)) return;
    this.#warnings.push(warning);
    this.emit({ type: 'warning', warning });
  };

  /** Epoch seconds at which the run began: one moment for every comparison with the clock. */
  get now(): number {
    return this.#startedAt.getTime() / 1000;
  }

  /** Ends the current phase and begins the next. @throws InterruptedError */
  begin(phase: PhaseName): void {
    this.stopIfInterrupted();
    this.enter(phase);
  }

  /** The same where stopping would be too late: the jobs are queued. */
  enter(phase: PhaseName): void {
    this.#phases.push({ name: phase, startedAt: performance.now() });
    this.emit({ type: 'phase', phase });
  }

  /** @throws InterruptedError when the caller has aborted the run */
  stopIfInterrupted(): void {
    if (this.interrupted) throw new InterruptedError();
  }

  /** Whether the caller has aborted the run. */
  get interrupted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Takes charge of closing something when the run ends. */
  own<T extends Closable>(closable: T): T {
    this.#owned.push(closable);
    return closable;
  }

  /** Stops whatever is in flight and closes everything owned, the last opened first. */
  async close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
    const failures: unknown[] = [];
    for (const closable of this.#owned.reverse()) {
      try {
        await closable.close();
      } catch (error: unknown) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Internal error: the run could not be cleaned up');
  }

  /** The summary as of now; the last phase counts up to this moment. */
  summary(figures: SummaryFigures): ScanSummary {
    const finishedAt = new Date();
    const { stash, plex, threads } = this.traffic;
    return {
      schema: 'gapscan.summary/1',
      version,
      dryRun: this.#options.dryRun === true,
      audit: this.#options.audit === true,
      startedAt: this.#startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      elapsedSeconds: (finishedAt.getTime() - this.#startedAt.getTime()) / 1000,
      scope: scopeOf(this.#options),
      ...figures,
      threads,
      requests: { stash: stash.requests, plex: plex.requests },
      retries: { stash: stash.retries, plex: plex.retries },
      asked: { stash: askedOf(stash), plex: askedOf(plex) },
      phases: this.#phaseSeconds(),
      warnings: [...this.#warnings],
    };
  }

  /** A phase that was returned to counts once, with all its time. */
  #phaseSeconds(): ScanSummary['phases'] {
    const now = performance.now();
    const seconds = new Map<PhaseName, number>();
    for (const [i, { name, startedAt }] of this.#phases.entries()) {
      const end = this.#phases[i + 1]?.startedAt ?? now;
      seconds.set(name, (seconds.get(name) ?? 0) + (end - startedAt) / 1000);
    }
    return [...seconds].map(([name, sum]) => ({ name, seconds: Math.round(sum * 1000) / 1000 }));
  }
}

function askedOf({ requests, rows, bytes, waitSeconds }: Counted): AskedOfServer {
  return { requests, rows, bytes, waitSeconds: Math.round(waitSeconds * 1000) / 1000 };
}

/** What a run is limited to, as the summary says it. */
export function scopeOf({ libraries, since, ids }: ScanOptions): ScanSummary['scope'] {
  return {
    libraries: libraries?.length ? libraries : null,
    since: since === undefined ? null : new Date(since.epochSeconds * 1000).toISOString(),
    ids: ids === undefined ? null : new Set(ids).size,
  };
}

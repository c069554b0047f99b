/** Tells what a scan is doing: one live line on a terminal, sparse lines elsewhere. */
import { unreachable } from '../../shared/unreachable.js';
import type { PhaseName, ScanEvent } from '../scan-types.js';
import { formatCount, formatDuration, plural } from './format.js';
import type { Terminal } from './terminal.js';

const PHASE_TEXT: Readonly<Record<PhaseName, string>> = {
  plex: 'Reading Plex',
  index: 'Building the index',
  stash: 'Checking scenes',
  merge: 'Settling matches',
  queue: 'Writing jobs',
  report: 'Writing reports',
};

const SERVERS = { stash: 'Stash', plex: 'Plex' } as const;

/** Redrawing faster only flickers. */
const LIVE_INTERVAL_MS = 100;
/** In a log, a line this often shows that the run is alive. */
const SPARSE_INTERVAL_MS = 10_000;

/** Renders scan events. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #phase: PhaseName | undefined;
  #phaseStarted = 0;
  /** How far each phase has come: a part that is read again, or a phase that is returned to, does not go back. */
  readonly #furthest = new Map<PhaseName, number>();
  /** Scenes that came while Plex is read. */
  #scenesBeside = 0;
  /** How far this one had come when it began. */
  #begunAt = 0;
  #lastShown = 0;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
    this.#lastShown = now();
  }

  /** Takes an event of the scan. */
  readonly handle = (event: ScanEvent): void => {
    switch (event.type) {
      case 'phase':
        this.#begin(event.phase);
        return;
      case 'progress':
        this.#progress(event);
        return;
      case 'retry':
        this.#terminal.say(
          `${event.reason}; trying again in ${formatDuration(event.delayMs / 1000)} (${event.attempt})`,
        );
        return;
      case 'reading':
        this.#terminal.say(
          `Reading all of Plex (${plural(event.items, 'item')} in ${event.sections === 1 ? '1 library' : `${event.sections} libraries`}) for ${plural(event.scenes, 'scene')}`,
        );
        return;
      case 'waiting':
        this.#terminal.say(`${SERVERS[event.server]} has not answered for ${event.seconds} s; still waiting`);
        return;
      case 'warning':
        // The summary lists them all; said twice they would only be louder.
        return;
      default:
        unreachable(event);
    }
  };

  #begin(phase: PhaseName): void {
    const now = this.#now();
    this.#phase = phase;
    this.#phaseStarted = now;
    this.#begunAt = this.#furthest.get(phase) ?? 0;
    if (this.#terminal.live) this.#terminal.draw(`${PHASE_TEXT[phase]} ...`);
    // A short run says nothing at all in a log: cron mails whatever is said.
    else if (now - this.#lastShown < SPARSE_INTERVAL_MS) return;
    else this.#terminal.say(`${PHASE_TEXT[phase]} ...`);
    this.#lastShown = now;
  }

  #progress({ phase, done: counted, total }: ScanEvent & { type: 'progress' }): void {
    const now = this.#now();
    const done = Math.max(counted, this.#furthest.get(phase) ?? 0);
    this.#furthest.set(phase, done);
    if (phase === 'stash' && this.#phase === 'plex') this.#scenesBeside = done;
    if (phase !== this.#phase || now - this.#lastShown < (this.#terminal.live ? LIVE_INTERVAL_MS : SPARSE_INTERVAL_MS))
      return;
    this.#lastShown = now;
    const seconds = (now - this.#phaseStarted) / 1000;
    const beside = phase === 'plex' && this.#scenesBeside > 0 ? `  and ${plural(this.#scenesBeside, 'scene')}` : '';
    const line = progressLine(PHASE_TEXT[phase], { done, total, begunAt: this.#begunAt, seconds }) + beside;
    if (this.#terminal.live) this.#terminal.draw(line);
    else this.#terminal.say(line);
  }
}

/** How far a phase has come. */
export interface PhaseProgress {
  readonly done: number;
  /** Undefined while unknown. */
  readonly total: number | undefined;
  /** What was done when these seconds began. */
  readonly begunAt: number;
  readonly seconds: number;
}

/** `Checking scenes  12,500 of 200,000 (6%)  25,000/s  7 s left`. */
export function progressLine(what: string, { done, total, begunAt, seconds }: PhaseProgress): string {
  const rate = seconds > 0 ? (done - begunAt) / seconds : 0;
  const parts = [what];
  if (total === undefined || total === 0) parts.push(formatCount(done));
  else
    parts.push(`${formatCount(done)} of ${formatCount(total)} (${Math.floor((Math.min(done, total) / total) * 100)}%)`);
  if (rate > 0) parts.push(`${formatCount(Math.round(rate))}/s`);
  if (rate > 0 && total !== undefined && total > done) parts.push(`${formatDuration((total - done) / rate)} left`);
  return parts.join('  ');
}

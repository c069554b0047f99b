/** How far a scan has come, as one bar. */
import type { Terminal } from '../output/terminal.js';
import type { PhaseName, ScanEvent } from '../scan-types.js';

/** Where in the bar each phase begins and ends; both servers' listings take most of the time. */
const SPANS: Readonly<Record<PhaseName, readonly [from: number, to: number]>> = {
  plex: [0, 0.45],
  index: [0.45, 0.47],
  stash: [0.47, 0.92],
  merge: [0.92, 0.96],
  queue: [0.96, 0.98],
  report: [0.98, 1],
};

/** Draws a change of this much. */
const STEP = 0.005;

/** Draws the bar; it never goes back, though a scan may return to a phase. */
export class PluginProgress {
  readonly #terminal: Terminal;
  #shown = 0;
  #phase: PhaseName | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Takes an event of the scan. */
  readonly handle = (event: ScanEvent): void => {
    if (event.type === 'phase') this.#phase = event.phase;
    // Scenes that come while Plex is read say nothing of how long that will take.
    if (event.type === 'progress' && event.phase === 'stash' && this.#phase === 'plex') return;
    if (event.type === 'progress' && event.total) {
      const [from, to] = SPANS[event.phase];
      this.#show(from + (to - from) * Math.min(1, event.done / event.total));
    } else if (event.type === 'phase' && event.phase !== 'plex' && event.phase !== 'stash') {
      this.#show(SPANS[event.phase][0]);
    }
  };

  #show(fraction: number): void {
    if (fraction < this.#shown + STEP) return;
    this.#shown = fraction;
    this.#terminal.progress(fraction);
  }
}

/** The gaps of a page as flat columns: they cross between threads by transfer, where objects would be cloned one by one. */
import { Growing } from './index/growing.js';
import type { ClassifiedGap, GapColumns } from './messages.js';

/** What a gap's code says; the first is a gap with a job. */
const OUTCOMES = [undefined, 'not_selected', 'withheld', 'unsafe_name'] as const;

/** Collects the gaps of one page. */
export class GapColumnsWriter {
  readonly #sceneIds = new Growing((length) => new Uint32Array(length));
  readonly #updatedAt = new Growing((length) => new Float64Array(length));
  readonly #outcomes = new Growing((length) => new Uint8Array(length));
  readonly #jobEnds = new Growing((length) => new Uint32Array(length));
  readonly #jobs = new Growing((length) => new Uint8Array(length));

  /** Begins a new page. */
  reset(): void {
    for (const column of [this.#sceneIds, this.#updatedAt, this.#outcomes, this.#jobEnds, this.#jobs])
      column.length = 0;
  }

  add({ sceneId, updatedAt, outcome, job }: ClassifiedGap): void {
    this.#sceneIds.push(sceneId);
    this.#updatedAt.push(updatedAt);
    this.#outcomes.push(OUTCOMES.indexOf(outcome));
    if (job) this.#jobs.append(job);
    this.#jobEnds.push(this.#jobs.length);
  }

  /** The gaps, in memory of their own that can be transferred. */
  finish(): GapColumns {
    return {
      sceneIds: this.#sceneIds.view().slice(),
      updatedAt: this.#updatedAt.view().slice(),
      outcomes: this.#outcomes.view().slice(),
      jobEnds: this.#jobEnds.view().slice(),
      jobs: this.#jobs.view().slice(),
    };
  }
}

/** Reads columns back; each job is a view of them. */
export function* readGaps({ sceneIds, updatedAt, outcomes, jobEnds, jobs }: GapColumns): Generator<ClassifiedGap> {
  let jobAt = 0;
  for (let i = 0; i < sceneIds.length; i++) {
    const jobEnd = jobEnds[i] ?? 0;
    const outcome = OUTCOMES[outcomes[i] ?? 0];
    const job = outcome === undefined ? jobs.subarray(jobAt, jobEnd) : undefined;
    yield { sceneId: sceneIds[i] ?? 0, updatedAt: updatedAt[i] ?? NaN, outcome, job };
    jobAt = jobEnd;
  }
}

/** What keeps the queue from being worked off, and the command that cures each. */
import type { QueueRow } from '../queue/inspect.js';
import type { WorkerState } from '../queue/worker-lock.js';
import type { NameFault } from '../scan/judge-rows.js';

/** Every reason, in the order they are shown. */
export const BLOCK_REASONS = ['unsafe_name', 'missing', 'undecodable', 'taken'] as const;

/** Why rows cannot be worked off. */
export type BlockReason = (typeof BLOCK_REASONS)[number];

/** Rows that are blocked for one reason. */
export interface Blocked {
  readonly reason: BlockReason;
  readonly rows: number;
  readonly command: string;
}

const COMMANDS: Readonly<Record<BlockReason, string>> = {
  unsafe_name: 'gapscan queue drop --unsafe',
  missing: 'gapscan queue drop --missing',
  undecodable: 'gapscan queue drop --undecodable',
  // The task that gets the worker's lock takes up again what was left.
  taken: 'gapscan scan --process-queue',
};

/** What the rows of a queue are, as far as that blocks it. */
export interface QueueFacts {
  readonly waiting: readonly QueueRow[];
  readonly taken: number;
  readonly worker: WorkerState;
  readonly faults: ReadonlyMap<number, NameFault>;
}

/** The reasons that hold, with their rows. */
export function blockedBy({ waiting, taken, worker, faults }: QueueFacts): Blocked[] {
  const counts: Record<BlockReason, number> = { unsafe_name: 0, missing: 0, undecodable: 0, taken: 0 };
  for (const { id, kind } of waiting) {
    const fault = kind === 'undecodable' ? kind : faults.get(id);
    if (fault !== undefined) counts[fault]++;
  }
  if (worker === 'none') counts.taken = taken;
  return BLOCK_REASONS.filter((reason) => counts[reason] > 0).map((reason) => ({
    reason,
    rows: counts[reason],
    command: COMMANDS[reason],
  }));
}

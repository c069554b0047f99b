/** Missing scenes told by reason and directory: two thousand lines are no help, three directories are. */
import { MISSING_REASONS, type MissingReason } from '../../shared/verdicts.js';
import { components } from '../../shared/path.js';
import type { MissingGroup, MissingSummary } from '../scan-types.js';
import { directoryOf } from './directory-of.js';

/** More directories of one reason than this are told by those around them, the smallest first. */
const MOST_GROUPS = 50;

/** Says what to do about scenes missing for a reason below a directory of Stash; `example` is the directory of one of them. */
export type NextStep = (reason: MissingReason, directory: string, example: string) => string;

/** The groups of all reasons together, the biggest first. */
export function biggestFirst(
  missing: readonly MissingSummary[],
): (MissingGroup & { readonly reason: MissingReason })[] {
  return missing
    .flatMap(({ reason, groups }) => groups.map((group) => ({ reason, ...group })))
    .sort((a, b) => b.scenes - a.scenes);
}

interface Directory {
  scenes: number;
  /** A directory whose scenes are counted here. */
  readonly example: string;
  /** How many components it has. */
  readonly depth: number;
}

/** Counts missing scenes. */
export class MissingGroups {
  readonly #byReason = new Map<MissingReason, Map<string, Directory>>();

  /** Counts a scene. */
  add(reason: MissingReason, directory: string): void {
    const directories = this.#byReason.get(reason) ?? new Map<string, Directory>();
    this.#byReason.set(reason, directories);
    const known = directories.get(directory);
    if (known) known.scenes++;
    else directories.set(directory, { scenes: 1, example: directory, depth: components(directory).length });
  }

  /** The reasons there are, the biggest first, each with its biggest directories first. */
  summary(nextStep: NextStep): MissingSummary[] {
    return [...this.#byReason]
      .map(([reason, directories]): MissingSummary => {
        const groups = [...gathered(directories)]
          .map(([directory, { scenes, example }]): MissingGroup => ({
            directory,
            scenes,
            nextStep: nextStep(reason, directory, example),
          }))
          .sort((a, b) => b.scenes - a.scenes || (a.directory < b.directory ? -1 : 1));
        return { reason, scenes: groups.reduce((sum, { scenes }) => sum + scenes, 0), groups };
      })
      .sort((a, b) => b.scenes - a.scenes || MISSING_REASONS.indexOf(a.reason) - MISSING_REASONS.indexOf(b.reason));
  }
}

/** At most so many directories: while they are too many, the smallest, of those the innermost, goes into the one around it. */
function gathered(directories: ReadonlyMap<string, Directory>): Map<string, Directory> {
  const all = new Map(directories);
  while (all.size > MOST_GROUPS) {
    const few = smallestOf(all);
    const deepest = few.reduce((most, { depth }) => Math.max(most, depth), 0);
    if (deepest === 0) break;
    for (const { directory, depth, scenes, example } of few) {
      if (depth !== deepest || all.size <= MOST_GROUPS) continue;
      const around = directoryOf(directory);
      const known = all.get(around);
      all.delete(directory);
      all.set(around, { scenes: (known?.scenes ?? 0) + scenes, example: known?.example ?? example, depth: depth - 1 });
    }
  }
  return all;
}

interface NamedDirectory extends Directory {
  readonly directory: string;
}

function smallestOf(all: ReadonlyMap<string, Directory>): NamedDirectory[] {
  let least = Infinity;
  for (const { scenes } of all.values()) least = Math.min(least, scenes);
  const few: NamedDirectory[] = [];
  for (const [directory, known] of all) if (known.scenes === least) few.push({ ...known, directory });
  return few;
}

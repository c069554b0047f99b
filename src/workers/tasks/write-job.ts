/** Writes the job a judgement asks for. */
import type { PageFacts } from '../judgement/facts.js';
import type { JobPath } from '../judgement/gap.js';
import type { PageEngine, Room } from '../pages/page-engine.js';

/**
 * Writes the job of the scene the facts are at, and says where it lies in memory; undefined when none is asked for.
 * @param asOf epoch seconds of when the scene was asked for
 */
export function writeJob(
  engine: PageEngine,
  facts: PageFacts,
  path: JobPath | undefined,
  asOf: number,
): Room | undefined {
  if (path === undefined) return undefined;
  return path.kind === 'file'
    ? engine.writeFileJob(facts.sceneAt, facts.fileAt(path.file), path.spelledAs, asOf)
    : engine.writePathJob(facts.sceneAt, path.path, asOf);
}

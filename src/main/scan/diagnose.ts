/**
 * The fourth step: how directories correspond, and why scenes are missing. It changes no verdict and nothing that is
 * queued. Commands that only read end here.
 */
import { holdersOf } from '../state/known-matches.js';
import { Diagnosis, type Diagnosed } from '../missing/diagnose.js';
import { MissingGroups } from '../missing/groups.js';
import { nextStep } from '../missing/next-step.js';
import { Places } from '../missing/places.js';
import { UnscannedDirectories } from '../missing/unscanned.js';
import type { ItemQuestions } from '../missing/unmatched-items.js';
import { DirTree } from '../roots/dir-tree.js';
import { findRoots, type Root, type Roots } from '../roots/find-roots.js';
import { mappingWarnings } from '../roots/mapping-warnings.js';
import type { MissingSummary, RootSummary } from '../scan-types.js';
import { hasMeaningfulMetadata } from '../../workers/judgement/metadata.js';
import type { Connected } from './connect.js';
import { hasCheckedAll, isWhole, recallRoots } from './memory.js';
import { mayHold, type Settled } from './settle.js';

/** Everything a scan finds. */
export interface Explained extends Settled {
  readonly roots: Roots;
  readonly places: Places;
  readonly missing: readonly MissingSummary[];
  /** Where scenes lie that Plex has not scanned. */
  readonly unscanned: UnscannedDirectories;
  /** Says why a scene is missing. */
  readonly diagnosis: Diagnosis;
}

/** Diagnoses what is missing. @throws QueueError when the disk for temporary files is full */
export function diagnose(connected: Connected, settled: Settled): Explained {
  const { run, options, allSections, sections } = connected;
  const { index, merge, stage } = settled;
  const tree = new DirTree(index);
  const roots = findRoots({
    index,
    tree,
    counts: merge.partings.counts(),
    strongParts: partsOf(merge.claims.proven()),
    mappings: options.pathMappings ?? [],
    earlier: recallRoots(connected),
    isWhole: isWhole(connected, settled),
  });
  const spellingOf = (directory: readonly string[]) => {
    const [dir] = tree.find(directory);
    return dir === undefined ? undefined : index.dirPath(dir);
  };
  const places = new Places({ roots: roots.forPaths, all: allSections, selected: sections, spellingOf });
  const questions: ItemQuestions = {
    index,
    tree,
    takenOf: takenItems(connected, settled),
    mayBeNobodys: (item) => mayBeNobodys(connected, settled, item),
  };
  const diagnosis = new Diagnosis(questions, places, stage.missingScenes());
  const groups = new MissingGroups();
  const unscanned = new UnscannedDirectories();
  let found: Diagnosed[] = [];
  for (const scene of stage.missingScenes()) {
    const diagnosed = diagnosis.diagnose(scene);
    groups.add(diagnosed.reason, diagnosed.directory);
    if (diagnosed.reason === 'not_scanned' && diagnosed.place) unscanned.add(diagnosed.place);
    found.push(diagnosed);
    if (found.length < NOTED_AT_ONCE) continue;
    stage.noteMissing(found);
    found = [];
  }
  stage.noteMissing(found);
  mappingWarnings(roots).forEach(run.warn);
  const missing = groups.summary((reason, directory, example) => nextStep(reason, directory, places.find(example)));
  return { ...settled, roots, places, missing, unscanned, diagnosis };
}

/** Scenes that are kept in memory before they are noted. */
const NOTED_AT_ONCE = 1000;

function* partsOf(claims: Iterable<{ readonly part: number }>): Generator<number> {
  for (const { part } of claims) yield part;
}

/** Of some items those that a scene is: of this run, or proven in an earlier one. */
function takenItems(connected: Connected, { merge, known, index }: Settled): ItemQuestions['takenOf'] {
  return (items) => {
    const free = items.filter((item) => !merge.claims.hasClaim(item));
    const holderOf = holdersOf(index, known, free, mayHold(connected, merge));
    const isFree = new Set(free.filter((item) => holderOf(item, 0) === 0));
    return new Set(items.filter((item) => !isFree.has(item)));
  };
}

/** Who has not been looked at may be an item's scene: whoever is in sync has one with metadata, of others nothing is known. */
function mayBeNobodys(connected: Connected, settled: Settled, item: number): boolean {
  if (isWhole(connected, settled)) return true;
  return hasCheckedAll(connected, settled) && !hasMeaningfulMetadata(settled.index.presence(item));
}

/** The roots as the summary shows them; each has been seen. */
export function rootSummaries({ found }: Roots): RootSummary[] {
  return found.flatMap(({ stash, plex, scenes, contradictions, isConfigured, example }: Root) =>
    example === undefined ? [] : [{ stash, plex, scenes, contradictions, configured: isConfigured, example }],
  );
}

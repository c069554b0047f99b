/**
 * The fourth step: how directories correspond, and why scenes are missing. It changes no verdict and nothing that is
 * queued. Commands that only read end here.
 */
import { holdersOf } from '../state/known-matches.js';
import { diagnoseMissing } from '../missing/diagnose.js';
import { MissingGroups, type NextStep } from '../missing/groups.js';
import { nextStep, nextStepAfter } from '../missing/next-step.js';
import { Places } from '../missing/places.js';
import { UnscannedDirectories } from '../missing/unscanned.js';
import type { ItemQuestions } from '../missing/item-questions.js';
import { DirTree } from '../roots/dir-tree.js';
import { findRoots, type Root, type Roots } from '../roots/find-roots.js';
import { mappingWarnings } from '../roots/mapping-warnings.js';
import type { LineChange } from '../report/line-changes.js';
import type { MissingScene, MissingSummary, RootSummary } from '../scan-types.js';
import { hasMeaningfulMetadata } from '../../workers/judgement/metadata.js';
import type { Connected } from './connect.js';
import { hasCheckedAll, isWhole, recallRoots } from './memory.js';
import { mayHold, type Settled } from './settle.js';

/** Everything a scan finds. */
export interface Diagnosed extends Settled {
  readonly roots: Roots;
  readonly places: Places;
  readonly missing: readonly MissingSummary[];
  /** What to do about scenes that are missing. */
  readonly nextStepFor: NextStep;
  /** Where scenes lie that Plex has not scanned. */
  readonly unscanned: UnscannedDirectories;
}

/** Diagnoses what is missing. */
export function diagnose(connected: Connected, settled: Settled): Diagnosed {
  const { run, options, allSections, sections } = connected;
  const { index, merge } = settled;
  const tree = new DirTree(index);
  const roots = findRoots({
    index,
    tree,
    counts: merge.partings.counts(),
    strongParts: () => merge.claims.proven().parts,
    mappings: options.pathMappings ?? [],
    earlier: recallRoots(connected),
    isWhole: isWhole(connected, settled),
  });
  const places = new Places({ tree, roots: roots.forPaths, all: allSections, selected: sections });
  const questions: ItemQuestions = {
    index,
    takenOf: takenItems(connected, settled),
    mayBeNobodys: nobodysItems(connected, settled),
  };
  const groups = new MissingGroups();
  const unscanned = new UnscannedDirectories();
  for (const found of diagnoseMissing(questions, places, merge.missing)) {
    merge.missing.note(found.number, found);
    groups.add(found.reason, found.directory);
    if (found.reason === 'not_scanned' && found.place) unscanned.add(found.place, found.directory);
  }
  mappingWarnings(roots).forEach(run.warn);
  const nextStepFor: NextStep = (reason, directory, example) =>
    nextStep(reason, directory, places.spell(directory), places.find(example));
  return { ...settled, roots, places, missing: groups.summary(nextStepFor), unscanned, nextStepFor };
}

/** Of some items those that a scene is: of this run, or proven in an earlier one. */
function takenItems(connected: Connected, { merge, known, index }: Settled): ItemQuestions['takenOf'] {
  return (items) => {
    const taken = new Set<number>();
    const free: number[] = [];
    for (const item of items) {
      if (merge.claims.hasClaim(item)) taken.add(item);
      else free.push(item);
    }
    const holderOf = holdersOf(index, known, free, mayHold(connected, merge));
    for (const item of free) if (holderOf(item, 0) !== 0) taken.add(item);
    return taken;
  };
}

/** Who has not been looked at may be an item's scene: whoever is in sync has one with metadata, of others nothing is known. */
function nobodysItems(connected: Connected, settled: Settled): ItemQuestions['mayBeNobodys'] {
  if (isWhole(connected, settled)) return () => true;
  if (!hasCheckedAll(connected, settled)) return () => false;
  return (item) => !hasMeaningfulMetadata(settled.index.presence(item));
}

/** What the report lines of missing scenes are told, in the order of scene ids. */
export function* missingLines({ merge, index, nextStepFor }: Diagnosed): Generator<LineChange> {
  const steps = new Map<string, string>();
  const stepOf = ({ reason, directory, suggestion }: MissingScene): string => {
    if (suggestion !== null) return nextStepAfter(suggestion);
    const key = `${reason} ${directory}`;
    const step = steps.get(key) ?? nextStepFor(reason, directory, directory);
    steps.set(key, step);
    return step;
  };
  for (const { sceneId, describe } of merge.missing.findings(index)) {
    const diagnosis = () => {
      const missing = describe();
      return { missing, nextStep: stepOf(missing) };
    };
    yield { sceneId, diagnosis };
  }
}

/** The roots as the summary shows them; each has been seen. */
export function rootSummaries({ found }: Roots): RootSummary[] {
  return found.flatMap(({ stash, plex, scenes, contradictions, isConfigured, example }: Root) =>
    example === undefined ? [] : [{ stash, plex, scenes, contradictions, configured: isConfigured, example }],
  );
}

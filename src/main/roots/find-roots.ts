/** The roots of a run: those inferred from its strong matches, and what they say of the configured mappings. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { foldedComponents, foldMappings } from '../../shared/path.js';
import { foldKey } from '../../shared/text-key.js';
import type { PathMapping } from '../scan-types.js';
import { countBelow, type DirTree } from './dir-tree.js';
import { joinPath } from './join-path.js';
import { inferRoots, type InferredRoot, type RootVotes } from './infer-roots.js';
import type { PartingCount } from './parting-counts.js';

/** Whatever lies below a directory of Stash lies at the same place below one of Plex. */
export interface Root {
  /** Folded components, outermost first. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** The same as each side spells it; `/` for the outermost. */
  readonly stash: string;
  readonly plex: string;
  /** Strong matches it explains, and strong matches below its Stash directory that lie elsewhere. */
  readonly scenes: number;
  readonly contradictions: number;
  readonly isConfigured: boolean;
  /** A file of a scene and the same in Plex; undefined where no match shows any. */
  readonly example: PathPair | undefined;
}

/** One file as both sides spell it. */
export interface PathPair {
  readonly stash: string;
  readonly plex: string;
}

/** A configured mapping that more matches contradict than fit it, or that fits nothing at all. */
export interface WrongMapping {
  readonly mapping: PathMapping;
  readonly scenes: number;
  readonly contradictions: number;
  readonly example: PathPair;
}

/** What is known of how directories correspond. */
export interface Roots {
  /** Those shown by this run, most scenes first. */
  readonly found: readonly Root[];
  /** By which paths are mapped: the first whose Stash directory a path lies below. */
  readonly forPaths: readonly Root[];
  readonly wrong: readonly WrongMapping[];
}

/** What roots are found from. */
export interface RootSources {
  readonly index: PlexIndex;
  readonly tree: DirTree;
  readonly counts: Iterable<PartingCount>;
  /** The parts of all strong matches; asked for where a root may have to be split. */
  readonly strongParts: () => Iterable<number>;
  readonly mappings: readonly PathMapping[];
  /** Of earlier runs, for directories this one shows nothing of. */
  readonly earlier: readonly Root[];
  /** Every scene has been looked at: a mapping that fits none of them is of no use. */
  readonly isWhole: boolean;
}

interface Votes extends RootVotes {
  readonly within: Map<string, number>;
  /** How these directories are spelled. */
  readonly spelling: Map<string, string>;
  scenes: number;
  /** Of the scenes, those a configured mapping that holds has placed already. */
  covered: number;
  readonly stash: string;
  readonly plex: string;
  readonly example: PathPair;
}

/** Finds them. */
export function findRoots(sources: RootSources): Roots {
  const counts = [...sources.counts];
  const mappings = judgeMappings(sources, counts);
  const held = mappings.filter(({ isHeld }) => isHeld).map(({ root }) => root);
  const inferred = inferFrom(sources, counts, mappings);
  const shown = inferred.filter(({ uncovered }) => uncovered > 0);
  const now = [...held, ...inferred.map(({ root }) => root)];
  const isShown = ({ from }: Root) => now.some((root) => root.from.join('/') === from.join('/'));
  return {
    found: [
      ...held.filter(({ scenes }) => scenes > 0),
      ...shown.map(({ root, uncovered }) => ({ ...root, scenes: uncovered })),
    ].sort((a, b) => b.scenes - a.scenes),
    // Of equal directories the configured comes first, and what a run has shown before what an earlier one has.
    forPaths: [...now, ...sources.earlier.filter((root) => !isShown(root))].sort(
      (a, b) => b.from.length - a.from.length,
    ),
    wrong: mappings.flatMap(wrongMapping),
  };
}

interface JudgedMapping {
  readonly root: Root;
  readonly isHeld: boolean;
  /** Of a scene that lies elsewhere; undefined when there is none. */
  readonly counterExample: PathPair | undefined;
}

/** Holds the configured mappings against the matches, in the order in which they are numbered. */
function judgeMappings({ index, mappings, isWhole }: RootSources, counts: readonly PartingCount[]): JudgedMapping[] {
  return foldMappings(mappings).map(({ from, to, stash, plex }, number) => {
    const own = counts.filter(({ mapping }) => mapping === number);
    const fitting = own.filter(({ isExact }) => isExact);
    const against = own.filter(({ isExact }) => !isExact);
    const [scenes, contradictions] = [sum(fitting), sum(against)];
    const isUseless = isWhole && own.length === 0;
    const [example, counterExample] = [fitting, isUseless ? counts : against].map(
      ([first]) => first && exampleOf(index, first),
    );
    const root: Root = { from, to, stash, plex, scenes, contradictions, isConfigured: true, example };
    return { root, isHeld: contradictions <= scenes && !isUseless, counterExample };
  });
}

const sum = (counts: readonly PartingCount[]): number => counts.reduce((all, { scenes }) => all + scenes, 0);

const exampleOf = (index: PlexIndex, { example }: PartingCount): PathPair => ({
  stash: example.stash,
  plex: index.partPath(example.part),
});

function wrongMapping({ root, isHeld, counterExample }: JudgedMapping): WrongMapping[] {
  if (isHeld || counterExample === undefined) return [];
  const { stash, plex, scenes, contradictions } = root;
  return [{ mapping: { stash, plex }, scenes, contradictions, example: counterExample }];
}

interface Inferred {
  readonly root: Root;
  /** Scenes no configured mapping places. */
  readonly uncovered: number;
}

function inferFrom(
  { index, tree, strongParts }: RootSources,
  counts: readonly PartingCount[],
  mappings: readonly JudgedMapping[],
): Inferred[] {
  const votes = new Map<string, Votes>();
  for (const count of counts) {
    const isCovered = count.isExact && count.mapping !== undefined && mappings[count.mapping]?.isHeld === true;
    addVotes(votes, index, count, isCovered);
  }
  let below: Uint32Array | undefined;
  const strongBelow = (directory: readonly string[]): number => {
    below ??= countBelow(index, strongParts());
    return tree.find(directory).reduce((all, dir) => all + (below?.[dir] ?? 0), 0);
  };
  return inferRoots([...votes.values()], strongBelow).map(describe);
}

function addVotes(votes: Map<string, Votes>, index: PlexIndex, count: PartingCount, isCovered: boolean): void {
  const plexDir = count.dir === NONE ? '' : index.dirPath(count.dir);
  const [from, to] = [foldedComponents(count.stash), foldedComponents(plexDir)];
  const key = JSON.stringify([from, to]);
  const example = exampleOf(index, count);
  const vote = votes.get(key) ?? {
    from,
    to,
    scenes: 0,
    covered: 0,
    within: new Map<string, number>(),
    spelling: new Map<string, string>(),
    stash: count.stash === '' ? outermost(example.stash) : count.stash,
    plex: plexDir === '' ? outermost(example.plex) : plexDir,
    example,
  };
  votes.set(key, vote);
  vote.scenes += count.scenes;
  if (isCovered) vote.covered += count.scenes;
  for (const [dir, scenes] of count.common) {
    if (dir === NONE) continue;
    const spelled = index.dirName(dir);
    const name = foldKey(spelled);
    vote.spelling.set(name, spelled);
    vote.within.set(name, (vote.within.get(name) ?? 0) + scenes);
  }
}

/** What a path that is left with nothing begins with. */
const outermost = (path: string): string => /^[/\\]/.exec(path)?.[0] ?? '';

function describe({ from, to, scenes, contradictions, votes }: InferredRoot<Votes>): Inferred {
  // One that was split lies a directory further in.
  const more = from.slice(votes.from.length).map((name) => votes.spelling.get(name) ?? name);
  const root: Root = {
    from,
    to,
    stash: joinPath(votes.stash, more),
    plex: joinPath(votes.plex, more),
    scenes,
    contradictions,
    isConfigured: false,
    example: votes.example,
  };
  return { root, uncovered: Math.max(0, scenes - votes.covered) };
}

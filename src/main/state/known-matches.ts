/**
 * The known matches of earlier runs on disk: which scene was, by path or size, proven to be which item. They decide nothing
 * that the matcher could: they only keep a weak match off an item whose own scene is not judged in this run.
 */
import type { PlexIndex } from '../../shared/index/reader.js';
import { BitSet } from '../collections/bit-set.js';
import { Growing } from '../collections/growing.js';
import type { HolderOf, ProvenClaims } from '../merge/claims.js';
import { PartFingerprints } from '../plex-index/fingerprint.js';
import { readState, writeState, type StateRead } from './state-file.js';

const VERSION = 3;

/** Parallel columns; rating keys are numbers on every server seen, others are not remembered. */
export interface KnownMatches {
  readonly version: typeof VERSION;
  /** The Stash the ids and the Plex server the keys belong to. */
  readonly servers: string;
  readonly scenes: Uint32Array;
  readonly ratingKeys: Float64Array;
  /** Of the item's part that matched; see {@link PartFingerprints}. */
  readonly parts: Uint32Array;
}

/** Reads the matches; those of other servers are as good as absent. */
export function readKnownMatches(path: string, servers: string): StateRead<KnownMatches> {
  const read = readState(path, isKnownMatches);
  return read.kind === 'read' && read.value.servers !== servers ? { kind: 'absent' } : read;
}

/**
 * Who holds each of some items: a scene whose match was proven in an earlier run, as long as the item's file is what it was.
 * @param mayHold whether a scene may hold anything: one that is gone, or is judged in this run, may not
 */
export function holdersOf(
  index: PlexIndex,
  known: KnownMatches | undefined,
  items: Iterable<number>,
  mayHold: (sceneId: number) => boolean,
): HolderOf {
  if (known === undefined) return () => 0;
  const wanted = new Map<number, number>();
  for (const item of items) wanted.set(index.ratingKeyNumber(item), item);
  if (wanted.size === 0) return () => 0;
  const holders = new Map<number, number>();
  const fingerprints = new PartFingerprints(index);
  for (const [i, ratingKey] of known.ratingKeys.entries()) {
    const item = wanted.get(ratingKey);
    const sceneId = known.scenes[i] ?? 0;
    if (item !== undefined && mayHold(sceneId) && hasPart(index, fingerprints, item, known.parts[i] ?? 0))
      holders.set(item, sceneId);
  }
  return (item) => holders.get(item) ?? 0;
}

function hasPart(index: PlexIndex, fingerprints: PartFingerprints, item: number, fingerprint: number): boolean {
  const [first, end] = index.partsOf(item);
  for (let part = first; part < end; part++) if (fingerprints.of(part) === fingerprint) return true;
  return false;
}

/** This run's proven matches, and those of earlier runs that this one says nothing about. */
export interface MatchesToKeep {
  readonly index: PlexIndex;
  readonly proven: ProvenClaims;
  readonly earlier: KnownMatches | undefined;
  readonly keepEarlier: (sceneId: number) => boolean;
}

/** Replaces the matches. @throws QueueError */
export async function writeKnownMatches(path: string, servers: string, matches: MatchesToKeep): Promise<void> {
  const { index, proven, earlier, keepEarlier } = matches;
  const columns = new KnownMatchColumns(proven.scenes.length);
  const fingerprints = new PartFingerprints(index);
  const { scenes, items, parts } = proven;
  for (let i = 0; i < scenes.length; i++) {
    const ratingKey = index.ratingKeyNumber(items[i] ?? 0);
    if (!Number.isNaN(ratingKey)) columns.add(scenes[i] ?? 0, ratingKey, fingerprints.of(parts[i] ?? 0));
  }
  for (const [i, sceneId] of earlier?.scenes.entries() ?? []) {
    if (keepEarlier(sceneId)) columns.add(sceneId, earlier?.ratingKeys[i] ?? 0, earlier?.parts[i] ?? 0);
  }
  await writeState(path, { version: VERSION, servers, ...columns.views() } satisfies KnownMatches);
}

/** Columns, not objects: a million matches as entries of a Map were the largest thing in memory. */
class KnownMatchColumns {
  readonly #seen = new BitSet();
  readonly #scenes: Growing<Uint32Array>;
  readonly #ratingKeys: Growing<Float64Array>;
  readonly #parts: Growing<Uint32Array>;

  /** @param expected how many there will be, as far as that is known */
  constructor(expected: number) {
    this.#scenes = new Growing((length) => new Uint32Array(length), expected);
    this.#ratingKeys = new Growing((length) => new Float64Array(length), expected);
    this.#parts = new Growing((length) => new Uint32Array(length), expected);
  }

  /** Adds a match; of one scene the first counts. */
  add(sceneId: number, ratingKey: number, part: number): void {
    if (!this.#seen.add(sceneId)) return;
    this.#scenes.push(sceneId);
    this.#ratingKeys.push(ratingKey);
    this.#parts.push(part);
  }

  views(): Pick<KnownMatches, 'scenes' | 'ratingKeys' | 'parts'> {
    return { scenes: this.#scenes.view(), ratingKeys: this.#ratingKeys.view(), parts: this.#parts.view() };
  }
}

function isKnownMatches(value: unknown): value is KnownMatches {
  if (typeof value !== 'object' || value === null) return false;
  const { version, servers, scenes, ratingKeys, parts } = value as Partial<KnownMatches>;
  return (
    version === VERSION &&
    typeof servers === 'string' &&
    scenes instanceof Uint32Array &&
    ratingKeys instanceof Float64Array &&
    parts instanceof Uint32Array &&
    scenes.length === ratingKeys.length &&
    scenes.length === parts.length
  );
}

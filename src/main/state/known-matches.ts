/** The known-match cache on disk: scene id -> rating key and evidence of earlier runs. */
import type { EngineMemory } from '../../shared/engine/memory.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { buildIdTable, type IdTable } from '../../shared/id-table.js';
import { packKnownMatch } from '../../shared/known-match.js';
import { BitSet } from '../collections/bit-set.js';
import type { StandingClaims } from '../merge/claims.js';
import { readState, writeState, type StateRead } from './state-file.js';

const VERSION = 1;

/** Parallel columns; rating keys are numbers on every server seen, others are not remembered. */
export interface KnownMatches {
  readonly version: typeof VERSION;
  /** The pair of servers the ids and keys belong to. */
  readonly servers: string;
  readonly scenes: Uint32Array;
  readonly ratingKeys: Float64Array;
  readonly evidence: Uint32Array;
}

/** Reads the cache; of other servers it is as good as absent. */
export function readKnownMatches(path: string, servers: string): StateRead<KnownMatches> {
  const read = readState(path, isKnownMatches);
  return read.kind === 'read' && read.value.servers !== servers ? { kind: 'absent' } : read;
}

/** The remembered matches whose item still exists, as workers look them up. */
export function knownMatchTable(memory: EngineMemory, index: PlexIndex, known: KnownMatches | undefined): IdTable {
  return buildIdTable(memory, known === undefined ? [] : existing(index, known));
}

function* existing(index: PlexIndex, { scenes, ratingKeys, evidence }: KnownMatches): Generator<[number, number]> {
  for (const [i, sceneId] of scenes.entries()) {
    const item = index.itemByKey(String(ratingKeys[i] ?? ''));
    if (item !== NONE) yield [sceneId, packKnownMatch(item, evidence[i] ?? 0)];
  }
}

/** This run's matches, and of the earlier ones those of scenes this run did not judge. */
export interface MatchesToKeep {
  readonly index: PlexIndex;
  readonly standing: StandingClaims;
  readonly earlier: KnownMatches | undefined;
  readonly keepEarlier: (sceneId: number) => boolean;
}

/** Replaces the cache. @throws QueueError */
export function writeKnownMatches(path: string, servers: string, matches: MatchesToKeep): void {
  const { index, standing, earlier, keepEarlier } = matches;
  const columns = new KnownMatchColumns(standing.scenes.length + (earlier?.scenes.length ?? 0));
  // All keys in the order they lie in: in the order of the scenes, each would be fetched from afar.
  const keys = new Float64Array(index.counts.items);
  for (let item = 0; item < keys.length; item++) keys[item] = index.ratingKeyNumber(item);
  for (let i = 0; i < standing.scenes.length; i++) {
    const key = keys[standing.items[i] ?? NONE] ?? NaN;
    if (!Number.isNaN(key)) columns.add(standing.scenes[i] ?? 0, key, standing.evidence[i] ?? 0);
  }
  for (const [i, sceneId] of earlier?.scenes.entries() ?? []) {
    if (keepEarlier(sceneId)) columns.add(sceneId, earlier?.ratingKeys[i] ?? 0, earlier?.evidence[i] ?? 0);
  }
  writeState(path, { version: VERSION, servers, ...columns.views() } satisfies KnownMatches);
}

/** Columns, not objects: a million matches as entries of a Map were the largest thing in memory. */
class KnownMatchColumns {
  readonly #seen = new BitSet();
  readonly #scenes: Uint32Array;
  readonly #ratingKeys: Float64Array;
  readonly #evidence: Uint32Array;
  #length = 0;

  constructor(capacity: number) {
    this.#scenes = new Uint32Array(capacity);
    this.#ratingKeys = new Float64Array(capacity);
    this.#evidence = new Uint32Array(capacity);
  }

  /** Adds a match; of one scene the first counts. */
  add(sceneId: number, ratingKey: number, evidence: number): void {
    if (!this.#seen.add(sceneId)) return;
    const at = this.#length++;
    this.#scenes[at] = sceneId;
    this.#ratingKeys[at] = ratingKey;
    this.#evidence[at] = evidence;
  }

  views(): Pick<KnownMatches, 'scenes' | 'ratingKeys' | 'evidence'> {
    const end = this.#length;
    return {
      scenes: this.#scenes.subarray(0, end),
      ratingKeys: this.#ratingKeys.subarray(0, end),
      evidence: this.#evidence.subarray(0, end),
    };
  }
}

function isKnownMatches(value: unknown): value is KnownMatches {
  if (typeof value !== 'object' || value === null) return false;
  const { version, servers, scenes, ratingKeys, evidence } = value as Partial<KnownMatches>;
  return (
    version === VERSION &&
    typeof servers === 'string' &&
    scenes instanceof Uint32Array &&
    ratingKeys instanceof Float64Array &&
    evidence instanceof Uint32Array &&
    scenes.length === ratingKeys.length &&
    scenes.length === evidence.length
  );
}

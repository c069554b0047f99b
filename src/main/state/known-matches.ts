/** The known-match cache on disk: scene id -> rating key and evidence of earlier runs. */
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { buildIdTable, type IdTable } from '../../shared/id-table.js';
import { packKnownMatch } from '../../shared/known-match.js';
import { Growing } from '../../shared/index/growing.js';
import { BitSet } from '../merge/bit-set.js';
import type { Claim } from '../merge/claims.js';
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
export function knownMatchTable(index: PlexIndex, known: KnownMatches | undefined): IdTable {
  return buildIdTable(known === undefined ? [] : existing(index, known));
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
  readonly standing: Iterable<Claim>;
  readonly earlier: KnownMatches | undefined;
  readonly keepEarlier: (sceneId: number) => boolean;
}

/** Replaces the cache. @throws QueueError */
export function writeKnownMatches(path: string, servers: string, matches: MatchesToKeep): void {
  const { index, standing, earlier, keepEarlier } = matches;
  const columns = new KnownMatchColumns();
  for (const { sceneId, item, evidence } of standing) {
    const key = index.ratingKey(item);
    if (/^\d{1,15}$/.test(key)) columns.add(sceneId, Number(key), evidence);
  }
  for (const [i, sceneId] of earlier?.scenes.entries() ?? []) {
    if (keepEarlier(sceneId)) columns.add(sceneId, earlier?.ratingKeys[i] ?? 0, earlier?.evidence[i] ?? 0);
  }
  writeState(path, { version: VERSION, servers, ...columns.views() } satisfies KnownMatches);
}

/** Columns, not objects: a million matches as entries of a Map were the largest thing in memory. */
class KnownMatchColumns {
  readonly #seen = new BitSet();
  readonly #scenes = new Growing((length) => new Uint32Array(length));
  readonly #ratingKeys = new Growing((length) => new Float64Array(length));
  readonly #evidence = new Growing((length) => new Uint32Array(length));

  /** Adds a match; of one scene the first counts. */
  add(sceneId: number, ratingKey: number, evidence: number): void {
    if (!this.#seen.add(sceneId)) return;
    this.#scenes.push(sceneId);
    this.#ratingKeys.push(ratingKey);
    this.#evidence.push(evidence);
  }

  views(): Pick<KnownMatches, 'scenes' | 'ratingKeys' | 'evidence'> {
    return { scenes: this.#scenes.view(), ratingKeys: this.#ratingKeys.view(), evidence: this.#evidence.view() };
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

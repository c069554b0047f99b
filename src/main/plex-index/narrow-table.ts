/** The narrow table: members of crowds under the keys of crowd-keys.ts. Empty for a library without crowds. */
import { decodeUtf8, mixHash } from '../../shared/text-key.js';
import { titleKey } from '../../shared/title.js';
import {
  EMPTY_SUFFIX,
  durationBucket,
  durationKey,
  extendSuffix,
  noSizeKey,
  sizeKey,
  sizeSuffixKey,
  suffixKey,
  titleKeyHash,
} from '../../shared/index/crowd-keys.js';
import { CROWD, IndexPartWord } from '../../shared/engine/layout.js';
import { NONE } from '../../shared/index/format.js';
import { Growing, slotCount } from '../collections/growing.js';

/** What the keys are made of. */
export interface NarrowSource {
  /** One record per part; see IndexPartWord in engine/layout.ts. */
  readonly parts: Uint32Array;
  /** The same memory as doubles. */
  readonly partDoubles: Float64Array;
  readonly dirParent: Uint32Array;
  readonly dirHash: Uint32Array;
  titleOf(item: number): Uint8Array;
}

/** Slots hold entry + 1; entries with the same hash are chained. */
export interface NarrowTable {
  readonly slots: Uint32Array;
  readonly part: Uint32Array;
  readonly hash: Uint32Array;
  readonly next: Uint32Array;
}

/** Enters every member of every crowd. */
export function buildNarrowTable(crowds: readonly number[], source: NarrowSource): NarrowTable {
  const entries = { part: new Growing((n) => new Uint32Array(n)), hash: new Growing((n) => new Uint32Array(n)) };
  const enter = (part: number, hash: number) => {
    entries.part.push(part);
    entries.hash.push(hash);
  };
  const sizes = new Map<number, number>();
  for (const part of membersOf(crowds, source)) enterPart(part, source, enter, sizes);
  for (const part of membersOf(crowds, source)) enterSizeCrowd(part, source, enter, sizes);
  return chain(entries.part.view(), entries.hash.view());
}

const field = (source: NarrowSource, part: number, word: number): number =>
  source.parts[part * IndexPartWord.Words + word] ?? NONE;

const sizeOf = (source: NarrowSource, part: number): number =>
  source.partDoubles[(part * IndexPartWord.Words + IndexPartWord.Size) / 2] ?? 0;

function* membersOf(crowds: readonly number[], source: NarrowSource): Generator<number> {
  for (const head of crowds)
    for (let part = head; part !== NONE; part = field(source, part, IndexPartWord.Next)) yield part;
}

type Enter = (part: number, hash: number) => void;

function enterPart(part: number, source: NarrowSource, enter: Enter, sizes: Map<number, number>): void {
  const name = field(source, part, IndexPartWord.NameHash);
  const size = sizeOf(source, part);
  const duration = field(source, part, IndexPartWord.Duration);
  const title = titleKey(decodeUtf8(source.titleOf(field(source, part, IndexPartWord.Item))));
  for (const suffix of suffixesOf(part, source)) enter(part, suffixKey(name, suffix));
  if (title !== '') enter(part, titleKeyHash(name, title));
  if (size === 0) {
    enter(part, noSizeKey(name));
    return;
  }
  const key = sizeKey(name, size);
  enter(part, key);
  sizes.set(key, (sizes.get(key) ?? 0) + 1);
  if (duration === 0) return;
  enter(part, durationKey(name, durationBucket(duration)));
}

function enterSizeCrowd(part: number, source: NarrowSource, enter: Enter, sizes: Map<number, number>): void {
  const name = field(source, part, IndexPartWord.NameHash);
  const size = sizeOf(source, part);
  if (size === 0 || (sizes.get(sizeKey(name, size)) ?? 0) <= CROWD) return;
  for (const suffix of suffixesOf(part, source)) enter(part, sizeSuffixKey(name, size, suffix));
}

/** Of a part in no directory at all, the empty one. */
function* suffixesOf(part: number, source: NarrowSource): Generator<number> {
  let suffix = EMPTY_SUFFIX;
  if (field(source, part, IndexPartWord.Dir) === NONE) yield suffix;
  for (let dir = field(source, part, IndexPartWord.Dir); dir !== NONE; dir = source.dirParent[dir] ?? NONE) {
    suffix = extendSuffix(suffix, source.dirHash[dir] ?? 0);
    yield suffix;
  }
}

function chain(part: Uint32Array, hash: Uint32Array): NarrowTable {
  if (part.length === 0) return { slots: new Uint32Array(0), part, hash, next: new Uint32Array(0) };
  const slots = new Uint32Array(slotCount(part.length));
  const next = new Uint32Array(part.length).fill(NONE);
  const mask = slots.length - 1;
  for (let entry = part.length - 1; entry >= 0; entry--) {
    let slot = mixHash(hash[entry] ?? 0, 0) & mask;
    for (let taken = slots[slot] ?? 0; taken !== 0; taken = slots[slot] ?? 0) {
      if (hash[taken - 1] === hash[entry]) {
        next[entry] = taken - 1;
        break;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = entry + 1;
  }
  return { slots, part, hash, next };
}

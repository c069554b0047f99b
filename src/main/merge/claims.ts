/** Claims: every scene that matched an item claims it; an item can belong to one scene only. */
import type { SettledMatch } from '../../shared/messages.js';
import { isStrong, rankOf } from '../../shared/strength.js';
import { VERDICTS, type Verdict } from '../../shared/verdicts.js';
import { Growing } from '../collections/growing.js';

/** One scene's claim. */
export interface Claim {
  readonly sceneId: number;
  readonly item: number;
  /** The part of the item that matched. */
  readonly part: number;
  /** See shared/strength.ts. */
  readonly strength: number;
  /** Index into VERDICTS. */
  readonly verdict: number;
  /** Whether it keeps others off the item: no job rests on a claim that does not. */
  readonly binds: boolean;
}

/** Claims that nobody can contest, side by side. */
export interface ProvenClaims {
  readonly scenes: Uint32Array;
  readonly items: Uint32Array;
  readonly parts: Uint32Array;
}

/** A claim that does not stand, and the verdict that rested on it. */
export interface FallenClaim extends SettledMatch {
  readonly verdict: Verdict;
}

/** Who of the scenes that were not judged in this run holds an item by a strong match of an earlier one; 0 for nobody. */
export type HolderOf = (item: number, part: number) => number;

const u32 = () => new Growing((length) => new Uint32Array(length));

/** Marks the verdict of a claim that does not bind. */
const UNBOUND = 0x80;

/** Collects claims as pages are merged, in any order; 17 bytes each, and 9 for every item. */
export class Claims {
  readonly #scene = u32();
  readonly #item = u32();
  readonly #part = u32();
  readonly #strength = u32();
  readonly #verdict = new Growing((length) => new Uint8Array(length));
  readonly #binding = new Bids();
  /** Those that do not bind too; undefined while there are none. */
  #everybodys: Bids | undefined;

  /** A scene claims an item. */
  add({ sceneId, item, part, strength, verdict, binds }: Claim): void {
    if (binds) this.#binding.add(item, strength);
    else this.#everybodys ??= this.#bidsSoFar();
    this.#everybodys?.add(item, strength);
    this.#scene.push(sceneId);
    this.#item.push(item);
    this.#part.push(part);
    this.#strength.push(strength);
    this.#verdict.push(binds ? verdict : verdict | UNBOUND);
  }

  #bidsSoFar(): Bids {
    const bids = new Bids();
    for (let claim = 0; claim < this.#scene.length; claim++) {
      bids.add(this.#item.data[claim] ?? 0, this.#strength.data[claim] ?? 0);
    }
    return bids;
  }

  /** The scenes whose claim does not stand. */
  settle(holderOf: HolderOf): FallenClaim[] {
    const fallen: FallenClaim[] = [];
    if (!(this.#everybodys ?? this.#binding).isOpen) return fallen;
    for (let claim = 0; claim < this.#scene.length; claim++) {
      const part = this.#part.data[claim] ?? 0;
      const settled = this.#settleOne(claim, part, holderOf);
      if (settled === undefined) continue;
      const verdict = VERDICTS[(this.#verdict.data[claim] ?? 0) & ~UNBOUND] ?? 'matched';
      fallen.push({ sceneId: this.#scene.data[claim] ?? 0, part, verdict, ...settled });
    }
    return fallen;
  }

  #settleOne(claim: number, part: number, holderOf: HolderOf): Pick<SettledMatch, 'why' | 'holder'> | undefined {
    const item = this.#item.data[claim] ?? 0;
    const strength = this.#strength.data[claim] ?? 0;
    const bids = this.#binds(claim) ? this.#binding : (this.#everybodys ?? this.#binding);
    const strongClaims = bids.strong(item);
    if (isStrong(strength)) return strongClaims > 1 ? { why: 'shared', holder: 0 } : undefined;
    if (strongClaims > 0 || rankOf(strength) + 1 < bids.bestWeak(item)) return { why: 'lost', holder: 0 };
    if (bids.tied(item) > 1) return { why: 'tied', holder: 0 };
    const holder = holderOf(item, part);
    return holder === 0 || holder === this.#scene.data[claim] ? undefined : { why: 'held', holder };
  }

  #binds(claim: number): boolean {
    return ((this.#verdict.data[claim] ?? 0) & UNBOUND) === 0;
  }

  /** All claims, side by side. */
  columns(): { readonly scenes: Uint32Array; readonly items: Uint32Array; readonly strengths: Uint32Array } {
    return { scenes: this.#scene.view(), items: this.#item.view(), strengths: this.#strength.view() };
  }

  /** Whether any scene has claimed an item. */
  hasClaim(item: number): boolean {
    const bids = this.#everybodys ?? this.#binding;
    return bids.strong(item) > 0 || bids.bestWeak(item) > 0;
  }

  /** The items that only weak claims were made for: those somebody else may hold. One may be named twice. */
  *weaklyClaimed(): Generator<number> {
    yield* this.#binding.weakOnly();
    if (this.#everybodys !== undefined) yield* this.#everybodys.weakOnly();
  }

  /**
   * The strong claims that stand and bind: one of an item, in the order of items. Whoever asks looks each item up, and in the
   * order of claims every one would be another miss of the processor's cache.
   */
  proven(): ProvenClaims {
    const claimOf = this.#provenByItem();
    const [scenes, items, parts] = [u32(), u32(), u32()];
    for (let item = 0; item < claimOf.length; item++) {
      const claim = (claimOf[item] ?? 0) - 1;
      if (claim < 0) continue;
      scenes.push(this.#scene.data[claim] ?? 0);
      items.push(item);
      parts.push(this.#part.data[claim] ?? 0);
    }
    return { scenes: scenes.view(), items: items.view(), parts: parts.view() };
  }

  /** Of each item the number of its proven claim + 1; 0 where there is none. */
  #provenByItem(): Uint32Array {
    const claimOf = new Uint32Array(this.#binding.items);
    for (let claim = 0; claim < this.#scene.length; claim++) {
      const item = this.#item.data[claim] ?? 0;
      const isProven = isStrong(this.#strength.data[claim] ?? 0) && this.#binds(claim);
      if (isProven && this.#binding.strong(item) === 1) claimOf[item] = claim + 1;
    }
    return claimOf;
  }
}

/** Of every item: how many strong claims there are (two stand for more), the best weak rank + 1, and how many have it. */
class Bids {
  /** Whether anything has to be settled: mostly no item is claimed twice, and every claim is strong. */
  isOpen = false;
  readonly #strong = new Growing((length) => new Uint8Array(length));
  readonly #bestWeak = u32();
  readonly #tied = new Growing((length) => new Uint8Array(length));

  add(item: number, strength: number): void {
    const strong = this.#strong.reserve(item + 1);
    if (!isStrong(strength)) {
      this.#addWeak(item, rankOf(strength) + 1);
      return;
    }
    const before = strong[item] ?? 0;
    if (before > 0) this.isOpen = true;
    strong[item] = Math.min(before + 1, 2);
  }

  #addWeak(item: number, bid: number): void {
    this.isOpen = true;
    const best = this.#bestWeak.reserve(item + 1);
    const tied = this.#tied.reserve(item + 1);
    const before = best[item] ?? 0;
    if (bid < before) return;
    tied[item] = bid === before ? 2 : 1;
    best[item] = bid;
  }

  /** One past the last item with a claim, or more. */
  get items(): number {
    return this.#strong.data.length;
  }

  strong(item: number): number {
    return this.#strong.data[item] ?? 0;
  }

  bestWeak(item: number): number {
    return this.#bestWeak.data[item] ?? 0;
  }

  tied(item: number): number {
    return this.#tied.data[item] ?? 0;
  }

  /** Items with weak claims only. */
  *weakOnly(): Generator<number> {
    for (let item = 0; item < this.#bestWeak.data.length; item++) {
      if (this.bestWeak(item) > 0 && this.strong(item) === 0) yield item;
    }
  }
}

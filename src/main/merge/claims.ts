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
}

/** A claim that does not stand, and the verdict that rested on it. */
export interface FallenClaim extends SettledMatch {
  readonly verdict: Verdict;
}

/** Who of the scenes that were not judged in this run holds an item by a strong match of an earlier one; 0 for nobody. */
export type HolderOf = (item: number, part: number) => number;

const u32 = () => new Growing((length) => new Uint32Array(length));

/** Collects claims as pages are merged, in any order; 17 bytes each, and 9 for every item. */
export class Claims {
  readonly #scene = u32();
  readonly #item = u32();
  readonly #part = u32();
  readonly #strength = u32();
  readonly #verdict = new Growing((length) => new Uint8Array(length));
  /** Of every item: how many strong claims there are (two stand for more), the best weak rank + 1, and how many have it. */
  readonly #strong = new Growing((length) => new Uint8Array(length));
  readonly #bestWeak = u32();
  readonly #tied = new Growing((length) => new Uint8Array(length));
  /** Whether anything has to be settled: mostly no item is claimed twice, and every claim is strong. */
  #isOpen = false;

  /** A scene claims an item. */
  add({ sceneId, item, part, strength, verdict }: Claim): void {
    this.#scene.push(sceneId);
    this.#item.push(item);
    this.#part.push(part);
    this.#strength.push(strength);
    this.#verdict.push(verdict);
    const strong = this.#strong.reserve(item + 1);
    if (!isStrong(strength)) {
      this.#addWeak(item, rankOf(strength) + 1);
      return;
    }
    const before = strong[item] ?? 0;
    if (before > 0) this.#isOpen = true;
    strong[item] = Math.min(before + 1, 2);
  }

  #addWeak(item: number, bid: number): void {
    this.#isOpen = true;
    const best = this.#bestWeak.reserve(item + 1);
    const tied = this.#tied.reserve(item + 1);
    const before = best[item] ?? 0;
    if (bid < before) return;
    tied[item] = bid === before ? 2 : 1;
    best[item] = bid;
  }

  /** The scenes whose claim does not stand. */
  settle(holderOf: HolderOf): FallenClaim[] {
    const fallen: FallenClaim[] = [];
    if (!this.#isOpen) return fallen;
    for (let claim = 0; claim < this.#scene.length; claim++) {
      const part = this.#part.data[claim] ?? 0;
      const settled = this.#settleOne(claim, part, holderOf);
      if (settled === undefined) continue;
      const verdict = VERDICTS[this.#verdict.data[claim] ?? 0] ?? 'matched';
      fallen.push({ sceneId: this.#scene.data[claim] ?? 0, part, verdict, ...settled });
    }
    return fallen;
  }

  #settleOne(claim: number, part: number, holderOf: HolderOf): Pick<SettledMatch, 'why' | 'holder'> | undefined {
    const item = this.#item.data[claim] ?? 0;
    const strength = this.#strength.data[claim] ?? 0;
    const strongClaims = this.#strong.data[item] ?? 0;
    if (isStrong(strength)) return strongClaims > 1 ? { why: 'shared', holder: 0 } : undefined;
    if (strongClaims > 0 || rankOf(strength) + 1 < (this.#bestWeak.data[item] ?? 0)) return { why: 'lost', holder: 0 };
    if ((this.#tied.data[item] ?? 0) > 1) return { why: 'tied', holder: 0 };
    const holder = holderOf(item, part);
    return holder === 0 || holder === this.#scene.data[claim] ? undefined : { why: 'held', holder };
  }

  /** The items that only weak claims were made for: those somebody else may hold. */
  *weaklyClaimed(): Generator<number> {
    for (let item = 0; item < this.#bestWeak.data.length; item++) {
      if ((this.#bestWeak.data[item] ?? 0) > 0 && (this.#strong.data[item] ?? 0) === 0) yield item;
    }
  }

  /** Whether any scene has claimed an item. */
  hasClaim(item: number): boolean {
    return (this.#strong.data[item] ?? 0) > 0 || (this.#bestWeak.data[item] ?? 0) > 0;
  }

  /** The strong claims that stand: one of an item. */
  *proven(): Generator<Claim> {
    for (let claim = 0; claim < this.#scene.length; claim++) {
      const item = this.#item.data[claim] ?? 0;
      const strength = this.#strength.data[claim] ?? 0;
      if (!isStrong(strength) || (this.#strong.data[item] ?? 0) > 1) continue;
      const [sceneId = 0, part = 0] = [this.#scene.data[claim], this.#part.data[claim]];
      yield { sceneId, item, part, strength, verdict: this.#verdict.data[claim] ?? 0 };
    }
  }
}

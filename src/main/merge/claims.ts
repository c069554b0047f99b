/** Claims: every scene that matched an item claims it; an item can belong to one scene only. */
import { Growing } from '../collections/growing.js';
import type { SettledMatch } from '../../shared/messages.js';
import { VERDICTS, type Verdict } from '../../shared/verdicts.js';

/** One scene's claim. */
export interface Claim {
  readonly sceneId: number;
  readonly item: number;
  /** The part of the item that matched. */
  readonly part: number;
  readonly evidence: number;
  /** Index into VERDICTS. */
  readonly verdict: number;
}

/** The matches that stand; the columns run in parallel. */
export interface StandingClaims {
  readonly scenes: Uint32Array;
  readonly items: Uint32Array;
  readonly evidence: Uint32Array;
}

const u32 = () => new Growing((length) => new Uint32Array(length));

/** A claim that does not stand, and the verdict that rested on it. */
export interface FallenClaim extends SettledMatch {
  readonly verdict: Verdict;
}

/** Collects claims as pages are merged, in any order; 17 bytes each, and 5 for every item. */
export class Claims {
  readonly #scene = u32();
  readonly #item = u32();
  readonly #part = u32();
  readonly #evidence = u32();
  readonly #verdict = new Growing((length) => new Uint8Array(length));
  /** The strongest bid for every item, and whether more than one scene makes it. */
  readonly #bid = u32();
  readonly #isTied = new Growing((length) => new Uint8Array(length));
  /** Whether any item was claimed twice: mostly none is, and then nothing has to be settled. */
  #contested = false;

  /** A scene claims an item. */
  add({ sceneId, item, part, evidence, verdict }: Claim): void {
    this.#scene.push(sceneId);
    this.#item.push(item);
    this.#part.push(part);
    this.#evidence.push(evidence);
    this.#verdict.push(verdict);
    const bid = bidOf(evidence);
    const bids = this.#bid.reserve(item + 1);
    const top = bids[item] ?? 0;
    if (top !== 0) this.#contested = true;
    if (bid < top) return;
    bids[item] = bid;
    this.#isTied.reserve(item + 1)[item] = bid === top ? 1 : 0;
  }

  /** The scenes whose claim does not stand: outbid by stronger evidence, or tied with equal evidence. */
  settle(): FallenClaim[] {
    const fallen: FallenClaim[] = [];
    if (!this.#contested) return fallen;
    for (let claim = 0; claim < this.#scene.length; claim++) {
      const item = this.#item.data[claim] ?? 0;
      const outcome = bidOf(this.#evidence.data[claim]) < (this.#bid.data[item] ?? 0) ? 'lost' : 'tied';
      if (outcome === 'tied' && this.#isTied.data[item] === 0) continue;
      const verdict = VERDICTS[this.#verdict.data[claim] ?? 0] ?? 'matched';
      fallen.push({ sceneId: this.#scene.data[claim] ?? 0, outcome, part: this.#part.data[claim] ?? 0, verdict });
    }
    return fallen;
  }

  /** The claims that stand. */
  standing(fallenClaims: readonly SettledMatch[]): StandingClaims {
    const all = { scenes: this.#scene.view(), items: this.#item.view(), evidence: this.#evidence.view() };
    if (fallenClaims.length === 0) return all;
    const fallen = new Set(fallenClaims.map(({ sceneId }) => sceneId));
    const stands = (_: number, claim: number) => !fallen.has(all.scenes[claim] ?? 0);
    return {
      scenes: all.scenes.filter(stands),
      items: all.items.filter(stands),
      evidence: all.evidence.filter(stands),
    };
  }
}

/** Evidence of a bare file name is 0; 0 must mean "no bid". */
const bidOf = (evidence: number | undefined): number => (evidence ?? 0) + 1;

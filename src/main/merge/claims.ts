/** Claims: every scene that matched an item claims it; an item can belong to one scene only. */
import { Growing } from '../../shared/index/growing.js';
import type { SettledMatch } from '../../shared/messages.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import { VERDICTS, type Verdict } from '../../shared/verdicts.js';

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

/** Collects claims as pages are merged, in any order; 13 bytes each. */
export class Claims {
  readonly #scene = u32();
  readonly #part = u32();
  readonly #evidence = u32();
  readonly #verdict = new Growing((length) => new Uint8Array(length));
  readonly #index: PlexIndex;

  constructor(index: PlexIndex) {
    this.#index = index;
  }

  /** A scene claims the item of a part; `verdict` is an index into VERDICTS. */
  add(sceneId: number, part: number, evidence: number, verdict: number): void {
    this.#scene.push(sceneId);
    this.#part.push(part);
    this.#evidence.push(evidence);
    this.#verdict.push(verdict);
  }

  /** The scenes whose claim does not stand: outbid by stronger evidence, or tied with equal evidence. */
  settle(): FallenClaim[] {
    const best = this.#strongest();
    const fallen: FallenClaim[] = [];
    for (let claim = 0; claim < this.#scene.length; claim++) {
      const part = this.#part.data[claim] ?? 0;
      const item = this.#index.itemOf(part);
      const bid = bidOf(this.#evidence.data[claim]);
      const outcome = bid < (best.bid[item] ?? 0) ? 'lost' : 'tied';
      if (outcome === 'tied' && best.bidders[item] === 1) continue;
      const verdict = VERDICTS[this.#verdict.data[claim] ?? 0] ?? 'matched';
      fallen.push({ sceneId: this.#sceneOf(claim), outcome, part, verdict });
    }
    return fallen;
  }

  /** The claims that stand. */
  standing(fallenClaims: readonly SettledMatch[]): StandingClaims {
    const fallen = new Set(fallenClaims.map(({ sceneId }) => sceneId));
    const [scenes, parts, evidence] = [this.#scene.view(), this.#part.view(), this.#evidence.view()];
    const count = scenes.length;
    const standing = {
      scenes: new Uint32Array(count),
      items: new Uint32Array(count),
      evidence: new Uint32Array(count),
    };
    let length = 0;
    for (let claim = 0; claim < count; claim++) {
      const sceneId = scenes[claim] ?? 0;
      if (fallen.has(sceneId)) continue;
      standing.scenes[length] = sceneId;
      standing.items[length] = this.#index.itemOf(parts[claim] ?? 0);
      standing.evidence[length] = evidence[claim] ?? 0;
      length++;
    }
    const { scenes: ids, items, evidence: weights } = standing;
    return { scenes: ids.subarray(0, length), items: items.subarray(0, length), evidence: weights.subarray(0, length) };
  }

  #sceneOf(claim: number): number {
    return this.#scene.data[claim] ?? 0;
  }

  #strongest(): { bid: Uint32Array; bidders: Uint32Array } {
    const bid = new Uint32Array(this.#index.counts.items);
    const bidders = new Uint32Array(this.#index.counts.items);
    for (let claim = 0; claim < this.#scene.length; claim++) {
      const item = this.#index.itemOf(this.#part.data[claim] ?? 0);
      const own = bidOf(this.#evidence.data[claim]);
      const top = bid[item] ?? 0;
      if (own > top) {
        bid[item] = own;
        bidders[item] = 1;
      } else if (own === top) bidders[item] = (bidders[item] ?? 0) + 1;
    }
    return { bid, bidders };
  }
}

/** Evidence of a bare file name is 0; 0 must mean "no bid". */
const bidOf = (evidence: number | undefined): number => (evidence ?? 0) + 1;

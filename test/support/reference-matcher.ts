/** The matcher of DESIGN, written to be read: walks every item, builds every string, remembers nothing. */
import { foldedComponents, fileName, splitPath } from '../../src/shared/path.js';
import { foldKey } from '../../src/shared/text-key.js';
import { titleKey } from '../../src/shared/title.js';
import type { TestItem } from './small-index.js';

interface File {
  readonly path: string;
  readonly size: number;
  /** Seconds. */
  readonly duration: number;
}

interface Pair {
  readonly item: TestItem;
  readonly file: File;
  readonly part: { readonly path: string; readonly size?: number; readonly duration?: number };
  readonly exact: boolean;
  readonly sizeEqual: boolean;
  readonly trailing: number;
}

export type ReferenceResult =
  { kind: 'matched'; key: string } | { kind: 'ambiguous'; keys: string[] } | { kind: 'none' };

const score = (pair: Pair): number => (pair.exact ? 1e6 : 0) + (pair.sizeEqual ? 1e5 : 0) + pair.trailing;

function pairUp(item: TestItem, file: File): Pair[] {
  return item.files
    .filter((part) => foldKey(fileName(part.path)) === foldKey(fileName(file.path)))
    .map((part) => {
      const own = foldedComponents(splitPath(file.path).dir).reverse();
      const other = foldedComponents(splitPath(part.path).dir).reverse();
      let trailing = 0;
      while (trailing < own.length && trailing < other.length && own[trailing] === other[trailing]) trailing++;
      const exact = trailing === own.length && trailing === other.length;
      return { item, file, part, exact, sizeEqual: file.size > 0 && part.size === file.size, trailing };
    });
}

const sizeDiffers = ({ file, part }: Pair): boolean =>
  file.size > 0 && part.size !== undefined && part.size > 0 && part.size !== file.size;

const durationAgrees = ({ file, part }: Pair): boolean =>
  file.duration > 0 &&
  part.duration !== undefined &&
  part.duration > 0 &&
  Math.abs(part.duration - file.duration * 1000) <= 2000;

export function referenceMatch(
  items: readonly TestItem[],
  scene: { readonly title: string; readonly files: readonly File[] },
): ReferenceResult {
  const bestOfItem: Pair[] = [];
  for (const item of items) {
    const pairs = scene.files.flatMap((file) => pairUp(item, file));
    let best: Pair | undefined;
    for (const pair of pairs) if (best === undefined || score(pair) > score(best)) best = pair;
    if (best) bestOfItem.push(best);
  }
  if (bestOfItem.length === 0) return { kind: 'none' };
  const top = Math.max(...bestOfItem.map(score));
  const open = bestOfItem.filter((pair) => score(pair) === top);
  const [first] = open;
  if (open.length === 1 && first && (top > 0 || !sizeDiffers(first))) return { kind: 'matched', key: first.item.key };

  const agreeing = open.filter((pair) => {
    const parent = foldedComponents(splitPath(pair.file.path).dir).at(-1) ?? '';
    const keys = [titleKey(scene.title), titleKey(parent)].filter((key) => key !== '');
    return keys.includes(titleKey(pair.item.title ?? '')) && (!sizeDiffers(pair) || durationAgrees(pair));
  });
  if (agreeing.length > 0) return decide(agreeing);
  const remaining = open.filter((pair) => pair.trailing > 0 || !sizeDiffers(pair) || durationAgrees(pair));
  return remaining.length > 1 ? decide(remaining) : { kind: 'none' };
}

function decide(pairs: readonly Pair[]): ReferenceResult {
  const keys = pairs.map(({ item }) => item.key);
  return keys.length === 1 ? { kind: 'matched', key: keys[0]! } : { kind: 'ambiguous', keys };
}

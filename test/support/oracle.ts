/** The rules of DESIGN.md, written to be read: walks every item, builds every string, remembers nothing. */
import type { DateRule, TestItem } from './small-index.js';

export interface OracleFile {
  readonly path: string;
  readonly size: number;
  /** Seconds. */
  readonly duration: number;
}

export interface OracleScene {
  readonly id: number;
  readonly title: string;
  readonly details?: string;
  readonly date?: string;
  readonly studio?: { readonly name: string } | null;
  readonly performers?: readonly { readonly name: string }[];
  readonly tags?: readonly { readonly name: string }[];
  readonly updatedAt: number;
  /** The primary first. */
  readonly files: readonly OracleFile[];
}

export interface OracleSettings {
  readonly mappings?: readonly { readonly stash: string; readonly plex: string }[];
  readonly syncedAt?: Readonly<Record<number, number>>;
  readonly gaps?: readonly string[];
  readonly allowUnsafeNames?: boolean;
  readonly dateRule?: DateRule;
  readonly now?: number;
}

/** One file of the scene and one part of an item that have the same name. */
interface Pair {
  readonly item: TestItem;
  readonly file: OracleFile;
  readonly isPrimary: boolean;
  readonly part: TestItem['files'][number];
  readonly exact: boolean;
  readonly sizeEqual: boolean;
  readonly contradicted: boolean;
  readonly directories: number;
}

export type OracleMatch =
  | { readonly kind: 'matched'; readonly pair: Pair }
  | { readonly kind: 'ambiguous'; readonly why: string; readonly keys: readonly string[] }
  | { readonly kind: 'none' };

const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/["\uf020\uf022\uf03a]/g, ':'],
  [/[\uf021\uf02a]/g, '*'],
  [/[\uf023\uf03c]/g, '<'],
  [/[\uf024\uf03e]/g, '>'],
  [/[\uf025\uf03f]/g, '?'],
  [/[\uf027\uf07c]/g, '|'],
];

/** The class of names that are one name. */
export function fold(text: string): string {
  const folded = text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
  return STAND_INS.reduce((name, [form, plain]) => name.replace(form, plain), folded);
}

const componentsOf = (path: string): string[] =>
  path
    .split(/[/\\]+/)
    .filter(Boolean)
    .map(fold);
export const nameOf = (path: string): string => fold(path.split(/[/\\]/).pop() ?? '');
const directoryOf = (path: string): string[] => componentsOf(path.replace(/[^/\\]*$/, ''));

function mapped(directory: string[], mappings: OracleSettings['mappings'] = []): string[] {
  const rules = mappings
    .map(({ stash, plex }) => ({ from: componentsOf(stash), to: componentsOf(plex) }))
    .sort((a, b) => b.from.length - a.from.length);
  const rule = rules.find(({ from }) => from.every((component, i) => component === directory[i]));
  return rule ? [...rule.to, ...directory.slice(rule.from.length)] : directory;
}

function pairUp(item: TestItem, scene: OracleScene, mappings: OracleSettings['mappings']): Pair[] {
  return scene.files.flatMap((file, i) =>
    item.files
      .filter((part) => nameOf(part.path) === nameOf(file.path))
      .map((part) => {
        const own = mapped(directoryOf(file.path), mappings).reverse();
        const other = directoryOf(part.path).reverse();
        let directories = 0;
        while (directories < own.length && directories < other.length && own[directories] === other[directories])
          directories++;
        const exact = directories === own.length && directories === other.length;
        const size = part.size ?? 0;
        const gap = Math.abs((part.duration ?? 0) - file.duration * 1000);
        const lengthsKnown = file.duration > 0 && (part.duration ?? 0) > 0;
        const near = lengthsKnown && gap <= 1000;
        const apart = lengthsKnown && gap > 2000 && gap * 100 > Math.max(part.duration ?? 0, file.duration * 1000);
        const sizesKnown = file.size > 0 && size > 0;
        const sizeEqual = sizesKnown && file.size === size && !apart;
        const contradicted = sizesKnown && (file.size === size ? apart : !near);
        return { item, file, isPrimary: i === 0, part, exact, sizeEqual, contradicted, directories };
      }),
  );
}

const rank = ({ exact, sizeEqual, isPrimary, directories }: Pair): number =>
  (exact ? 1e9 : 0) + (sizeEqual ? 1e8 : 0) + (isPrimary ? 1e7 : 0) + directories;

export const isStrong = ({ exact, sizeEqual }: Pair): boolean => exact || sizeEqual;

/** The best pair of every item; of equal ones the first. */
function bestOfItems(pairs: readonly Pair[]): Pair[] {
  const best = new Map<string, Pair>();
  for (const pair of pairs) {
    const known = best.get(pair.item.key);
    if (known === undefined || rank(pair) > rank(known)) best.set(pair.item.key, pair);
  }
  return [...best.values()];
}

const keysOf = (pairs: readonly Pair[]): string[] =>
  [...pairs]
    .sort((a, b) => rank(b) - rank(a) || Number(a.item.key) - Number(b.item.key))
    .slice(0, 10)
    .map(({ item }) => item.key);

/** Punctuation, quality and dates cut off, for the few titles of the tests. */
const titleOf = (title: string): string => {
  const words = fold(title)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim();
  return words.replace(/ (1080p|2024)$/, '');
};

export function oracleMatch(
  items: readonly TestItem[],
  scene: OracleScene,
  mappings: OracleSettings['mappings'] = [],
): OracleMatch {
  const pairs = items.flatMap((item) => pairUp(item, scene, mappings));
  const race = pairs.filter((pair) => !pair.contradicted || pair.exact);
  if (race.length === 0) {
    const near = bestOfItems(pairs.filter(({ directories }) => directories > 0));
    return near.length > 0 ? { kind: 'ambiguous', why: 'contradicted', keys: keysOf(near) } : { kind: 'none' };
  }
  const everybody = bestOfItems(race);
  const top = Math.max(...everybody.map(rank));
  const best = everybody.filter((pair) => rank(pair) === top);
  const [first] = best;
  if (first !== undefined && best.length === 1) {
    if (isStrong(first) || first.directories > 0 || everybody.length === 1) return { kind: 'matched', pair: first };
  }
  const open = best.length === 1 ? everybody : best;
  const agreeing = open.filter(({ file, item }) => {
    const titles = [titleOf(scene.title), titleOf(directoryOf(file.path).at(-1) ?? '')].filter(Boolean);
    return titles.includes(titleOf(item.title ?? ''));
  });
  const [only] = agreeing;
  if (only !== undefined && agreeing.length === 1) return { kind: 'matched', pair: only };
  return { kind: 'ambiguous', why: 'several', keys: keysOf(agreeing.length > 1 ? agreeing : open) };
}

const filled = (text: unknown): boolean => typeof text === 'string' && text.trim() !== '';

function passesGate(scene: OracleScene): boolean {
  const names = [...(scene.performers ?? []), ...(scene.tags ?? [])];
  return (
    filled(scene.studio?.name) || filled(scene.details) || filled(scene.date) || names.some(({ name }) => filled(name))
  );
}

interface ItemRow {
  readonly studio?: string;
  readonly summary?: string;
  readonly originallyAvailableAt?: string;
  readonly year?: number;
  readonly guid?: string;
  readonly Genre?: readonly { readonly tag: string }[];
  readonly Role?: readonly { readonly tag: string }[];
}

function isEmpty(item: TestItem, scene: OracleScene, rule: DateRule): boolean {
  const row = (item.row ?? {}) as ItemRow;
  const tags = [...(row.Genre ?? []), ...(row.Role ?? [])];
  if (filled(row.studio) || filled(row.summary) || tags.some(({ tag }) => filled(tag))) return false;
  const date = row.originallyAvailableAt ?? (row.year === undefined ? undefined : String(row.year));
  if (date === undefined) return true;
  if (rule === 'counts') return false;
  if (rule === 'ignored') return true;
  const isMadeUp = rule === 'none-agent' || /^(local|com\.plexapp\.agents\.none):\/\//.test(row.guid ?? '');
  if (!isMadeUp) return false;
  const own = (scene.date ?? '').trim();
  const expansions = /^\d{4}$/.test(own)
    ? [own, `${own}-01-01`]
    : /^\d{4}-\d\d$/.test(own)
      ? [own.slice(0, 4), `${own}-01`]
      : /^\d{4}-\d\d-\d\d$/.test(own)
        ? [own.slice(0, 4), own]
        : [];
  return !expansions.includes(date);
}

/** What is to be said of a scene, the queue and other scenes' claims left aside. */
export interface OracleJudgement {
  readonly verdict: string;
  readonly action: string | null;
  readonly match: OracleMatch;
  /** Items that have the name its job would look up, and are not its own. */
  readonly couldHit: readonly string[];
}

export function oracleJudge(
  items: readonly TestItem[],
  scene: OracleScene,
  settings: OracleSettings = {},
  settled?: OracleMatch,
): OracleJudgement {
  const { now = Infinity, dateRule = 'counts' } = settings;
  const syncedAt = settings.syncedAt?.[scene.id];
  const none = { action: null, couldHit: [], match: { kind: 'none' } } as const;
  if (syncedAt !== undefined && Math.min(scene.updatedAt, now) <= syncedAt) return { verdict: 'in_sync', ...none };
  if (!scene.files.some(({ path }) => filled(path.split(/[/\\]/).pop()))) return { verdict: 'no_file', ...none };
  if (syncedAt !== undefined && Number.isNaN(scene.updatedAt)) return { verdict: 'unreadable', ...none };
  const match = settled ?? oracleMatch(items, scene, settings.mappings);
  const gap = (verdict: string): OracleJudgement => ({
    verdict,
    match,
    ...fate(verdict, items, scene, match, settings),
  });
  if (syncedAt !== undefined) return gap('stale');
  if (match.kind === 'none') return gap('missing');
  if (match.kind === 'ambiguous') return { verdict: 'ambiguous', ...none, match };
  if (!isEmpty(match.pair.item, scene, dateRule)) return { verdict: 'matched', ...none, match };
  return passesGate(scene) ? gap('empty') : { verdict: 'nothing_to_sync', ...none, match };
}

function fate(
  verdict: string,
  items: readonly TestItem[],
  scene: OracleScene,
  match: OracleMatch,
  { gaps = ['empty', 'stale', 'missing'], allowUnsafeNames }: OracleSettings,
): Pick<OracleJudgement, 'action' | 'couldHit'> {
  if (!gaps.includes(verdict)) return { action: 'not_selected', couldHit: [] };
  if (!passesGate(scene)) return { action: 'withheld', couldHit: [] };
  const own = match.kind === 'matched' ? match.pair.item.key : undefined;
  const path = match.kind === 'matched' ? match.pair.part.path : (scene.files[0]?.path ?? '');
  const isWindows = /^(?:[a-z]:[/\\]|\\\\)/i.test(path) && path.includes('\\');
  const isWholePath = match.kind === 'matched' && isWindows && match.pair.file.path.startsWith('/');
  const owners = items.filter(({ key, files }) => {
    const has = files.some((part) =>
      isWholePath
        ? componentsOf(part.path).join('/') === componentsOf(path).join('/')
        : nameOf(part.path) === nameOf(path),
    );
    return has && key !== own;
  });
  const couldHit = owners
    .map(({ key }) => key)
    .sort((a, b) => Number(a) - Number(b))
    .slice(0, 10);
  return { action: couldHit.length > 0 && allowUnsafeNames !== true ? 'unsafe_name' : 'enqueued', couldHit };
}

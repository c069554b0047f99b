/** How each kind of demo scene is made, and which verdict is true of it by construction. */
import type { Verdict } from '../../shared/verdicts.js';
import type { SampleFile, SampleItem, SampleScene } from './world.js';

/** Raw material of one scene. */
export interface Ingredients {
  readonly id: number;
  /** Unlike any other title. */
  readonly title: string;
  /** Directory below the roots, with its separators. */
  readonly directory: string;
  readonly size: number;
  /** Seconds. */
  readonly duration: number;
  readonly metadata: Pick<SampleScene, 'studio' | 'performers' | 'tags' | 'details' | 'date'>;
  readonly ratingKey: string;
}

/** What a recipe makes of them. */
export interface Dish {
  readonly verdict: Verdict;
  readonly files: readonly SampleFile[];
  readonly items: readonly SampleItem[];
  /** Default: the ingredients' own. */
  readonly metadata?: Ingredients['metadata'];
  /** Seconds between the scene's last update and its sync; undefined when it was never synced. */
  readonly syncedAfter?: number;
  readonly broken?: boolean;
}

/** Makes one kind of scene. */
export type Recipe = (from: Ingredients) => Dish;

const STASH_ROOT = '/data/stash/clips';
const PLEX_ROOT = '/media/clips';
const NO_METADATA: Ingredients['metadata'] = { studio: null, performers: [], tags: [], details: '', date: null };

const stashFile = ({ directory, size, duration }: Ingredients, name: string): SampleFile => ({
  path: `${STASH_ROOT}${directory}/${name}`,
  size,
  duration,
});

function plexItem(
  { ratingKey, title, directory, size, duration }: Ingredients,
  name: string,
  fields: Partial<SampleItem> = {},
): SampleItem {
  const part = { file: `${PLEX_ROOT}${directory}/${name}`, size, duration: duration * 1000 };
  return { ratingKey, title, media: [{ parts: [part] }], ...fields };
}

const filled = { studio: 'Acme Clips', genres: ['Outdoor', 'Family'], roles: ['Ann Example'], summary: 'A quiet day.' };

const named = (spell: (title: string) => [stash: string, plex: string], verdict: 'matched' | 'empty'): Recipe => {
  return (from) => {
    const [stash, plex] = spell(from.title);
    const item = plexItem(from, plex, verdict === 'matched' ? filled : {});
    return { verdict, files: [stashFile(from, stash)], items: [item] };
  };
};

const plain = (title: string): [string, string] => [`${title}.mp4`, `${title}.mp4`];

/** Synced after its last update. */
const inSync: Recipe = (from) => ({ ...named(plain, 'matched')(from), verdict: 'in_sync', syncedAfter: 3600 });

/** Updated after its last sync. */
const stale: Recipe = (from) => ({ ...named(plain, 'matched')(from), verdict: 'stale', syncedAfter: -3600 });

/** Plex has never heard of it. */
const missing: Recipe = (from) => ({ verdict: 'missing', files: [stashFile(from, `${from.title}.mp4`)], items: [] });

/** Neither side has metadata. */
const nothing: Recipe = (from) => ({
  ...named(plain, 'empty')(from),
  verdict: 'nothing_to_sync',
  metadata: NO_METADATA,
});

/** Missing, and with nothing to send: its job is withheld. */
const missingBlank: Recipe = (from) => ({ ...missing(from), metadata: NO_METADATA });

const noFile: Recipe = () => ({ verdict: 'no_file', files: [], items: [] });

const broken: Recipe = (from) => ({ ...missing(from), verdict: 'unreadable', broken: true });

/** The very same file in two libraries. */
const ambiguous: Recipe = (from) => {
  const name = `${from.title}.mp4`;
  const item = (suffix: string, root: string): SampleItem => {
    const part = { file: `${root}/${name}`, size: from.size, duration: from.duration * 1000 };
    return { ratingKey: `${from.ratingKey}${suffix}`, title: `${from.title} ${suffix}`, media: [{ parts: [part] }] };
  };
  return {
    verdict: 'ambiguous',
    files: [stashFile(from, name)],
    items: [item('1', '/media/a'), item('2', '/media/b')],
  };
};

/** Truly missing, but its file name belongs to another item: a job would overwrite that one. */
const unsafe: Recipe = (from) => {
  const name = `${from.title}.mp4`;
  const other = { file: `/media/elsewhere/${name}`, size: from.size + 1, duration: (from.duration + 60) * 1000 };
  const item = { ratingKey: from.ratingKey, title: 'Another clip of that name', media: [{ parts: [other] }] };
  return { verdict: 'missing', files: [stashFile(from, name)], items: [item] };
};

/** Every scene in a folder of its own, all files called alike. */
const sceneMp4: Recipe = (from) => {
  const own = { ...from, directory: `${from.directory}/${from.title}` };
  return { verdict: 'matched', files: [stashFile(own, 'scene.mp4')], items: [plexItem(own, 'scene.mp4', filled)] };
};

/** Several files; Plex knows only the second. */
const secondFile: Recipe = (from) => ({
  verdict: 'empty',
  files: [stashFile({ ...from, size: from.size * 4 }, `${from.title} 4k.mp4`), stashFile(from, `${from.title}.mp4`)],
  items: [plexItem(from, `${from.title}.mp4`)],
});

/** Several parts, and a copy Plex has made for itself. */
const severalParts: Recipe = (from) => {
  const part = (n: number) => ({ file: `${PLEX_ROOT}${from.directory}/${from.title} pt${n}.mp4`, size: from.size + n });
  const optimised = { proxyType: 42, parts: [{ file: `/media/Plex Versions/${from.title} pt2.mp4`, size: 1 }] };
  const item: SampleItem = {
    ratingKey: from.ratingKey,
    title: from.title,
    ...filled,
    media: [{ parts: [part(1), part(2)] }, optimised],
  };
  return {
    verdict: 'matched',
    files: [stashFile({ ...from, size: from.size + 2 }, `${from.title} pt2.mp4`)],
    items: [item],
  };
};

/** The only metadata in Plex is a date, and that is the file's. */
const fileDate: Recipe = (from) => {
  const item = plexItem(from, `${from.title}.mp4`, { originallyAvailableAt: '1999-01-01', year: 1999 });
  return { verdict: 'empty', files: [stashFile(from, `${from.title}.mp4`)], items: [item] };
};

/** Recipes with their weights: most of a library is in order. */
export const RECIPES: readonly (readonly [weight: number, recipe: Recipe])[] = [
  [420, inSync],
  [300, named(plain, 'matched')],
  [60, named(plain, 'empty')],
  [40, stale],
  [40, missing],
  [20, nothing],
  [10, missingBlank],
  [8, noFile],
  [12, ambiguous],
  [10, unsafe],
  [20, sceneMp4],
  [12, secondFile],
  [12, severalParts],
  [10, fileDate],
  [8, named((title) => [`${title} Cafe\u0301.mp4`, `${title} Caf\u00e9.mp4`], 'empty')],
  [6, named((title) => [`${title.toUpperCase()}.MP4`, `${title}.mp4`], 'empty')],
  [
    6,
    named(
      (title) => [`${title} 100% "real" [it's] \u{1f33b}.mp4`, `${title} 100% "real" [it's] \u{1f33b}.mp4`],
      'matched',
    ),
  ],
  [1, broken],
];

/** The demo's library: made-up, harmless clips, a few thousand of them, that show every verdict. */
import { zeroVerdicts, type Verdict } from '../../shared/verdicts.js';
import { RECIPES, type Dish, type Ingredients, type Recipe } from './demo-recipes.js';
import { Random } from './random.js';
import { sampleScene, sampleSection, type SampleItem, type SampleScene, type SampleWorld } from './world.js';

/** A world whose true verdicts are known. */
export interface DemoWorld extends SampleWorld {
  /** What is true of each scene, by construction. */
  readonly expected: ReadonlyMap<number, Verdict>;
  /** The same, counted. */
  readonly totals: Readonly<Record<Verdict, number>>;
}

/** How large a world, and which. */
export interface DemoWorldSetup {
  readonly scenes: number;
  readonly seed: number;
}

const PLACES = [
  'Harbour',
  'Garden',
  'Mountain',
  'Kitchen',
  'Station',
  'Lake',
  'Market',
  'Meadow',
  'Workshop',
  'Beach',
] as const;
const SUBJECTS = [
  'Morning',
  'Trains',
  'Baking',
  'Bees',
  'Rowing',
  'Fireworks',
  'Snow',
  'Tomatoes',
  'Kites',
  'Choir',
] as const;
const STUDIOS = ['Acme Clips', 'Sunday Films', 'Back Garden Pictures'] as const;
const PEOPLE = ['Ann Example', 'Bo Sample', 'Cleo Placeholder', 'Dan Demo'] as const;
const TAGS = ['Outdoor', 'Family', 'Food', 'Travel', 'Music', 'Animals'] as const;
/** Scene ids are not contiguous in a library somebody has used. */
const ID_GAP_EVERY = 50;
const FIRST_UPDATE = Date.UTC(2025, 0, 1) / 1000;

/** Makes the world of a seed. */
export function makeDemoWorld({ scenes: count, seed }: DemoWorldSetup): DemoWorld {
  const random = new Random(seed);
  const scenes: SampleScene[] = [];
  const items: SampleItem[] = [];
  const syncTimestamps: Record<string, number> = {};
  const expected = new Map<number, Verdict>();
  const totals = zeroVerdicts();
  for (let n = 0; n < count; n++) {
    const from = ingredients(random, n);
    const dish = recipeFor(n, random)(from);
    const updatedAt = FIRST_UPDATE + n * 600;
    scenes.push(serve(from, dish, updatedAt));
    items.push(...dish.items);
    if (dish.syncedAfter !== undefined) syncTimestamps[String(from.id)] = updatedAt + dish.syncedAfter + 0.25;
    expected.set(from.id, dish.verdict);
    totals[dish.verdict]++;
  }
  return { scenes, sections: sectionsOf(items), syncTimestamps, expected, totals };
}

/** The first scenes go through all recipes once, so that even a small world shows every verdict. */
function recipeFor(n: number, random: Random): Recipe {
  const fixed = RECIPES[n];
  if (fixed) return fixed[1];
  const total = RECIPES.reduce((sum, [weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [weight, recipe] of RECIPES) {
    left -= weight;
    if (left < 0) return recipe;
  }
  throw new Error('Internal error: the weights of the recipes do not add up');
}

function ingredients(random: Random, n: number): Ingredients {
  const place = random.pick(PLACES);
  return {
    id: n + 1 + Math.floor(n / ID_GAP_EVERY) * 3,
    title: `${place} ${random.pick(SUBJECTS)} ${String(n).padStart(5, '0')}`,
    directory: `/${place}/${random.between(2015, 2025)}`,
    size: random.between(1_000_000, 900_000_000),
    duration: random.between(20, 3600),
    metadata: {
      studio: { name: random.pick(STUDIOS) },
      performers: [{ name: random.pick(PEOPLE) }],
      tags: [{ name: random.pick(TAGS) }],
      details: 'Filmed on a quiet day.',
      date: `${random.between(2015, 2025)}-0${random.between(1, 9)}-1${random.between(0, 9)}`,
    },
    ratingKey: String(10_000 + n * 7),
  };
}

function serve(from: Ingredients, dish: Dish, updatedAt: number): SampleScene {
  const updated = new Date(updatedAt * 1000).toISOString().replace('.000Z', '+00:00');
  return sampleScene({
    id: from.id,
    title: from.title,
    created_at: updated,
    updated_at: updated,
    files: dish.files,
    ...(dish.metadata ?? from.metadata),
    ...(dish.broken === true && { broken: true }),
  });
}

/** Most items are in a library of clips without an agent; its collections are rows of their own. */
function sectionsOf(items: readonly SampleItem[]): SampleWorld['sections'] {
  const collection: SampleItem = { ratingKey: '9000001', title: 'Best of', type: 'collection', media: [] };
  const agent = 'tv.plex.agents.none';
  const clips = items.filter((_, i) => i % 10 < 8);
  const holidays = items.filter((_, i) => i % 10 === 8);
  const episodes = items.filter((_, i) => i % 10 === 9);
  return [
    sampleSection({ key: '1', uuid: 'section-1', title: 'Clips', agent, items: [...clips, collection] }),
    sampleSection({ key: '2', uuid: 'section-2', title: 'Holidays', agent, items: holidays }),
    sampleSection({ key: '3', uuid: 'section-3', title: 'Series', type: 'show', agent, items: episodes }),
  ];
}

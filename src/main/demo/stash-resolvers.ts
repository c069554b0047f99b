/** The sample Stash's answers, with the semantics of the real server. */
import type { SampleScene, SampleWorld } from './world.js';

interface IntCriterion {
  readonly value: number;
  readonly value2?: number | null;
  readonly modifier: string;
}

interface TimeCriterion {
  readonly value: string;
  readonly value2?: string | null;
  readonly modifier: string;
}

interface SceneFilter {
  readonly id?: IntCriterion | null;
  readonly created_at?: TimeCriterion | null;
  readonly updated_at?: TimeCriterion | null;
  /** EQUALS: as the real server compares, letter case aside. */
  readonly path?: { readonly value: string; readonly modifier: string } | null;
}

interface FindScenesArguments {
  readonly scene_filter?: SceneFilter | null;
  readonly ids?: readonly string[] | null;
  readonly scene_ids?: readonly number[] | null;
  readonly filter?: {
    readonly page?: number | null;
    readonly per_page?: number | null;
    readonly sort?: string | null;
    readonly direction?: 'ASC' | 'DESC' | null;
  } | null;
}

/** What the resolvers answer from; the world may be exchanged while the server runs. */
export interface StashState {
  world: SampleWorld;
  readonly pluginSettings: Readonly<Record<string, unknown>> | undefined;
  readonly pluginsPath: string;
  /** `OK`; before a migration or the set-up, questions about scenes fail as they do on the real server. */
  systemStatus: 'OK' | 'NEEDS_MIGRATION' | 'SETUP';
  /** What runs and waits in its job queue. */
  jobs: readonly { readonly id: string; readonly status: string; readonly description: string }[];
  plugins: readonly {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly enabled: boolean;
  }[];
  /** How often the plugin's task was started. */
  processQueueCalls: number;
}

const DEFAULT_PER_PAGE = 25;
const NOT_READY = 'Internal system error. Error <runtime error: invalid memory address or nil pointer dereference>';

/** As with `external_host` set: what pictures are called need not be where the question was asked. */
const PICTURE_BASE = 'http://stash.example:9999';

/** Root resolvers over a state. */
export function stashResolvers(state: StashState): object {
  return {
    findScenes: (args: FindScenesArguments) => {
      if (state.systemStatus !== 'OK') throw new Error(NOT_READY);
      return findScenes(state.world, args);
    },
    findScene: ({ id }: { id?: string | null }) => {
      const scene = state.world.scenes.find((each) => String(each.id) === id);
      return scene === undefined ? null : sceneResolver(scene);
    },
    version: { version: 'v0.30.1', hash: 'sample', build_time: '2026-01-01 00:00:00' },
    systemStatus: { databaseSchema: 75, appSchema: 75, status: state.systemStatus },
    // The real server says null, not an empty list, when idle.
    jobQueue: state.jobs.length === 0 ? null : state.jobs,
    configuration: {
      general: { pluginsPath: state.pluginsPath },
      plugins: state.pluginSettings === undefined ? {} : { Stash2Plex: state.pluginSettings },
    },
    plugins: state.plugins,
    runPluginTask: ({ plugin_id: id }: { plugin_id: string }) => {
      if (!state.plugins.some((plugin) => plugin.id === id)) throw new Error('plugin not found');
      state.processQueueCalls++;
      return String(state.processQueueCalls);
    },
  };
}

function findScenes(world: SampleWorld, args: FindScenesArguments) {
  const ids = args.ids?.map(Number) ?? args.scene_ids ?? [];
  if (ids.length > 0) {
    const found = ids.map((id) => sceneById(world, id));
    return { count: found.length, duration: 0, filesize: 0, scenes: found.map(sceneResolver) };
  }
  const matching = filterScenes(world, args.scene_filter ?? {});
  const { page, per_page: perPage = DEFAULT_PER_PAGE, direction } = args.filter ?? {};
  const ordered = direction === 'DESC' ? matching.reverse() : matching;
  const size = perPage ?? DEFAULT_PER_PAGE;
  const start = (Math.max(page ?? 1, 1) - 1) * size;
  const rows = size < 0 ? ordered : ordered.slice(start, start + size);
  return { count: matching.length, duration: 0, filesize: 0, scenes: rows.map(sceneResolver) };
}

function sceneById(world: SampleWorld, id: number): SampleScene {
  const scene = world.scenes[firstAtOrAfter(world.scenes, id)];
  if (scene?.id !== id) throw new Error(`scene with id ${id} not found`);
  return scene;
}

/** Scenes are kept in the order of their ids, so a range of ids is a slice. */
function filterScenes(
  { scenes }: SampleWorld,
  { id, created_at: created, updated_at: updated, path }: SceneFilter,
): SampleScene[] {
  const wanted = path?.value.toLowerCase();
  return sliceById(scenes, id ?? undefined).filter(
    (scene) =>
      fitsTime(scene.created_at, created ?? undefined) &&
      fitsTime(scene.updated_at, updated ?? undefined) &&
      (wanted === undefined || scene.files.some((file) => file.path.toLowerCase() === wanted)),
  );
}

function sliceById(scenes: readonly SampleScene[], criterion: IntCriterion | undefined): SampleScene[] {
  if (criterion === undefined) return scenes.slice();
  const { value, value2, modifier } = criterion;
  switch (modifier) {
    case 'BETWEEN':
      return scenes.slice(firstAtOrAfter(scenes, value), firstAtOrAfter(scenes, (value2 ?? value) + 1));
    case 'GREATER_THAN':
      return scenes.slice(firstAtOrAfter(scenes, value + 1));
    case 'LESS_THAN':
      return scenes.slice(0, firstAtOrAfter(scenes, value));
    case 'EQUALS':
      return scenes.slice(firstAtOrAfter(scenes, value), firstAtOrAfter(scenes, value + 1));
    default:
      throw new Error(`unsupported modifier ${modifier}`);
  }
}

function firstAtOrAfter(scenes: readonly SampleScene[], id: number): number {
  let low = 0;
  let high = scenes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((scenes[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The real server compares the stored text with the given text; nothing is parsed. */
function fitsTime(stored: string, criterion: TimeCriterion | undefined): boolean {
  if (criterion === undefined) return true;
  const { value, value2, modifier } = criterion;
  switch (modifier) {
    case 'GREATER_THAN':
      return stored > value;
    case 'LESS_THAN':
      return stored < value;
    case 'BETWEEN':
      return stored >= value && stored <= (value2 ?? '9999');
    default:
      throw new Error(`unsupported modifier ${modifier}`);
  }
}

function sceneResolver(scene: SampleScene) {
  return {
    rating100: null,
    organized: false,
    ...scene,
    id: String(scene.id),
    studio: scene.studio && { id: '1', ...scene.studio },
    performers: scene.performers,
    tags: scene.tags,
    paths: {
      screenshot: `${PICTURE_BASE}/scene/${scene.id}/screenshot?t=${Math.floor(Date.parse(scene.updated_at) / 1000)}`,
      preview: `${PICTURE_BASE}/scene/${scene.id}/preview`,
    },
    files: () => {
      if (scene.broken === true) throw new Error('getting file by id 77: sql: no rows in result set');
      return scene.files.map((file, i) => ({ id: `${scene.id}${i}`, basename: file.path, zip_file: null, ...file }));
    },
  };
}

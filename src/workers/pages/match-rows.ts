/**
 * Scenes read in two steps: their match rows first, and later, of those that need it, the metadata those rows lack. A scene that
 * was updated in between is neither the one nor the other, and has to be read again.
 */
import { Kind, SLOT_WORDS, SceneWord } from '../../shared/engine/layout.js';
import { SCENE_FIELDS } from '../../shared/fields.js';
import type { EngineMemory } from '../../shared/engine/memory.js';
import type { PageAnswer, PagePlace } from '../../shared/messages.js';
import { unreachable } from '../../shared/unreachable.js';
import type { PageEngine } from './page-engine.js';
import { readScenePage, type SceneRecords } from './scene-page.js';
import { SceneRecord } from './scene-record.js';

/** A scene's match row in JSON, as it was understood. */
export function matchRow(sceneId: number, scene: SceneRecord): string {
  const row: Record<string, unknown> = {};
  for (const { name, kind, need } of SCENE_FIELDS) {
    if (need !== 'job' && kind !== Kind.Created) row[name] = valueOf(kind, name, sceneId, scene);
  }
  return JSON.stringify(row);
}

type MatchField = Extract<(typeof SCENE_FIELDS)[number], { need: 'sync' | 'title' | 'match' }>;

function valueOf(
  kind: Exclude<MatchField['kind'], Kind.Created>,
  name: MatchField['name'],
  sceneId: number,
  scene: SceneRecord,
): unknown {
  switch (kind) {
    case Kind.Id:
      return String(sceneId);
    case Kind.Text:
    case Kind.Date:
    case Kind.Updated:
      return scene.text(name);
    case Kind.Named:
      return { name: scene.text(name) };
    case Kind.Files:
      return Array.from({ length: scene.fileCount }, (_, number) => {
        const { path, size, duration } = scene.file(number);
        return { path, size, duration };
      });
    default:
      return unreachable(kind);
  }
}

/** Scenes of a metadata page with all their fields, and which of them cannot be put together. */
export interface CompletedPage extends SceneRecords {
  /** Scenes that were updated between the two rows. */
  readonly changed: ReadonlySet<number>;
}

/** Reads a metadata page and adds to its scenes what their match rows say. */
export function completePage(
  engine: PageEngine,
  page: PagePlace,
  matchRows: readonly string[],
): PageAnswer<CompletedPage> {
  const text = Buffer.from(`{"data":{"findScenes":{"scenes":[${matchRows.join(',')}]}}}`);
  const earlier = readScenePage(engine, { at: engine.putText(text), length: text.length, roomAt: 0, roomBytes: 0 });
  if (!earlier.ok) throw new Error('Internal error: match rows that were written here cannot be read');
  const matched = scenesOf(engine.memory, earlier.value);
  const read = readScenePage(engine, page);
  if (!read.ok) return read;
  const changed = new Set<number>();
  for (const [id, at] of scenesOf(engine.memory, read.value)) {
    const from = matched.get(id);
    if (from === undefined || !isSameUpdate(engine.memory, from, at)) changed.add(id);
    else takeMatchFields(engine.memory, from, at);
  }
  return { ok: true, value: { ...read.value, changed } };
}

/** Addresses of the records by their scenes. */
function scenesOf(memory: EngineMemory, { first, count }: SceneRecords): Map<number, number> {
  const all = memory.allWords();
  const scenes = new Map<number, number>();
  let at = first;
  for (let i = 0; i < count; i++) {
    scenes.set(all[at / 4 + SceneWord.Id] ?? 0, at);
    at = all[at / 4 + SceneWord.Next] ?? 0;
  }
  return scenes;
}

function isSameUpdate(memory: EngineMemory, a: number, b: number): boolean {
  return new SceneRecord(memory, a).updatedAtText === new SceneRecord(memory, b).updatedAtText;
}

function takeMatchFields(memory: EngineMemory, from: number, to: number): void {
  const all = memory.allWords();
  const [source, target] = [from / 4, to / 4];
  for (const [line, { need }] of SCENE_FIELDS.entries()) {
    if (need !== 'title' && need !== 'match') continue;
    const slot = SceneWord.Words + line * SLOT_WORDS;
    all.copyWithin(target + slot, source + slot, source + slot + SLOT_WORDS);
  }
  all[target + SceneWord.Files] = all[source + SceneWord.Files] ?? 0;
  all[target + SceneWord.FileCount] = all[source + SceneWord.FileCount] ?? 0;
  all[target + SceneWord.Presence] = (all[target + SceneWord.Presence] ?? 0) | (all[source + SceneWord.Presence] ?? 0);
}

/** The scenes of a Stash page as the engine's records, odd rows cleaned on the way. */
import { Kind, Result } from '../../shared/engine/layout.js';
import { SCENE_FIELDS, type SceneKind } from '../../shared/fields.js';
import type { PageAnswer, PagePlace } from '../../shared/messages.js';
import { unreachable } from '../../shared/unreachable.js';
import type { PageEngine } from './page-engine.js';
import {
  isObject,
  listOf,
  namesIn,
  numberOf,
  textOf,
  unexpected,
  wholeNumberOf,
  type JsonObject,
} from './parse-page.js';
import { readSceneRows, sceneId } from './scene-rows.js';

/** Records of one page. */
export interface SceneRecords {
  /** Address of the first. */
  readonly first: number;
  readonly count: number;
}

/** Longest duration that is believed, in seconds: some thirty years. */
const MAX_DURATION = 1e9;
/** Largest number a field holds. */
const MAX_WHOLE = 2 ** 31 - 1;

/** Reads a page, or says why there is nothing to read. */
export function readScenePage(engine: PageEngine, { at, length }: PagePlace): PageAnswer<SceneRecords> {
  if (engine.readScenes(at, at + length, cleanScene)) return records(engine);
  const rows = readSceneRows(engine.memory.bytes(at, length));
  if (!rows.ok) return rows;
  // Sound, but not written as Stash writes it: written again so, without what is odd in its rows.
  const clean = Buffer.from(`{"data":{"findScenes":{"scenes":[${rows.value.map(cleanScene).join(',')}]}}}`);
  const cleanAt = engine.putText(clean);
  if (!engine.readScenes(cleanAt, cleanAt + clean.length, cleanScene)) return unexpected('rows that cannot be read');
  return records(engine);
}

function records(engine: PageEngine): PageAnswer<SceneRecords> {
  return { ok: true, value: { first: engine.result(Result.RecordsAt), count: engine.result(Result.Records) } };
}

/** What the schema promises is not always what arrives: members of another type read as empty. */
function cleanScene(row: unknown): string | undefined {
  if (!isObject(row) || Number.isNaN(sceneId(row))) return undefined;
  return JSON.stringify(
    Object.fromEntries(SCENE_FIELDS.map(({ name, kind }) => [name, cleanValue(kind, row[name], row)])),
  );
}

function cleanValue(kind: SceneKind, value: unknown, row: JsonObject): unknown {
  switch (kind) {
    case Kind.Id:
      return String(sceneId(row));
    case Kind.Text:
    case Kind.Date:
    case Kind.Updated:
    case Kind.Created:
      return textOf(value);
    case Kind.Named:
      return isObject(value) ? { name: textOf(value['name']) } : null;
    case Kind.Names:
      return namesIn(value, 'name').map((name) => ({ name }));
    case Kind.Whole:
      return typeof value === 'number' && value >= 0 && value <= MAX_WHOLE ? Math.trunc(value) : null;
    case Kind.Files:
      return listOf(value).map(cleanFile);
    default:
      return unreachable(kind);
  }
}

function cleanFile(file: JsonObject): JsonObject {
  return {
    path: textOf(file['path']),
    size: wholeNumberOf(file['size']),
    duration: Number(Math.min(Math.max(numberOf(file['duration']), 0), MAX_DURATION).toFixed(3)),
  };
}

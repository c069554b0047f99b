/** The scenes of a Stash page as the engine's records, odd rows cleaned on the way. */
import { RESULT_RECORDS, RESULT_RECORDS_AT } from '../../shared/engine/layout.js';
import type { PageOutcome, PagePlace } from '../../shared/messages.js';
import { namesIn } from '../../shared/metadata.js';
import type { PageEngine } from './page-engine.js';
import { isObject, numberOf, textOf, unexpected, wholeNumberOf, type JsonObject } from './parse-page.js';
import { readSceneRows, sceneId } from './scene-rows.js';

/** Records of one page. */
export interface SceneRecords {
  /** Address of the first. */
  readonly first: number;
  readonly count: number;
}

/** Longest duration that is believed, in seconds: some thirty years. */
const MAX_DURATION = 1e9;

/** Reads a page, or says why there is nothing to read. */
export function readScenePage(engine: PageEngine, { at, length }: PagePlace): PageOutcome<SceneRecords> {
  if (engine.readScenes(at, at + length, cleanScene)) return records(engine);
  const rows = readSceneRows(engine.memory.bytes(at, length));
  if (!rows.ok) return rows;
  // Sound, but not written as Stash writes it: written again so, without what is odd in its rows.
  const clean = Buffer.from(`{"data":{"findScenes":{"scenes":[${rows.value.map(cleanScene).join(',')}]}}}`);
  const cleanAt = engine.putText(clean);
  if (!engine.readScenes(cleanAt, cleanAt + clean.length, cleanScene)) return unexpected('rows that cannot be read');
  return records(engine);
}

function records(engine: PageEngine): PageOutcome<SceneRecords> {
  return { ok: true, value: { first: engine.result(RESULT_RECORDS_AT), count: engine.result(RESULT_RECORDS) } };
}

/** What the schema promises is not always what arrives: members of another type read as empty. */
function cleanScene(row: unknown): string | undefined {
  if (!isObject(row)) return undefined;
  const id = sceneId(row);
  if (Number.isNaN(id)) return undefined;
  const studio = row['studio'];
  return JSON.stringify({
    id: String(id),
    title: textOf(row['title']),
    details: textOf(row['details']),
    date: textOf(row['date']),
    updated_at: textOf(row['updated_at']),
    created_at: textOf(row['created_at']),
    studio: isObject(studio) ? { name: textOf(studio['name']) } : null,
    performers: namesIn(row['performers'], 'name').map((name) => ({ name })),
    tags: namesIn(row['tags'], 'name').map((name) => ({ name })),
    files: cleanFiles(row['files']),
  });
}

function cleanFiles(value: unknown): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map((file) => ({
    path: textOf(file['path']),
    size: wholeNumberOf(file['size']),
    duration: Number(Math.min(Math.max(numberOf(file['duration']), 0), MAX_DURATION).toFixed(3)),
  }));
}

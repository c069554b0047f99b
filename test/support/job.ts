/** Sync jobs as the product writes them: a scene is read by the engine, and its job written. */
import { Result } from '../../src/shared/engine/layout.js';
import { engine, memory } from './engine.js';

/** What a scene brings into its job. */
export interface JobFields {
  readonly path: string;
  readonly title?: string;
  readonly studio?: string;
  readonly performers?: readonly string[];
  readonly tags?: readonly string[];
  readonly details?: string;
  readonly date?: string;
  readonly rating100?: number;
}

const room = { at: memory.allocate(65_536), bytes: 65_536 };
const named = (names: readonly string[]) => names.map((name) => ({ name }));

/** The pickled job of a scene. */
export function encodeJob(sceneId: number, fields: JobFields, enqueuedAt: number): Uint8Array {
  const { path, studio, performers, tags, ...members } = fields;
  const row = {
    id: String(sceneId),
    ...members,
    studio: studio === undefined ? null : { name: studio },
    performers: named(performers ?? []),
    tags: named(tags ?? []),
  };
  const page = Buffer.from(JSON.stringify({ data: { findScenes: { scenes: [row] } } }));
  const made = engine.inRoom(room, () => {
    const at = engine.putText(page);
    if (!engine.readScenes(at, at + page.length, () => undefined)) throw new Error('the page is well-formed');
    const job = engine.writePathJob(engine.result(Result.RecordsAt), path, enqueuedAt);
    return memory.bytes(job.at, job.bytes).slice();
  });
  return new Uint8Array(made.value);
}

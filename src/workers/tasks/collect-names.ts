/** Collects the file names of the scenes of a page, before Plex is read: only items with such names will be asked for. */
import { Result } from '../../shared/engine/layout.js';
import type { NamesResult, NamesTask, PageAnswer } from '../../shared/messages.js';
import type { PageEngine } from '../pages/page-engine.js';
import { readScenePage } from '../pages/scene-page.js';

/** Adds the names of a page to the filter. */
export function collectNames(engine: PageEngine, { page, filterAt }: NamesTask): PageAnswer<NamesResult> {
  const read = readScenePage(engine, page);
  if (!read.ok) return read;
  const { first, count } = read.value;
  const [rows, lastId] = [engine.result(Result.Rows), engine.result(Result.LastId)];
  if (filterAt !== 0) engine.collectNames(first, count, filterAt);
  return { ok: true, value: { rows, lastId } };
}

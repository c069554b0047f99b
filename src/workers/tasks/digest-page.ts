/** Digests a Plex page: every item with its parts and directories, ready to be appended to the index. */
import { Result } from '../../shared/engine/layout.js';
import type { DigestResult, DigestTask, PageAnswer } from '../../shared/messages.js';
import { readItemPage } from '../pages/item-page.js';
import type { PageEngine } from '../pages/page-engine.js';

/** Digests one page of a section listing. */
export function digestPage(engine: PageEngine, { page, filterAt }: DigestTask): PageAnswer<DigestResult> {
  const read = readItemPage(engine, page, filterAt);
  if (!read.ok) return read;
  const total = engine.result(Result.Total) | 0;
  return {
    ok: true,
    value: {
      rows: engine.result(Result.Rows),
      totalSize: total < 0 ? undefined : total,
      heapAt: engine.result(Result.HeapAt),
      heapBytes: engine.result(Result.HeapBytes),
      itemsAt: engine.result(Result.RecordsAt),
      items: engine.result(Result.Records),
      parts: engine.result(Result.Parts),
      dirsAt: engine.result(Result.DirsAt),
      dirs: engine.result(Result.Dirs),
    },
  };
}

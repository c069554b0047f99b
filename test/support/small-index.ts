/** Builds an index from Plex rows by the same road as the product: JSON page -> digest -> builder -> reader. */
import { IndexBuilder } from '../../src/main/plex-index/builder.js';
import { openIndex, type PlexIndex } from '../../src/shared/index/reader.js';
import { memory, runOn } from './engine.js';

/** A Plex item as tests describe it. */
export interface TestItem {
  readonly key: string;
  readonly title?: string;
  /** Milliseconds. */
  readonly files: readonly { readonly path: string; readonly size?: number; readonly duration?: number }[];
  readonly row?: object;
}

/** When dates count: by the setting, or `agent` and `none-agent` as the section has it with the setting `auto`. */
export type DateRule = 'counts' | 'ignored' | 'agent' | 'none-agent';

/** The bytes of a section page. */
export function plexPage(items: readonly TestItem[]): Uint8Array {
  const rows = items.map(({ key, title, files, row }) => ({
    ratingKey: key,
    type: 'movie',
    title: title ?? '',
    Media: files.map(({ path, size, duration }) => ({ duration, Part: [{ file: path, size, duration }] })),
    ...row,
  }));
  const container = { size: rows.length, totalSize: rows.length, offset: 0, Metadata: rows };
  return new TextEncoder().encode(JSON.stringify({ MediaContainer: container }));
}

/** The sealed bytes of an index over some items, spread over pages of three. */
export function buildIndexBytes(items: readonly TestItem[], agentIsNone = false): Uint8Array<SharedArrayBuffer> {
  const builder = new IndexBuilder();
  const section = builder.addSection({ key: '1', title: 'Clips', agentIsNone });
  for (let start = 0; start < items.length; start += 3) {
    const page = plexPage(items.slice(start, start + 3));
    const read = runOn({ kind: 'digest', filterAt: 0 }, page, (found) => builder.addPage(memory, found, section));
    if (!read.ok) throw new Error(JSON.stringify(read.problem));
  }
  return builder.finish(memory);
}

/** An opened index over some items. */
export function smallIndex(items: readonly TestItem[]): PlexIndex {
  const opened = openIndex(buildIndexBytes(items));
  if (!opened.ok) throw new Error(opened.reason);
  return opened.index;
}

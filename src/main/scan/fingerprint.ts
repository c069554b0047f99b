/** Everything the answer of a scan rests on, as one text: while it is the same, the last scan's answer is today's. */
import { statSync } from 'node:fs';
import { VERSION as INDEX_VERSION } from '../../shared/index/format.js';
import { ServerError } from '../errors.js';
import { version } from '../version.js';
import { askSizes, type Connected } from './connect.js';

/**
 * The fingerprint; undefined where anything of it cannot be told. Taken before anything is read, so that whatever changes
 * meanwhile makes another one. When a scene was updated last is not in it: that is told by the scenes. @throws InterruptedError
 */
export async function askFingerprint(connected: Connected): Promise<string | undefined> {
  const { servers, scope, options, allSections, sections, extent, paths, pictures, plex } = connected;
  if (servers === undefined || sections.some(({ contentChangedAt }) => contentChangedAt === undefined))
    return undefined;
  try {
    const sizes = connected.sizes ?? (await askSizes(plex, sections));
    if (sizes.includes(undefined)) return undefined;
    const { pathMappings, plexDate, ignore, gaps, allowUnsafeNames } = options;
    const settings = { pathMappings, plexDate, ignore, gaps, allowUnsafeNames, pictures };
    const { count, maxId } = extent;
    return JSON.stringify([
      [version, INDEX_VERSION, servers, scope, settings],
      [allSections, sizes],
      [count, maxId, stateOf(paths.syncTimestamps)],
    ]);
  } catch (error: unknown) {
    // Then nothing is remembered; whoever needs the servers for more will be told.
    if (error instanceof ServerError) return undefined;
    throw error;
  }
}

function stateOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.size} ${stats.mtimeNs} ${stats.ino}`;
}

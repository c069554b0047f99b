/** Which items have a file name: the only thing the worker goes by. */
import type { PlexIndex } from '../../shared/index/reader.js';
import { fileName, foldedComponents } from '../../shared/path.js';
import { foldKey } from '../../shared/text-key.js';

/**
 * The name under which the worker looks for a job's item, to be compared with others: what is behind the last `/`. A worker on
 * Linux finds an item of a Plex on Windows by its whole path, so such a name is a path itself.
 */
export function nameOfPath(path: string): string {
  const name = path.startsWith('/') ? path.slice(path.lastIndexOf('/') + 1) : fileName(path);
  return name.includes('\\') ? foldedComponents(name).join('/') : foldKey(name);
}

/** The items that have each of the names; names nobody has are left out. */
export function ownersOfNames(index: PlexIndex, names: ReadonlySet<string>): Map<string, Set<number>> {
  const owners = new Map<string, Set<number>>();
  if (names.size === 0) return owners;
  const hasPaths = [...names].some((name) => name.includes('/'));
  for (let part = 0; part < index.counts.parts; part++) {
    note(owners, names, foldKey(index.partName(part)), index.itemOf(part));
    if (hasPaths) note(owners, names, foldedComponents(index.partPath(part)).join('/'), index.itemOf(part));
  }
  return owners;
}

function note(owners: Map<string, Set<number>>, names: ReadonlySet<string>, name: string, item: number): void {
  if (!names.has(name)) return;
  const items = owners.get(name);
  if (items) items.add(item);
  else owners.set(name, new Set([item]));
}

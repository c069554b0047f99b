/** The roots of earlier runs on disk: a night on which little is matched must not forget how directories correspond. */
import { foldedComponents } from '../../shared/path.js';
import type { Root } from '../roots/find-roots.js';
import { readState, writeState, type StateRead } from './state-file.js';

const VERSION = 1;
/** A library has a few; the ones with the most scenes are kept. */
const MAX_ROOTS = 200;

/** A pair of directories as each side spells it. */
interface KnownRoot {
  readonly stash: string;
  readonly plex: string;
  readonly scenes: number;
}

/** What is kept. */
export interface KnownRoots {
  readonly version: typeof VERSION;
  /** The Stash and the Plex server the directories belong to. */
  readonly servers: string;
  readonly roots: readonly KnownRoot[];
}

/** Reads them; those of other servers are as good as absent. */
export function readKnownRoots(path: string, servers: string): StateRead<KnownRoots> {
  const read = readState(path, isKnownRoots);
  return read.kind === 'read' && read.value.servers !== servers ? { kind: 'absent' } : read;
}

/** As roots by which paths can be mapped; what showed them is not kept. */
export function asRoots({ roots }: KnownRoots): Root[] {
  return roots.map(({ stash, plex, scenes }) => ({
    from: foldedComponents(stash),
    to: foldedComponents(plex),
    stash,
    plex,
    scenes,
    contradictions: 0,
    isConfigured: false,
    example: undefined,
  }));
}

/**
 * Replaces the roots by those that were inferred now and, of earlier ones, those of other directories.
 * @param forgetEarlier the run has looked at everything: what it does not show is no longer so
 * @throws QueueError
 */
export async function writeKnownRoots(
  path: string,
  servers: string,
  roots: readonly Root[],
  forgetEarlier: boolean,
): Promise<void> {
  const kept = roots.filter(({ isConfigured, example }) => !isConfigured && (!forgetEarlier || example !== undefined));
  await writeState(path, {
    version: VERSION,
    servers,
    roots: kept
      .map(({ stash, plex, scenes }) => ({ stash, plex, scenes }))
      .sort((a, b) => b.scenes - a.scenes)
      .slice(0, MAX_ROOTS),
  } satisfies KnownRoots);
}

function isKnownRoots(value: unknown): value is KnownRoots {
  if (typeof value !== 'object' || value === null) return false;
  const { version, servers, roots } = value as Partial<KnownRoots>;
  return version === VERSION && typeof servers === 'string' && Array.isArray(roots) && roots.every(isKnownRoot);
}

function isKnownRoot(value: unknown): value is KnownRoot {
  const { stash, plex, scenes } = (value ?? {}) as Partial<KnownRoot>;
  return typeof stash === 'string' && typeof plex === 'string' && Number.isInteger(scenes);
}

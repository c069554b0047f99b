/** Path mappings ready to be pasted into the config file. */
import type { PathMapping, RootSummary, ScanSummary } from '../scan-types.js';

/** One line of YAML. */
export function mappingsAsYaml(mappings: readonly PathMapping[]): string {
  const list = mappings.map(({ stash, plex }) => `{ stash: ${JSON.stringify(stash)}, plex: ${JSON.stringify(plex)} }`);
  return `pathMappings: [${list.join(', ')}]`;
}

/** Roots by which paths would tell more than they do now. */
export function helpfulRoots({ roots, verdicts }: Pick<ScanSummary, 'roots' | 'verdicts'>): RootSummary[] {
  if (verdicts.missing + verdicts.ambiguous === 0) return [];
  return roots.filter(({ configured, stash, plex }) => !configured && stash !== plex);
}

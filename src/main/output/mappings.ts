/** Path mappings ready to be pasted into the config file. */
import type { PathMapping, RootSummary, ScanSummary } from '../scan-types.js';

const rule = ({ stash, plex }: PathMapping): string =>
  `{ stash: ${JSON.stringify(stash)}, plex: ${JSON.stringify(plex)} }`;

/** One line of YAML. */
export function mappingsAsYaml(mappings: readonly PathMapping[]): string {
  return `pathMappings: [${mappings.map(rule).join(', ')}]`;
}

/** The same on several lines. */
export function mappingsAsList(mappings: readonly PathMapping[]): string[] {
  return ['pathMappings:', ...mappings.map((mapping) => `  - ${rule(mapping)}`)];
}

/** Roots by which paths would tell more than they do now. */
export function helpfulRoots({ roots, verdicts }: Pick<ScanSummary, 'roots' | 'verdicts'>): RootSummary[] {
  if (verdicts.missing + verdicts.ambiguous === 0) return [];
  return roots.filter(({ configured, stash, plex }) => !configured && stash !== plex);
}

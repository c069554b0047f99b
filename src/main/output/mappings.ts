/** Path mappings ready to be pasted into the config file. */
import type { PathMapping } from '../scan-types.js';

/** One line of YAML. */
export function mappingsAsYaml(mappings: readonly PathMapping[]): string {
  const list = mappings.map(({ stash, plex }) => `{ stash: ${JSON.stringify(stash)}, plex: ${JSON.stringify(plex)} }`);
  return `pathMappings: [${list.join(', ')}]`;
}

/** What is to be said of configured mappings that do not hold. */
import { plural } from '../output/format.js';
import type { ScanWarning } from '../scan-types.js';
import type { Roots } from './find-roots.js';

/** One warning for each. */
export function mappingWarnings({ wrong, found }: Roots): ScanWarning[] {
  return wrong.map(({ mapping, scenes, contradictions, example }) => {
    const fits =
      scenes === 0 ? 'fits nothing' : `fits ${plural(scenes, 'scene')} and is contradicted by ${contradictions}`;
    const root = found.find(({ example: other, isConfigured }) => !isConfigured && other !== undefined);
    const instead = root === undefined ? '' : `; ${root.stash} = ${root.plex} fits ${plural(root.scenes, 'scene')}`;
    return {
      code: 'mapping_wrong',
      message:
        `The path mapping ${mapping.stash} = ${mapping.plex} ${fits}: ` +
        `what is ${example.stash} in Stash is ${example.plex} in Plex${instead}`,
    };
  });
}

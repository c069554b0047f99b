/** What a person does about scenes that are missing for a reason. */
import type { MissingScene } from '../../shared/report-line.js';
import type { MissingReason } from '../../shared/verdicts.js';
import { unreachable } from '../../shared/unreachable.js';
import type { Place } from './places.js';

/**
 * One sentence.
 * @param plex the directory as Plex spells it, or would
 * @param place where one of the scenes would lie in Plex
 */
export function nextStep(reason: MissingReason, directory: string, plex: string, place: Place | undefined): string {
  switch (reason) {
    case 'renamed':
      return 'see what each may be called in Plex (--report FILE), and give the file one name on both sides';
    case 'outside_libraries': {
      const where = plex === directory ? directory : `${plex} (${directory} in Stash)`;
      return `add ${where} to a Plex library, or leave it alone (ignore.paths)`;
    }
    case 'other_library':
      return `scan the Plex library "${titleOf(place)}" too (--library), or leave the directory alone (ignore.paths)`;
    case 'not_scanned':
      return `let Plex scan the library${place?.location ? ` "${titleOf(place)}"` : ''} (--refresh-plex asks for just these directories)`;
    case 'unmappable':
      return 'say where Plex has the directory (pathMappings), or leave it alone (ignore.paths)';
    default:
      return unreachable(reason);
  }
}

/** The same for a single scene that may have been renamed. */
export function nextStepAfter({ path }: NonNullable<MissingScene['suggestion']>): string {
  return `see whether ${path} is it, and give the file one name on both sides`;
}

const titleOf = (place: Place | undefined): string => place?.location?.section.title ?? '';

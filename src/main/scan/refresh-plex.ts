/** Asks Plex to scan the directories of scenes it has not scanned yet, and does not wait for it. */
import { ServerError } from '../errors.js';
import { formatCount } from '../output/format.js';
import type { RefreshedDirectory, SummaryError } from '../scan-types.js';
import type { Connected } from './connect.js';
import type { Diagnosed } from './diagnose.js';

/** Each makes Plex start a scan; more than these, and it is better asked to scan the library. */
const MOST_ASKED = 50;

/** What was asked, and what could not be. */
export interface PlexRefresh {
  readonly asked: readonly RefreshedDirectory[];
  readonly error: SummaryError | undefined;
}

/** Asks for directory after directory; the first refusal ends it. @throws InterruptedError */
export async function refreshPlex({ run, plex }: Connected, { unscanned, places }: Diagnosed): Promise<PlexRefresh> {
  const { asked: wanted, left } = unscanned.toAsk(MOST_ASKED);
  const asked: RefreshedDirectory[] = [];
  for (const { place, directory, scenes } of wanted) {
    if (place.location === undefined) continue;
    const { key, title } = place.location.section;
    const path = places.spell(directory);
    const query = new URLSearchParams({ path });
    try {
      await plex.order(`/library/sections/${encodeURIComponent(key)}/refresh?${query.toString()}`);
    } catch (error: unknown) {
      if (!(error instanceof ServerError)) throw error;
      return { asked, error: failureOf(error, path) };
    }
    asked.push({ section: title, path, scenes });
  }
  if (left > 0) {
    const directories = left === 1 ? '1 directory' : `${formatCount(left)} directories`;
    const message = `${directories} more with scenes Plex has not scanned: gapscan asks for ${MOST_ASKED} at most, and never for a whole library`;
    run.warn({ code: 'refresh_left', message });
  }
  return { asked, error: undefined };
}

function failureOf({ message, hint }: ServerError, path: string): SummaryError {
  return {
    code: 'refresh_plex_failed',
    message: `Plex was not asked to scan ${path}: ${message}`,
    hint: hint ?? 'Only the owner of a Plex server may have it scan; is the token of that account?',
  };
}

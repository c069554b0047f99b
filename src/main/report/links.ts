/** Where a person looks at a scene or an item: links in reports. */
import type { ReportLinks } from '../../shared/report-line.js';

/**
 * What links begin with: the URLs gapscan itself asks, since no other is known.
 * @param machineIdentifier Plex's own; undefined where it does not say, and then items have no links
 */
export function linksOf(stashUrl: string, plexUrl: string, machineIdentifier: string | undefined): ReportLinks {
  const key = encodeURIComponent('/library/metadata/');
  return {
    scene: `${withoutEnd(stashUrl)}/scenes/`,
    item:
      machineIdentifier === undefined
        ? null
        : `${withoutEnd(plexUrl)}/web/index.html#!/server/${encodeURIComponent(machineIdentifier)}/details?key=${key}`,
  };
}

const withoutEnd = (url: string): string => url.replace(/\/+$/, '');

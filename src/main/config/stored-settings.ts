/** What Stash2Plex has stored in Stash, for settings nobody else says anything about. */
import type { ServerOptions } from '../scan-types.js';
import type { StashSettings } from '../stash/questions.js';
import type { Problems } from './problems.js';
import type { FoundSettings } from './read-settings.js';
import type { SettingTable } from './setting.js';

/** Where such a setting comes from. */
export const STORED_SOURCE = "Stash2Plex's settings in Stash";

/** Asks Stash, at most once. */
export type AskStash = () => Promise<StashSettings>;

/** Loaded on demand: with everything set, GraphQL is first needed when the scan begins. @throws ServerError */
export async function askStashSettings(stash: ServerOptions, signal: AbortSignal): Promise<StashSettings> {
  const { readStashSettings } = await import('../stash/questions.js');
  return readStashSettings(stash, signal);
}

/** Settings that are still open and that Stash may know. */
export function openInStash<Table extends SettingTable>(table: Table, found: FoundSettings<Table>): string[] {
  return Object.entries(table).flatMap(([name, { stored }]) =>
    stored && found.isOpen(name as keyof Table & string) ? [name] : [],
  );
}

/** Takes over what is stored, where it is open. */
export function takeStored<Table extends SettingTable>(
  table: Table,
  found: FoundSettings<Table>,
  settings: StashSettings,
  problems: Problems,
): void {
  for (const name of openInStash(table, found)) {
    const { stored, type } = table[name] ?? {};
    const value = stored && settings[stored.member];
    if (stored === undefined || type === undefined || value === undefined) continue;
    const refuse = (what: string): null => {
      problems.add(STORED_SOURCE, `${stored.name}: ${what}`);
      return null;
    };
    // Relative paths are none of what is stored.
    const reading = { base: '', home: '', now: 0, isVariable: false, refuse };
    const read = type.fromTexts([value].flat(), reading);
    if (read === null) found.refuse(name);
    else if (read !== undefined) found.add(name, { value: read, source: STORED_SOURCE });
  }
}
